package import CaissonDockerfileLint

/// What the server asks the program for that it is a part of.
package struct LintService: Sendable {
    /// How a document is checked.
    package struct Preparation: Sendable {
        /// The linter with the configuration that holds for the document.
        package var linter: Linter
        /// What the rules are told of the document's surroundings.
        package var settings: RuleSettings

        package init(linter: Linter, settings: RuleSettings) {
            self.linter = linter
            self.settings = settings
        }
    }

    /// Finds out how a document is checked.
    ///
    /// It gets the document's path, or nil where that is no file, and the folders that may hold its configuration, the
    /// nearest first.
    package var prepare: @Sendable (_ path: String?, _ folders: [String]) throws(LintError) -> Preparation
    /// What other programs find; it may take long, and is cancelled when the document changes.
    package var othersFindings: @Sendable (Facts, Linter) async throws -> [Finding]
    /// The program's version.
    package var version: String

    package init(
        version: String,
        prepare: @escaping @Sendable (_ path: String?, _ folders: [String]) throws(LintError) -> Preparation,
        othersFindings: @escaping @Sendable (Facts, Linter) async throws -> [Finding]
    ) {
        self.version = version
        self.prepare = prepare
        self.othersFindings = othersFindings
    }
}

/// One check of one document.
struct LintJob: Sendable, Equatable {
    /// The document.
    var uri: String
    /// Which state of it.
    var generation: Int
    /// The text.
    var text: [UInt8]
    /// The folders that may hold its configuration.
    var folders: [String]
    /// How long to wait first, as the next key may be pressed soon.
    var delay: Duration
}

/// What is known of one state of a document.
struct LintReport: Sendable {
    /// How far the check has come.
    enum Stage: Int, Sendable, Comparable {
        /// The rules' findings are there.
        case findings
        /// The text with all safe fixes, too.
        case fixes
        /// What other programs find, too; this is all.
        case complete

        static func < (one: Stage, other: Stage) -> Bool { one.rawValue < other.rawValue }
    }

    /// How far the check has come.
    var stage: Stage
    /// The findings in the order of their places.
    var findings: [Finding] = []
    /// The text with all safe fixes; nil where they change nothing, or aren't known yet.
    var fixed: [UInt8]?
    /// Whether comments may leave findings out.
    var allowsPragmas = false
    /// The offsets of the lines where instructions begin, by the lines' numbers from 1.
    var instructionStarts: [Int: Int] = [:]
    /// Why nothing was checked: a configuration that doesn't parse.
    var problem: String?
}
