package import CaissonBuildModel
import CaissonText

/// A batch that has ended, with what became of each of its builds: what a summary file tells.
package struct BatchReport: Sendable, Hashable {
    /// A build of the batch.
    package struct Entry: Sendable, Hashable {
        /// Its name.
        package var name: String
        /// How it ended.
        package var status: BuildStatus
        /// Why it was skipped, cancelled or interrupted, in a line.
        package var reason: String?
        /// When it began; nil where it never did.
        package var started: Timestamp?
        /// How long it took; nil where it never began.
        package var duration: Duration?
        /// How often it was begun.
        package var attempts = 0
        /// How many steps it had.
        package var steps = 0
        /// How many of them came from the cache.
        package var cachedSteps = 0
        /// The images that it made.
        package var images: [ImageArtifact] = []
        /// The size of its image's layers in bytes.
        package var imageSize: Int64?
        /// Why it failed; nil where it didn't.
        package var failure: Failure?
        /// Its name in the history; nil where it isn't kept there.
        package var id: BuildID?

        /// Makes an entry of a build that ended.
        package init(_ name: String, _ status: BuildStatus) {
            self.name = name
            self.status = status
        }

        /// Makes an entry of what is remembered of a build.
        package init(_ name: String, _ record: BuildRecord, _ failure: Failure? = nil) {
            self.init(name, record.status)
            reason = record.reason
            started = record.started
            duration = record.duration
            attempts = record.attempts
            steps = record.steps
            cachedSteps = record.cachedSteps
            images = record.images
            imageSize = record.statistics?.imageSize
            self.failure = failure
            id = record.id
        }
    }

    /// Why a build failed.
    package struct Failure: Sendable, Hashable {
        /// The kind of failure.
        package var code: BuildError.Code
        /// What failed, and what to do.
        package var message: String
        /// The failing step's name; nil where none failed.
        package var step: String?
        /// The exit status of its process, where one ran.
        package var exitCode: Int?
        /// The last lines that it printed.
        package var log: [String]

        /// Makes a failure of an error.
        ///
        /// - Parameter log: The last lines that the failing step printed.
        package init(_ error: BuildError, log: [String] = []) {
            code = error.code
            message = error.message
            step = error.step.flatMap { $0.name.isEmpty ? nil : $0.name }
            exitCode = error.step?.exitCode
            self.log = log
        }
    }

    /// When it began.
    package var started: Timestamp
    /// How long it took.
    package var duration: Duration
    /// The arguments of the program without its name, such as `batch`, `--jobs`, `4`; values of secrets are left out.
    package var command: [String]
    /// Its builds, in the order in which they are shown.
    package var entries: [Entry]

    /// Makes a report.
    package init(started: Timestamp, duration: Duration, command: [String], _ entries: [Entry]) {
        self.started = started
        self.duration = duration
        self.command = command
        self.entries = entries
    }

    /// How many builds ended in some way.
    func count(_ status: BuildStatus) -> Int { entries.count { $0.status == status } }

    /// The command as a shell takes it; safe to print.
    var commandLine: String { SafeText.line(ShellWords.line(["caisson"] + command)) }
}

extension BatchReport.Entry {
    /// Whether something went wrong in the build itself, rather than in one that it needs.
    var isBad: Bool { [.failed, .timedOut, .interrupted].contains(status) }

    /// Why it didn't end well, in one line, safe to print; nil where there is nothing to say.
    var explanation: String? {
        let lines = (failure?.message ?? reason ?? "").pieces(at: "\n")
        return lines.first { !$0.isEmpty }.map { SafeText.line($0) }
    }
}
