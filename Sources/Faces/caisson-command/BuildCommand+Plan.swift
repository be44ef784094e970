import ArgumentParser
import CaissonBuildModel
import CaissonForecasts
import CaissonJSON
import CaissonRegistry
import CaissonSystem
import CaissonText
import FoundationEssentials

/// Whether a build is foretold in place of being run.
struct PlanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Tell in place of building what each step will do: cached, runs or unknown; as text (--plan alone) or json.",
            valueName: "format"
        )
    )
    var plan: Format?

    /// How it is told.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    /// Refuses what can't be told of a build that doesn't run.
    func check(_ question: QuestionOptions, _ result: ResultOptions) throws(BuildError) {
        guard plan != nil else { return }
        let others = [question.call.map { _ in "--call" }, question.check ? "--check" : nil]
        let files = [result.report.map { _ in "--report" }, result.metadataFile.map { _ in "--metadata-file" }]
        for other in others.compactMap(\.self) {
            throw BuildError(.usage, "--plan and \(other) ask for different things; leave one out")
        }
        for file in files.compactMap(\.self) + (result.iidfile == nil ? [] : ["--iidfile"]) {
            throw BuildError(.usage, "\(file) tells of a build, and --plan runs none; leave one out")
        }
    }

    /// What `--plan` alone means.
    static let alone = Format.text.rawValue
}

extension BuildCommand {
    /// Tells what a build will do, from the history, the files, the engine and the registries; nothing is built.
    func tellPlan(_ build: BuildInvocation, as format: PlanOptions.Format, _ environment: [String: String]) async throws
    {
        var options = RegistryOptions(variables: environment, home: environment["HOME"] ?? "/")
        options.insecure = build.request.insecureRegistries
        options.retry = RetryPolicy(retries: 1)
        (options.connectLimit, options.silenceLimit) = (.seconds(5), .seconds(15))
        let registry = options
        let request = build.request
        let forecast = try await withInterrupts(restoreTerminal: {}) {
            try await build.engine.lend(notice: { _ in }) { builder in
                BuildForecast(of: try await PlanSources(request: request, builder: builder, registry: registry).input())
            }
        }
        if let problem = forecast.problem { throw BuildError(.usage, "there is no plan: \(problem)") }
        let output = BorrowedDescriptor.standardOutput
        switch format {
        case .text:
            let lines = ForecastText(forecast, width: output.windowSize?.width ?? 1000).lines
            try output.writeResult(lines.joined(separator: "\n") + "\n")
        case .json:
            var json = JSONWriter(.report)
            forecast.write(to: &json)
            try output.writeResult(json.text + "\n")
        }
    }
}
