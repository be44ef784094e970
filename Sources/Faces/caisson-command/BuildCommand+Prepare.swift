import CaissonSecrets
import CaissonText
import CaissonBuildContext
import CaissonBuildModel
import CaissonEngines
import CaissonReporting

/// A build command that found everything it needs and is about to be given to an engine.
struct PreparedBuild: Sendable {
    /// The build.
    var request: BuildRequest
    /// The tar on standard input, when the context is one: its `source()` is the engine's standard input.
    var tar: StandardInput?
    /// The engine's address, when one was given.
    var address: String?
    /// The engine's name, when one was given.
    var builder: String?
    /// What is asked instead of building.
    var call: CallOptions.Call?
    /// Whether dockerd builds without BuildKit.
    var usesClassicBuilder = false
    /// How progress is shown, on standard error.
    var progress: ProgressMode
    /// The files that tell the result.
    var files: ResultFiles
}

extension BuildCommand {
    /// Parses the flags' values and looks at the files they name; nothing is asked of an engine yet.
    func prepare(
        environment: [String: String],
        input: Descriptor,
        output: Descriptor
    ) throws -> PreparedBuild {
        let asked = try request(environment: environment)
        if asked.writesToStandardOutput, output.isTerminal {
            throw BuildError(.usage, "an archive would go to the terminal; redirect standard output or give dest=FILE")
        }
        // Before standard input is read and an engine started: what is missing is missing.
        try asked.checkConfidential(environment: environment, home: environment["HOME"] ?? "/")
        let inputs = try BuildInputs(asked, input: input)
        try Self.checkIgnoreFile(inputs.request)
        try Self.checkOutputs(inputs.request.exports)
        var request = inputs.request
        request.runsTargetPrograms = TargetPrograms.areRun(by: request)
        let files = ResultFiles(imageID: result.iidfile, metadata: result.metadataFile)
        try files.prepare()
        return PreparedBuild(
            request: request,
            tar: inputs.tar,
            address: engine.addr,
            builder: engine.builder,
            call: try question.question(),
            usesClassicBuilder: engine.classic,
            progress: try progress.mode(environment: environment),
            files: files
        )
    }

    /// Tells the result of a build: the files, then the image's id where that was asked for.
    func finish(_ build: PreparedBuild, _ result: BuildResult, output: Descriptor) throws {
        try build.files.write(result)
        if build.progress == .quiet, let id = result.imageID ?? result.digest { try output.writeResult(id + "\n") }
    }

    /// Finds a pattern that has no meaning before the build has run: an engine couldn't say in which line it stands.
    private static func checkIgnoreFile(_ request: BuildRequest) throws(BuildError) {
        guard case .directory(let directory) = request.context else { return }
        do throws(BuildContextError) {
            _ = try ContextSelection(directory: directory, dockerfile: request.dockerfile)
        } catch {
            // What else is wrong there is found where it matters.
            if error.code == .malformedPattern { throw BuildError(.usage, error.message) }
        }
    }

    /// Finds a destination of the wrong kind before the build has run.
    private static func checkOutputs(_ exports: [ExportSpec]) throws {
        for export in exports {
            guard let path = export.path else { continue }
            let kind = FileFacts.kind(of: path)
            if export.layoutDirectory != nil {
                guard case .regular = kind else { continue }
                throw BuildError(.output, "can't write the output directory \(path.quoted): it is a file")
            }
            switch (export, kind) {
            case (.local, .regular), (.local, .stream):
                throw BuildError(.output, "can't write the output directory \(path.quoted): it is a file")
            case (.tar, .directory), (.oci, .directory), (.docker, .directory):
                throw BuildError(.output, "can't write the output file \(path.quoted): it is a directory")
            default:
                break
            }
        }
    }
}
