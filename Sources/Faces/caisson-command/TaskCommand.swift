import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonManuals
import CaissonSystem
import CaissonTasks
import CaissonText

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
        var progress: ProgressOptions

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
                throw BuildError(.usage, "the task \(file.quoted) \(error.explanation)")
            }
        }
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

    /// What the run depends on beside its file.
    func settings(_ configuration: Configuration) throws(BuildError) -> TaskSettings {
        var settings = TaskSettings()
        let engine = configuration.buildEngine
        settings.stepTimeout = engine.stepTimeout
        settings.taskTimeout = engine.buildTimeout
        settings.isNetworkEnabled = engine.resources.isNetworkEnabled
        settings.keepsGoing = keepGoing
        settings.artifactDirectory = artifacts ?? engine.artifactDirectory
        if keepWorkspace { settings.workspaceDirectory = engine.workspaceRoot }
        return settings
    }
}
