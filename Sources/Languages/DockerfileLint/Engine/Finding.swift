package import CaissonDockerfile

/// Something that a rule found.
package struct Finding: Sendable, Hashable {
    /// The finding's name in another tool and the line where that tool reports it.
    package struct Alias: Sendable, Hashable {
        /// The name.
        package var code: String
        /// The line.
        package var line: Int
    }

    /// The rule.
    package var rule: String
    /// The name that it has here: the rule's id, or the alias if only that applies.
    package var code: String
    /// Its names in other tools.
    package var aliases: [Alias] = []
    /// How much it matters.
    package var severity: Severity
    /// What is wrong and what to do.
    package var message: String
    /// Where, in bytes of the file.
    package var span: Range<Int>
    /// Where it begins.
    package var start: Position
    /// Where it ends: after its last character.
    package var end: Position
    /// The line where the instruction begins, which is what hadolint and BuildKit report.
    package var instructionLine: Int
    /// The line where BuildKit reports it, if that is another one.
    package var buildKitLine: Int?
    /// The fix that makes it go away.
    package var fix: Fix?

    /// All names by which it can be left out.
    package var names: [String] { [code] + aliases.map(\.code) }
}

/// One rule's look at one file.
struct Check {
    /// What is known of the file.
    let facts: Facts
    /// The rule.
    let rule: Rule
    /// What it found.
    private(set) var findings: [Finding] = []

    init(facts: Facts, rule: Rule) {
        self.facts = facts
        self.rule = rule
    }

    /// The file.
    var file: Dockerfile { facts.file }

    /// Adds a finding.
    /// - Parameters:
    ///   - step: The instruction that it belongs to.
    ///   - alias: The only name that applies, or nil if all of the rule's names do.
    ///   - aliasLine: The line where other tools report it, if that isn't the instruction's.
    mutating func report(
        _ message: String,
        at span: Range<Int>,
        _ step: Step? = nil,
        fix: Fix? = nil,
        names: Names = .all
    ) {
        let start = file.source.position(of: span.lowerBound)
        let end = file.source.position(of: span.upperBound)
        // BuildKit counts an empty line that a backslash continues to the instruction; hadolint doesn't.
        let line = step.map { file.source.position(of: $0.keywordOffset).line } ?? start.line
        var finding = Finding(
            rule: rule.id,
            code: rule.id,
            severity: rule.severity,
            message: message,
            span: span,
            start: start,
            end: end,
            instructionLine: line,
            fix: fix
        )
        if let step, step.line != line { finding.buildKitLine = step.line }
        switch names {
        case .all: finding.aliases = rule.aliases.map { Finding.Alias(code: $0, line: line) }
        case .own: break
        case .buildKits(let otherLine): finding.buildKitLine = otherLine == line ? nil : otherLine
        case .only(let code): finding.code = code
        case .also(let code, let otherLine): finding.aliases = [Finding.Alias(code: code, line: otherLine)]
        }
        findings.append(finding)
    }

    /// Which of a rule's names apply to a finding.
    enum Names {
        /// All of them.
        case all
        /// Only the rule's own names.
        case own
        /// Only BuildKit's, which reports it at another line.
        case buildKits(Int)
        /// Only the name of another tool, whose condition for it is met while ours isn't.
        case only(String)
        /// The rule's own names, and another one that is reported at its own line.
        case also(String, Int)
    }
}
