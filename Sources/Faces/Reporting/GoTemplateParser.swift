import CaissonJSON
import CaissonText
import CaissonBuildModel

/// Reads the text of a template into its pieces.
struct GoTemplateParser {
    private let whole: String
    private var rest: Substring
    private var depth = 0

    init(_ text: String) {
        whole = text
        rest = text[...]
    }

    /// Reads all of it.
    mutating func template() throws(ParseError) -> [GoTemplate.Node] {
        let (nodes, end) = try nodes()
        guard end == nil else { throw wrong("{{\(end ?? "")}} has nothing to end") }
        return nodes
    }

    /// The pieces up to the end of the text, or to an `else` or `end`, which is told.
    private mutating func nodes() throws(ParseError) -> ([GoTemplate.Node], end: String?) {
        depth += 1
        defer { depth -= 1 }
        guard depth < 50 else { throw wrong("it is nested too deep") }
        var nodes: [GoTemplate.Node] = []
        while let open = rest.ranges(of: "{{").first {
            var text = String(rest[..<open.lowerBound])
            rest = rest[open.upperBound...]
            guard let close = rest.ranges(of: "}}").first else { throw wrong("a {{ has no }}") }
            var action = rest[..<close.lowerBound]
            rest = rest[close.upperBound...]
            if action.hasPrefix("- ") {
                while text.last?.isWhitespace ?? false { text.removeLast() }
                action = action.dropFirst()
            }
            if action.hasSuffix(" -") {
                action = action.dropLast()
                rest = rest.drop { $0.isWhitespace }
            }
            if !text.isEmpty { nodes.append(.text(text)) }
            let words = String(action).trimmed
            switch words.prefix(while: { $0.isLetter }) {
            case "end", "else": return (nodes, words)
            case "range": nodes.append(try block(words.dropFirst(5)) { .range($0, $1, $2) })
            case "if": nodes.append(try block(words.dropFirst(2)) { .condition($0, $1, $2) })
            default: if !words.hasPrefix("/*") { nodes.append(.action(try pipeline(words))) }
            }
        }
        if !rest.isEmpty { nodes.append(.text(String(rest))) }
        rest = ""
        return (nodes, nil)
    }

    private mutating func block(
        _ words: Substring,
        _ make: (GoTemplate.Pipeline, [GoTemplate.Node], [GoTemplate.Node]) -> GoTemplate.Node
    ) throws(ParseError) -> GoTemplate.Node {
        let head = try pipeline(String(words))
        var (body, end) = try nodes()
        var other: [GoTemplate.Node] = []
        if end == "else" { (other, end) = try nodes() }
        guard end == "end" else { throw wrong("a range or if has no {{end}}") }
        return make(head, body, other)
    }

    private func pipeline(_ text: String) throws(ParseError) -> GoTemplate.Pipeline {
        var words = PipelineParser(text: text, rest: text[...], whole: whole)
        return try words.pipeline(isGroup: false, depth: 0)
    }

    private func wrong(_ problem: String) -> ParseError { ParseError("template", whole, problem) }
}

/// Reads what stands between `{{` and `}}`.
private struct PipelineParser {
    let text: String
    var rest: Substring
    let whole: String

    mutating func pipeline(isGroup: Bool, depth: Int) throws(ParseError) -> GoTemplate.Pipeline {
        guard depth < 50 else { throw wrong("it is nested too deep") }
        var commands: [[GoTemplate.Operand]] = [[]]
        while true {
            rest = rest.drop { $0.isWhitespace }
            guard let first = rest.first else {
                guard !isGroup else { throw wrong("a ( has no )") }
                break
            }
            if first == ")" {
                guard isGroup else { throw wrong("a ) has no (") }
                rest = rest.dropFirst()
                break
            }
            if first == "|" {
                rest = rest.dropFirst()
                commands.append([])
                continue
            }
            commands[commands.count - 1].append(try operand(first, depth))
        }
        guard commands.allSatisfy({ !$0.isEmpty }) else { throw wrong("a value is missing in {{\(text)}}") }
        return GoTemplate.Pipeline(commands: commands)
    }

    private mutating func operand(_ first: Character, _ depth: Int) throws(ParseError) -> GoTemplate.Operand {
        switch first {
        case "(":
            rest = rest.dropFirst()
            let group = try pipeline(isGroup: true, depth: depth + 1)
            return .group(group, rest.first == "." ? try path() : [])
        case ".": return .field(try path())
        case "\"", "`": return .value(.string(try quoted(first)))
        default:
            let word = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == "$" })
            rest = rest.dropFirst(word.count)
            if let number = Int(word) { return .value(.number(String(number))) }
            if GoTemplate.functions.contains(word) { return .function(word) }
            let known = GoTemplate.functions.joined(separator: ", ")
            throw wrong("\((word.isEmpty ? String(first) : word).quoted) isn't known here; known are \(known)")
        }
    }

    /// `.`, or `.A.B`.
    private mutating func path() throws(ParseError) -> [String] {
        var path: [String] = []
        while rest.first == "." {
            rest = rest.dropFirst()
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            guard !name.isEmpty else {
                guard path.isEmpty, rest.first.map({ $0.isWhitespace || $0 == ")" || $0 == "|" }) ?? true else {
                    throw wrong("a field's name is missing in {{\(text)}}")
                }
                return []
            }
            path.append(String(name))
            rest = rest.dropFirst(name.count)
        }
        return path
    }

    private mutating func quoted(_ mark: Character) throws(ParseError) -> String {
        rest = rest.dropFirst()
        var value = ""
        while let next = rest.popFirst() {
            if next == mark { return value }
            guard next == "\\", mark == "\"" else {
                value.append(next)
                continue
            }
            switch rest.popFirst() {
            case "n": value.append("\n")
            case "t": value.append("\t")
            case "\"": value.append("\"")
            case "\\": value.append("\\")
            default: throw wrong("an escape in a text isn't known")
            }
        }
        throw wrong("a text doesn't end")
    }

    private func wrong(_ problem: String) -> ParseError { ParseError("template", whole, problem) }
}
