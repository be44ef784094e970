import CaissonManuals
import ArgumentParser
import CaissonText
import CaissonBuildModel
import CaissonReporting

/// The command `caisson build`.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        _superCommandName: "caisson",
        abstract: "Builds an image from a Dockerfile, with the flags of docker build.",
        discussion: Manual.text(of: "build")
    )

    @OptionGroup(title: "Source")
    var source: SourceOptions

    @OptionGroup(title: "Result")
    var result: ResultOptions

    @OptionGroup(title: "Steps")
    var steps: StepOptions

    @OptionGroup(title: "Secrets")
    var secrets: SecretOptions

    @OptionGroup(title: "Sources, powers and statements")
    var powers: SupplyChainOptions

    @OptionGroup(title: "Questions")
    var question: QuestionOptions

    @OptionGroup(title: "Caches and the network")
    var caches: CacheFlags

    @OptionGroup(title: "Engine")
    var engine: BuilderOptions

    @OptionGroup(title: "Progress")
    var progress: ProgressOptions

    @OptionGroup(title: "History")
    var history: HistoryOptions

    @OptionGroup(title: "Checks")
    var lintBefore: LintBeforeBuildOptions

    /// The build that the flags ask for, before files and standard input are looked at.
    func request(environment: [String: String]) throws -> BuildRequest {
        let (context, dockerfile) = try source.sources()
        var request = BuildRequest(context: context, dockerfile: dockerfile)
        try result.apply(to: &request)
        try steps.apply(to: &request, environment: environment)
        try secrets.apply(to: &request)
        try caches.apply(to: &request)
        try powers.apply(to: &request, environment: environment)
        request.provenanceDetail = result.provenanceDetail(environment)
        request.imageMeasurement = result.metadataFile != nil ? .always : .never
        try request.check()
        _ = try progress.mode(environment: environment)
        return request
    }
}
