import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile
import CaissonSecrets
import CaissonText

/// Finds the instruction of a step in the Dockerfile, for engines that don't tell it: before BuildKit 0.9, and any engine
/// that ran the step for another build.
///
/// A step is named after its instruction, `[build 2/4] RUN make`, with variables replaced by their values.
struct InstructionFinder {
    /// An instruction as words between blanks, its keyword among them.
    private struct Candidate {
        var words: [Substring]
        var range: SourceRange

        init(_ instruction: Instruction) {
            words = String(decoding: instruction.text.bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            range = SourceRange(startLine: instruction.line, endLine: instruction.lastLine)
        }

        /// Whether it is the step's instruction; steps are named with the keyword in capitals.
        func isExactly(_ step: [Substring]) -> Bool {
            words.count == step.count && words.first?.uppercased() == step.first?.uppercased()
                && words.dropFirst() == step.dropFirst()
        }

        /// Whether the words before the first variable are those of the step.
        func looksLike(_ step: [Substring]) -> Bool {
            guard let variable = words.firstIndex(where: { $0.contains("$") }), variable > 1 else { return false }
            return words.first?.uppercased() == step.first?.uppercased()
                && words[1..<variable].elementsEqual(step.dropFirst().prefix(variable - 1))
        }
    }

    private let file: Dockerfile
    private let candidates: [Candidate]

    /// Reads a Dockerfile.
    init(_ text: [UInt8]) {
        file = Dockerfile(parsing: text)
        candidates = file.instructions.map(Candidate.init)
    }

    /// The lines of a step's instruction; nil where none or several look like it.
    func range(of step: String) -> SourceRange? {
        if let range = range(ofLookup: step) { return range }
        guard step.hasPrefix("["), let end = step.ranges(of: "] ").first else { return nil }
        let words = step[end.upperBound...].split(whereSeparator: \.isWhitespace)
        let exact = candidates.filter { $0.isExactly(words) }
        guard exact.isEmpty else { return exact.count == 1 ? exact.first?.range : nil }
        let similar = candidates.filter { $0.looksLike(words) }
        return similar.count == 1 ? similar.first?.range : nil
    }

    /// The lines of the first instruction that names what a step looks up: `[internal] load metadata for x`,
    /// `FROM docker.io/library/x:latest`, or an address.
    private func range(ofLookup step: String) -> SourceRange? {
        let isAddress = step.hasPrefix("http://") || step.hasPrefix("https://")
        let prefixes = ["[internal] load metadata for ", "FROM "]
        let name = prefixes.first { step.hasPrefix($0) }.map { String(step.dropFirst($0.count)) }
        let image = name.flatMap { try? ImageReference(parsing: $0) }
        let found = file.instructions.first { instruction in
            if isAddress { return instruction.words.contains { $0.unquoted == step } }
            let names = instruction.keyword == .from ? instruction.words.prefix(1) : instruction.sourceNames[...]
            return image != nil && names.contains { (try? ImageReference(parsing: $0.unquoted)) == image }
        }
        return found.map { SourceRange(startLine: $0.line, endLine: $0.lastLine) }
    }

    /// The lines of the instruction that an engine calls wrong by its keyword alone, as in `LABEL must have two arguments`:
    /// of several the shortest; nil where there is none or no shortest.
    func range(ofComplaint message: Substring) -> SourceRange? {
        guard let keyword = message.split(separator: " ").first else { return nil }
        let matching = candidates.filter { $0.words.first?.uppercased() == String(keyword) }
        let least = matching.map(\.words.count).min()
        let shortest = matching.filter { $0.words.count == least }
        return shortest.count == 1 ? shortest.first?.range : nil
    }

    /// The first line of a `RUN` that mounts a secret in a stage that hasn't declared an argument before it; nil for none.
    ///
    /// A stage has what the stage it is built from has declared.
    func line(mounting secret: String, without argument: String) -> Int? {
        var declaring: Set<Int> = []
        for stage in file.stages {
            if case .stage(let base) = stage.base, declaring.contains(base) { declaring.insert(stage.index) }
            for instruction in file.instructions[stage.body] {
                if instruction.keyword == .arg, instruction.pairs.contains(where: { $0.key.text == argument }) {
                    declaring.insert(stage.index)
                }
                guard !declaring.contains(stage.index) else { break }
                if instruction.mounts.contains(where: { Self.isOf(secret, $0) }) { return instruction.line }
            }
        }
        return nil
    }

    /// Whether a mount is `type=secret,…` of an id.
    private static func isOf(_ secret: String, _ mount: Mount) -> Bool {
        var fields: [String: String] = [:]
        for field in CommaFields.parse(mount.flag.value ?? "") ?? [] {
            if let (key, value) = field.cut(at: "=") { fields[key.lowercased()] = value }
        }
        let target = fields["target"] ?? fields["dst"] ?? fields["destination"]
        let id =
            fields["source"] ?? fields["src"] ?? fields["id"] ?? target?.split(separator: "/").last.map(String.init)
        return fields["type"] == "secret" && id == secret
    }
}

extension SecretRotation {
    /// What the Dockerfile lacks, a line for each secret that would not rebuild its steps.
    func warnings(for request: BuildRequest) -> [String] {
        guard !secrets.isEmpty, let dockerfile = ResolvedDockerfile(request)?.excerptSource else { return [] }
        let finder = InstructionFinder(dockerfile.data)
        return secrets.compactMap { secret in
            let name = secret.rotationArgument
            return finder.line(mounting: secret.id, without: name).map { line in
                "secret \(secret.id.quoted): the step in line \(line) of \(dockerfile.filename) won't rebuild when it changes; "
                    + "put ARG \(name) before it in its stage"
            }
        }
    }
}
