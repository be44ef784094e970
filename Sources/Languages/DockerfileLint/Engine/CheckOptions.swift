import CaissonDockerfile
import CaissonText

/// What `# check=…` or `BUILDKIT_DOCKERFILE_CHECK` says about BuildKit's checks: which run, and whether they fail the
/// build.
package struct CheckOptions: Sendable, Hashable {
    /// The checks that are left out.
    package var skipped: Set<String> = []
    /// Whether all are left out.
    package var skipsAll = false
    /// The experimental checks that run.
    package var experimental: Set<String> = []
    /// Whether all experimental checks run.
    package var hasAllExperimental = false
    /// Whether a finding is an error.
    package var failsBuild = false

    package init() {}

    /// Reads `skip=A,B;error=true;experimental=C`.
    package init(parsing text: String) throws(LintError) {
        for part in text.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false) {
            let trimmed = part.trimmed
            if trimmed.isEmpty, text.trimmed.isEmpty { return }
            guard let equals = trimmed.firstIndex(of: "=") else {
                throw LintError(.configuration, "check: \"\(trimmed)\" is none of skip=, error= and experimental=")
            }
            let value = trimmed[trimmed.index(after: equals)...].trimmed
            try set(trimmed[..<equals].trimmed, value)
        }
    }

    /// What the directive at the top of a file says, of which text after a blank is a comment; nil where there is none.
    static func of(_ file: Dockerfile) throws(LintError) -> CheckOptions? {
        guard let directive = file.directive("check") else { return nil }
        return try CheckOptions(parsing: directive.value.cut(at: " ")?.head ?? directive.value)
    }

    /// What BuildKit would refuse in `# check=…`.
    static func problems(of file: Dockerfile) -> [ParseProblem] {
        do {
            _ = try of(file)
            return []
        } catch {
            return file.directive("check").map { [ParseProblem(message: error.message, span: $0.valueSpan)] } ?? []
        }
    }

    private mutating func set(_ key: String, _ value: String) throws(LintError) {
        let names = Set(value.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed))
        switch key {
        case "skip":
            if value == "all" { skipsAll = true } else { skipped = names }
        case "experimental":
            if value == "all" { hasAllExperimental = true } else { experimental = names }
        case "error":
            guard let flag = GoBoolean.parse(value) else {
                throw LintError(.configuration, "check: error=\(value) is neither true nor false")
            }
            failsBuild = flag
        default:
            throw LintError(.configuration, "check: unknown key \"\(key)\"; there are skip, error and experimental")
        }
    }
}

extension StringProtocol {
    /// The text without blanks, tabs and line ends around it.
    var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
        guard let start = firstIndex(where: { !isSpace($0) }), let end = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[start...end])
    }
}

/// A configuration or a command line that the linter can't follow.
package struct LintError: Error, Sendable, Hashable {
    /// What kind of failure it is.
    package enum Code: Sendable, Hashable {
        /// A configuration file or variable that doesn't parse.
        case configuration
        /// There is no such rule or format.
        case unknownName
    }

    /// What kind of failure it is.
    package var code: Code
    /// What failed and what to do.
    package var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
