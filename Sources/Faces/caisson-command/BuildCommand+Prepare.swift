import CaissonSecrets
import CaissonSystem
import CaissonText
import CaissonBuildContext
import CaissonBuildModel
import CaissonConfiguration
import CaissonPreparation
import CaissonReporting

/// A build command that found everything it needs and is about to be given to an engine.
struct BuildInvocation: Sendable {
    /// The build.
    var request: BuildRequest
    /// What finds the engine.
    var engine: EngineLender
    /// What is asked instead of building.
    var call: FrontendQuestion?
    /// How progress is shown, on standard error.
    var progress: ProgressMode
    /// The files that tell the result.
    var files: ResultFiles
    /// What the user should know before it runs.
    var notices: [String] = []
}

extension BuildCommand {
    /// Parses the flags' values and looks at the files they name, and fetches a Dockerfile that is elsewhere; nothing is
    /// asked of an engine yet.
    func prepare(
        environment: [String: String],
        input: BorrowedDescriptor,
        output: BorrowedDescriptor
    ) async throws -> BuildInvocation {
        var asked = try request(environment: environment)
        try Configuration.ofThisProcess().restrict(&asked)
        if asked.writesToStandardOutput, output.isTerminal {
            throw BuildError(.usage, "an archive would go to the terminal; redirect standard output or give dest=FILE")
        }
        if let address = source.dockerfileAddress {
            asked.dockerfile = try await .fetched(from: address, environment: environment)
        }
        let surroundings = Surroundings(environment: environment, standardInput: input.number)
        let prepared = try CaissonPreparation.prepare(asked, in: surroundings)
        var files = ResultFiles(imageID: result.iidfile, metadata: result.metadataFile)
        try files.prepare()
        return BuildInvocation(
            request: prepared.request,
            engine: try engine.lender(environment),
            call: try question.question(),
            progress: try progress.mode(environment: environment),
            files: files,
            notices: steps.unsetArguments(environment) + prepared.notices.map { $0.text(\.flag) }
        )
    }

    /// Tells the result of a build: the files, then the image's id where that was asked for.
    func finish(_ build: BuildInvocation, _ result: BuildResult, output: BorrowedDescriptor) throws {
        try build.files.write(result)
        // What hides the progress (BUILDKIT_PROGRESS=quiet) doesn't ask for the id; and behind an archive it would spoil it.
        if progress.quiet, !build.request.writesToStandardOutput, let id = result.imageID ?? result.digest {
            try output.writeResult(SafeText.line(id) + "\n")
        }
    }
}
