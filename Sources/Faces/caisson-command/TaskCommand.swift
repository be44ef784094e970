import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonHistory
import CaissonManuals
import CaissonReporting
import CaissonRunControl
import CaissonSystem
import CaissonTasks
import CaissonText
import Glibc

/// `caisson task …`: commands in containers, as a file of JSON describes them.
struct TaskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task",
        _superCommandName: "caisson",
        abstract: "Runs the steps of a task, each in a container.",
        discussion: Manual.text(of: "task"),
        subcommands: [Run.self]
    )

    /// The command `caisson task run`.
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Runs the steps of a task, side by side as far as none needs another.",
            discussion: Manual.text(of: "task run")
        )

        @Argument(help: "The task, a file of JSON; - for standard input.")
        var file: String

        @OptionGroup(title: "Running")
        var running: TaskRunOptions

        @Option(help: "How to print what came of it: table or json.")
        var format = ListFormat.table

        @OptionGroup(title: "Engine")
        var engine: NamedEngine

        @OptionGroup(title: "Progress")
        var progress: TaskProgressOptions

        @OptionGroup(title: "History")
        var history: HistoryOptions

        /// The task that the file describes.
        func job(_ configuration: Configuration) throws -> TaskJob {
            let image = try (running.image ?? configuration.buildEngine.defaultImage).map { name in
                try FlagValue.of("--image") { () throws(ParseError) in try ImageReference(parsing: name) }
            }
            let bytes = try Self.bytes(of: file)
            do throws(TaskError) {
                return try TaskJob(parsing: bytes, file: file == "-" ? "standard input" : file, image: image)
            } catch {
                let errors = error.problems.map { BuildError(.usage, $0.description) }
                let report = errors.map { ErrorText.of($0) }.joined()
                throw ReportedError(error: errors.first ?? BuildError(.usage, "the task is empty"), report: report)
            }
        }

        private static func bytes(of file: String) throws(BuildError) -> [UInt8] {
            guard file != "-" else {
                do throws(Errno) {
                    return try BorrowedDescriptor.standardInput.read(upTo: TaskJob.fileLimit + 1)
                } catch {
                    throw BuildError(.usage, "the task on standard input can't be read: \(error)")
                }
            }
            do throws(BoundedFile.Failure) {
                return try BoundedFile.read(file, limit: TaskJob.fileLimit)
            } catch {
                if error == .notRegular, let bytes = pipeBytes(of: file) { return bytes }
                throw BuildError(.usage, "the task \(file.quoted) \(error.explanation)")
            }
        }

        /// What comes out of a pipe, such as a shell's `<(…)`; nil where the file is none.
        private static func pipeBytes(of file: String) -> [UInt8]? {
            guard isPipe(file) else { return nil }
            let descriptor = open(file.cPath, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            return try? BorrowedDescriptor(number: descriptor).read(upTo: TaskJob.fileLimit + 1)
        }

        private static func isPipe(_ file: String) -> Bool {
            var status = stat()
            return stat(file.cPath, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
        }

        /// Why the task can't be asked for again; nil where it can.
        var obstacle: String? {
            file == "-"
                ? "its file came from standard input" : Self.isPipe(file) ? "its file came from a pipe" : nil
        }
    }
}

/// What is shown while a task runs.
struct TaskProgressOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How to show progress: auto, tty, plain, quiet, rawjson or none.", valueName: "mode")
    )
    var progress: String?

    @Flag(name: [.customShort("q"), .long], help: "Show no progress, only what came of the task at the end.")
    var quiet = false

    /// The mode, by the flags, else by `BUILDKIT_PROGRESS`.
    func mode(environment: [String: String]) throws(BuildError) -> ProgressMode {
        var options = ProgressOptions()
        options.progress = progress
        options.quiet = quiet
        return try options.mode(environment: environment)
    }
}

/// How a task is run.
struct TaskRunOptions: ParsableArguments {
    @Flag(help: "Go on with the other steps when one fails.")
    var keepGoing = false

    @Flag(help: "Keep the workspace: its files go below workspace_root.")
    var keepWorkspace = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where the artifacts go (default: artifact_dir of the configuration).",
            valueName: "directory"
        )
    )
    var artifacts: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The image of steps that name none (default: default_image).", valueName: "image")
    )
    var image: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The image whose cp takes artifacts and workspace out (default: that of most steps).",
            valueName: "image"
        )
    )
    var collector: String?

    /// What the run depends on beside its file.
    func settings(_ configuration: Configuration) throws(BuildError) -> TaskSettings {
        var settings = TaskSettings()
        let engine = configuration.buildEngine
        settings.stepTimeout = engine.stepTimeout
        settings.taskTimeout = engine.buildTimeout
        settings.isNetworkEnabled = engine.resources.isNetworkEnabled
        settings.keepsGoing = keepGoing
        settings.collector = try collector.map { name throws(BuildError) in
            try FlagValue.of("--collector") { () throws(ParseError) in try ImageReference(parsing: name) }
        }
        settings.artifactDirectory = artifacts ?? engine.artifactDirectory
        if keepWorkspace { settings.workspaceDirectory = engine.workspaceRoot }
        return settings
    }
    /// The directories of the configuration that the task's own ones are made in.
    func ownDirectories(_ settings: TaskSettings) -> [TaskShare: String] {
        var directories: [TaskShare: String] = [:]
        if artifacts == nil { directories[.artifacts] = settings.artifactDirectory }
        directories[.workspace] = settings.workspaceDirectory
        return directories
    }
}

extension TaskJob {
    /// Refuses a task that needs more than the configuration lets builds take.
    func checkNeeds(_ limits: MachineLimits) throws(ReportedError) {
        var pool = MachineNeeds()
        pool.milliprocessors = limits.milliprocessors
        (pool.memory, pool.disk) = (limits.memory, limits.disk)
        let errors = excess(over: pool).map { BuildError(.usage, $0) }
        guard let first = errors.first else { return }
        throw ReportedError(error: first, report: errors.map { ErrorText.of($0) }.joined())
    }
}

extension TaskRemains {
    /// Removes what is older than the configuration wants it, unless a build of its task is pinned.
    func clear(_ cleanup: Configuration.Cleanup, but run: BuildID) async {
        guard cleanup.isEnabled else { return }
        let ages: [TaskShare: Duration] = [
            .artifacts: cleanup.artifactRetention, .workspace: cleanup.workspaceRetention,
        ]
        await clear(ages, but: run) { id in
            guard let store = try? await BuildsCommand.store() else { return false }
            return ((try? store.members(of: id)) ?? []).contains(where: \.isPinned)
        }
    }
}
