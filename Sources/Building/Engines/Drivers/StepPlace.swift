import CaissonText
import CaissonBuildModel

/// Finds the instruction of a step in the Dockerfile, for engines that don't tell it: before BuildKit 0.9, and any engine
/// that ran the step for another build.
///
/// A step is named after its instruction, `[build 2/4] RUN make`, with variables replaced by their values.
struct StepPlace {
    /// An instruction with its lines, continued ones joined.
    private struct Instruction {
        var words: [Substring]
        var range: SourceRange
    }

    private let instructions: [Instruction]

    /// Reads a Dockerfile as far as it takes to tell its instructions apart.
    init(_ text: [UInt8]) {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let escape: Character = lines.prefix(10).contains { StepPlace.setsBacktick($0) } ? "`" : "\\"
        var found: [Instruction] = []
        var words: [Substring] = []
        var start: Int?
        for (index, line) in lines.enumerated() {
            var content = line.drop(while: \.isWhitespace)
            if content.isEmpty || content.first == "#" { continue }
            while content.last?.isWhitespace == true { content.removeLast() }
            let isContinued = content.last == escape
            if isContinued { content.removeLast() }
            words += content.split(whereSeparator: \.isWhitespace)
            start = start ?? index + 1
            guard !isContinued, let first = start else { continue }
            found.append(Instruction(words: words, range: SourceRange(startLine: first, endLine: index + 1)))
            words = []
            start = nil
        }
        instructions = found
    }

    /// The lines of a step's instruction; nil where none or several look like it.
    func range(of step: String) -> SourceRange? {
        guard step.hasPrefix("["), let end = step.ranges(of: "] ").first else { return nil }
        let words = step[end.upperBound...].split(whereSeparator: \.isWhitespace)
        let exact = instructions.filter { StepPlace.equal($0.words, words) }
        guard exact.isEmpty else { return exact.count == 1 ? exact.first?.range : nil }
        let similar = instructions.filter { StepPlace.looksLike($0.words, words) }
        return similar.count == 1 ? similar.first?.range : nil
    }

    /// The lines of the instruction that an engine calls wrong by its keyword alone, as in `LABEL must have two arguments`:
    /// of several the shortest; nil where there is none or no shortest.
    func range(ofComplaint message: Substring) -> SourceRange? {
        guard let keyword = message.split(separator: " ").first else { return nil }
        let matching = instructions.filter { $0.words.first?.uppercased() == String(keyword) }
        let least = matching.map(\.words.count).min()
        let shortest = matching.filter { $0.words.count == least }
        return shortest.count == 1 ? shortest.first?.range : nil
    }

    /// The first line of a `RUN` that mounts a secret in a stage that hasn't declared an argument before it; nil for none.
    ///
    /// A stage has what the stage it is built from has declared.
    func line(mounting secret: String, without argument: String) -> Int? {
        var declaring: [Substring: Bool] = [:]
        var stage: Substring?
        var isDeclared = false
        var isInStage = false
        for instruction in instructions {
            let words = instruction.words
            switch words.first?.uppercased() {
            case "FROM":
                if let stage { declaring[stage] = isDeclared }
                let plain = words.dropFirst().filter { !$0.hasPrefix("--") }
                isDeclared = plain.first.flatMap { declaring[$0.lowercased()[...]] } ?? false
                stage = plain.count == 3 ? plain.last.map { $0.lowercased()[...] } : nil
                isInStage = true
            case "ARG" where isInStage:
                let names = words.dropFirst().map { $0.prefix { $0 != "=" } }
                if names.contains(argument[...]) { isDeclared = true }
            case "RUN" where !isDeclared && words.contains { StepPlace.mounts(secret, $0) }:
                return instruction.range.startLine
            default: break
            }
        }
        return nil
    }

    /// Whether a word is `--mount=type=secret,…` of an id.
    private static func mounts(_ secret: String, _ word: Substring) -> Bool {
        let prefix = "--mount="
        guard word.hasPrefix(prefix) else { return false }
        var fields: [String: String] = [:]
        for field in CommaFields.parse(String(word.dropFirst(prefix.count))) ?? [] {
            if let (key, value) = field.cut(at: "=") { fields[key.lowercased()] = value }
        }
        let target = fields["target"] ?? fields["dst"] ?? fields["destination"]
        let id =
            fields["source"] ?? fields["src"] ?? fields["id"] ?? target?.split(separator: "/").last.map(String.init)
        return fields["type"] == "secret" && id == secret
    }

    private static func setsBacktick(_ line: String) -> Bool {
        let text = line.filter { !$0.isWhitespace }.lowercased()
        return text == "#escape=`"
    }

    /// Steps are named with the keyword in capitals.
    private static func equal(_ words: [Substring], _ step: [Substring]) -> Bool {
        words.count == step.count && words.first?.uppercased() == step.first?.uppercased()
            && words.dropFirst() == step.dropFirst()
    }

    /// Whether the words before the first variable are those of the step.
    private static func looksLike(_ words: [Substring], _ step: [Substring]) -> Bool {
        guard let variable = words.firstIndex(where: { $0.contains("$") }), variable > 1 else { return false }
        return words.first?.uppercased() == step.first?.uppercased()
            && words[1..<variable].elementsEqual(step.dropFirst().prefix(variable - 1))
    }
}
