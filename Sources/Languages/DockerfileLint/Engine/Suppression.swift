import CaissonText
import CaissonDockerfile

/// The findings that comments leave out.
struct Suppression {
    private var everywhere: Set<String> = []
    private var everything = false
    private var byLine: [Int: Set<String>] = [:]
    private var stages: [(lines: ClosedRange<Int>, names: Set<String>)] = []
    private let options: CheckOptions

    /// The name that stands for all of BuildKit's rules.
    private static let all = "all"

    init(file: Dockerfile, configuration: LintConfiguration, check: CheckOptions) {
        options = check
        everywhere = configuration.ignored
        guard !configuration.disablesPragmas else { return }
        let pragmas = Pragma.all(in: file)
        for pragma in pragmas where pragma.scope == .file {
            everywhere.formUnion(pragma.names)
            if pragma.isForAll { everything = true }
        }
        guard
            pragmas.contains(where: { $0.scope != .file })
                || file.comments.contains(where: { $0.text.hasPrefix("check") })
        else { return }
        addInstructions(of: file, pragmas)
    }

    private mutating func addInstructions(of file: Dockerfile, _ pragmas: [Pragma]) {
        for instruction in file.instructions {
            for comment in file.comments[instruction.comments] {
                for pragma in pragmas where pragma.comment.line == comment.line {
                    add(pragma, above: instruction, of: file)
                }
                if let names = Self.skipped(by: comment) { byLine[instruction.line, default: []].formUnion(names) }
            }
        }
    }

    private mutating func add(_ pragma: Pragma, above instruction: Instruction, of file: Dockerfile) {
        switch pragma.scope {
        case .nextInstruction:
            byLine[instruction.line, default: []].formUnion(pragma.names)
        case .stage where instruction.keyword == .from:
            let next = file.instructions.first { $0.keyword == .from && $0.line > instruction.line }
            stages.append((instruction.line...((next?.line ?? Int.max) - 1), Set(pragma.names)))
        case .stage, .file: break
        }
    }

    /// What `# check=skip=…` above an instruction leaves out; only the text up to the first blank is read.
    private static func skipped(by comment: Comment) -> Set<String>? {
        guard comment.text.hasPrefix("check"), let equals = comment.text.firstIndex(of: "="),
            comment.text[..<equals].trimmed == "check"
        else { return nil }
        let value = comment.text[comment.text.index(after: equals)...].trimmed.prefix { $0 != " " }
        guard let options = try? CheckOptions(parsing: String(value)) else { return nil }
        return options.skipsAll ? [all] : options.skipped
    }

    /// Whether a finding is left out.
    func covers(_ finding: Finding) -> Bool {
        if everything { return true }
        let names = finding.names + [finding.rule]
        if names.contains(where: everywhere.contains) { return true }
        let isBuildKits = Linter.isBuildKits(finding.rule)
        let isExperimental = finding.rule == "InvalidDefinitionDescription"
        if isBuildKits, !isExperimental, options.skipsAll || options.skipped.contains(finding.rule) { return true }
        var lines = [finding.instructionLine]
        lines += finding.aliases.map(\.line).filter { $0 != finding.instructionLine }
        for line in lines {
            guard let ignored = byLine[line] else { continue }
            if names.contains(where: ignored.contains) || (isBuildKits && ignored.contains(Self.all)) { return true }
        }
        return stages.contains { stage in
            stage.lines.contains(finding.instructionLine) && names.contains(where: stage.names.contains)
        }
    }
}
