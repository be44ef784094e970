import CaissonText
package import CaissonJSON
package import CaissonBuildModel

/// The part of Go's templates that people write for `--format`.
///
/// Fields, `json`, `index`, `len`, `print`, `println`, `join`, pipes, parentheses, `range`, `if`, `else` and `end`: what
/// goes beyond is refused before any registry is asked.
package struct GoTemplate: Sendable {
    /// A piece of a template.
    indirect enum Node: Sendable {
        case text(String)
        case action(Pipeline)
        case range(Pipeline, [Node], [Node])
        case condition(Pipeline, [Node], [Node])
    }

    /// Commands of which each gets the result of the one before as its last argument.
    struct Pipeline: Sendable {
        var commands: [[Operand]]
    }

    /// A word of a command.
    indirect enum Operand: Sendable {
        case value(JSON)
        case function(String)
        case field([String])
        case group(Pipeline, [String])
    }

    package static let functions = ["json", "index", "len", "print", "println", "join"]

    let nodes: [Node]

    /// Reads a template.
    package init(parsing text: String) throws(ParseError) {
        var parser = GoTemplateParser(text)
        nodes = try parser.template()
    }

    /// The fields of the whole that are used, such as `SBOM`.
    package var fields: Set<String> {
        func ofOperand(_ operand: Operand) -> [String] {
            switch operand {
            case .field(let path): path.first.map { [$0] } ?? []
            case .group(let pipeline, _): pipeline.commands.joined().flatMap(ofOperand)
            case .value, .function: []
            }
        }
        func ofNode(_ node: Node) -> [String] {
            switch node {
            case .text: []
            case .action(let pipeline): pipeline.commands.joined().flatMap(ofOperand)
            case .range(let pipeline, let body, let other), .condition(let pipeline, let body, let other):
                pipeline.commands.joined().flatMap(ofOperand) + (body + other).flatMap(ofNode)
            }
        }
        return Set(nodes.flatMap(ofNode))
    }

    /// Refuses a field of the whole that isn't among these, as Go's templates do; within `range` the point is another one.
    package func requireFields(among known: [String]) throws(BuildError) {
        guard let name = Self.rootFields(of: nodes).first(where: { !known.contains($0) }) else { return }
        let hint = nearest(to: name, among: known).map { "did you mean .\($0)?" }
        throw Self.wrong("there is no .\(name) (\(hint ?? "there are ." + known.joined(separator: ", .")))")
    }

    private static func rootFields(of nodes: [Node]) -> [String] {
        nodes.flatMap { node -> [String] in
            switch node {
            case .text: []
            case .action(let pipeline): rootFields(of: pipeline)
            case .range(let pipeline, _, let other): rootFields(of: pipeline) + rootFields(of: other)
            case .condition(let pipeline, let body, let other): rootFields(of: pipeline) + rootFields(of: body + other)
            }
        }
    }

    private static func rootFields(of pipeline: Pipeline) -> [String] {
        pipeline.commands.joined().flatMap { operand -> [String] in
            switch operand {
            case .field(let path): Array(path.prefix(1))
            case .group(let inner, _): rootFields(of: inner)
            case .value, .function: []
            }
        }
    }

    /// What the template makes of a value.
    package func render(_ value: JSON) throws(BuildError) -> String {
        var out = ""
        try Self.render(nodes, value, &out)
        return out
    }

    private static func render(_ nodes: [Node], _ dot: JSON, _ out: inout String) throws(BuildError) {
        for node in nodes {
            switch node {
            case .text(let text): out += text
            case .action(let pipeline): out += shown(try evaluate(pipeline, dot))
            case .range(let pipeline, let body, let other):
                let items = try items(of: evaluate(pipeline, dot))
                if items.isEmpty { try render(other, dot, &out) }
                for item in items { try render(body, item, &out) }
            case .condition(let pipeline, let body, let other):
                try render(isTrue(evaluate(pipeline, dot)) ? body : other, dot, &out)
            }
        }
    }

    private static func evaluate(_ pipeline: Pipeline, _ dot: JSON) throws(BuildError) -> JSON {
        var result: JSON?
        for command in pipeline.commands {
            var arguments: [JSON] = []
            var function: String?
            for (place, operand) in command.enumerated() {
                if case .function(let name) = operand, place == 0 {
                    function = name
                } else {
                    arguments.append(try value(of: operand, dot))
                }
            }
            if let result { arguments.append(result) }
            if let function {
                result = try call(function, arguments)
            } else {
                guard arguments.count == 1 else { throw wrong("a value takes no arguments; only functions do") }
                result = arguments[0]
            }
        }
        return result ?? .null
    }

    private static func value(of operand: Operand, _ dot: JSON) throws(BuildError) -> JSON {
        switch operand {
        case .value(let value): value
        case .field(let path): try field(path, of: dot)
        case .group(let pipeline, let path): try field(path, of: try evaluate(pipeline, dot))
        case .function(let name): try call(name, [])
        }
    }

    private static func field(_ path: [String], of value: JSON) throws(BuildError) -> JSON {
        var value = value
        for name in path {
            // Without it there is nothing in it: what is empty isn't written into JSON.
            guard value != .null else { return .null }
            guard value.members != nil else { throw wrong("there is no field \(name.quoted) in what is no object") }
            value = member(name, of: value) ?? .null
        }
        return value
    }

    /// The member that a Go field's name means: `MediaType` is `mediaType`, `DiffIDs` is `diff_ids`.
    private static func member(_ name: String, of object: JSON) -> JSON? {
        if let exact = object[name] { return exact }
        func plain(_ text: String) -> String { text.lowercased().filter { $0 != "_" && $0 != "." } }
        return object.members?.last { plain($0.name) == plain(name) }?.value
    }

    private static func items(of value: JSON) throws(BuildError) -> [JSON] {
        switch value {
        case .array(let values): values
        case .object(let members): members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map(\.value)
        case .null: []
        default: throw wrong("range goes over lists and objects only")
        }
    }

    private static func isTrue(_ value: JSON) -> Bool {
        switch value {
        case .null: false
        case .bool(let isTrue): isTrue
        case .number(let text): Double(text) != 0
        case .string(let text): !text.isEmpty
        case .array(let values): !values.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    private static func wrong(_ problem: String) -> BuildError {
        BuildError(.usage, "the --format template: \(problem)")
    }
}

extension GoTemplate {
    private static func call(_ name: String, _ arguments: [JSON]) throws(BuildError) -> JSON {
        switch name {
        case "json":
            guard arguments.count == 1 else { throw wrong("json takes one value") }
            return .string(arguments[0].goText())
        case "index":
            guard let first = arguments.first else { throw wrong("index takes a value and keys") }
            var value = first
            for key in arguments.dropFirst() { value = try element(value, key) }
            return value
        case "len":
            guard arguments.count == 1 else { throw wrong("len takes one value") }
            switch arguments[0] {
            case .array(let values): return .number(String(values.count))
            case .object(let members): return .number(String(members.count))
            case .string(let text): return .number(String(text.utf8.count))
            default: return .number("0")
            }
        case "join":
            guard arguments.count == 2, let separator = arguments[1].string else {
                throw wrong("join takes a list and a separator")
            }
            return .string((arguments[0].array ?? []).map(shown).joined(separator: separator))
        case "println": return .string(arguments.map(shown).joined(separator: " ") + "\n")
        default: return .string(arguments.map(shown).joined())
        }
    }

    private static func element(_ value: JSON, _ key: JSON) throws(BuildError) -> JSON {
        switch (value, key) {
        case (.object, .string(let name)): return value[name] ?? .null
        case (.array(let values), .number(let text)):
            guard let place = Int(text), values.indices.contains(place) else {
                throw wrong("the list has no place \(text)")
            }
            return values[place]
        case (.null, _): return .null
        default: throw wrong("index takes a list and a number, or an object and a text")
        }
    }

    /// A value as Go prints it.
    private static func shown(_ value: JSON) -> String {
        switch value {
        case .null: "<no value>"
        case .bool(let isTrue): isTrue ? "true" : "false"
        case .number(let text), .string(let text): text
        case .array(let values): "[" + values.map(shown).joined(separator: " ") + "]"
        case .object(let members): "map[" + members.map { "\($0.name):\(shown($0.value))" }.joined(separator: " ") + "]"
        }
    }
}
