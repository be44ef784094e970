public import CaissonBuildModel
import CaissonDockerfile
import CaissonDockerfileLint

/// Something that the linter found in a Dockerfile.
public struct LintFinding: Sendable, Hashable {
    /// How much a finding matters.
    public enum Severity: String, Sendable, Hashable {
        /// A matter of taste.
        case style
        /// Worth knowing.
        case info
        /// Probably not what is wanted.
        case warning
        /// Wrong.
        case error
    }

    /// The rule, such as `JSONArgsRecommended`.
    public var rule: String
    /// The rule's names in other tools, such as `DL3025`.
    public var aliases: [String]
    /// How much it matters.
    public var severity: Severity
    /// What is wrong and what to do.
    public var message: String
    /// The line where it begins, from 1.
    public var line: Int
    /// The column where it begins, from 1.
    public var column: Int
}

/// Checks a Dockerfile with the rules of `caisson lint`.
///
/// - Parameters:
///   - dockerfile: The text of the Dockerfile.
///   - configuration: The text of a `.hadolint.yaml`; nil for none.
/// - Returns: What was found, in the order of the places.
/// - Throws: `BuildError` with code `usage` for a configuration that can't be understood.
public func lint(dockerfile: [UInt8], configuration: String? = nil) throws(BuildError) -> [LintFinding] {
    var settings = LintConfiguration()
    do throws(LintError) {
        if let configuration { try settings.apply(yaml: configuration, name: "configuration") }
    } catch {
        throw BuildError(.usage, "\(error)")
    }
    let result = Linter(settings).lint(Dockerfile(parsing: dockerfile), name: "Dockerfile")
    return result.findings.compactMap(LintFinding.init)
}

extension LintFinding {
    init?(_ finding: Finding) {
        guard let severity = Severity(rawValue: finding.severity.name) else { return nil }
        rule = finding.rule
        aliases = finding.names.filter { $0 != finding.rule }
        self.severity = severity
        message = finding.message
        line = finding.start.line
        column = finding.start.column
    }
}
