import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonEngines
import CaissonJSON
import CaissonManuals
import CaissonOrchestrator
import CaissonPlanning
import CaissonPreparation
import CaissonRegistry
import CaissonReporting
import CaissonSystem
import CaissonText
import FoundationEssentials

// The only wiring of `caisson batch` to files, the engines and the renderers.

extension BatchCommand {
    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let output = BorrowedDescriptor.standardOutput
        if definition.schema { return try output.writeResult(ManifestSchema(kinds: [.build, .kernel]).text) }
        let listing = try definition.listing()
        let mode = try progress.mode(environment: environment)
        let batch = try await read(environment: environment)
        if let listing { return try output.writeResult(listing.text(of: batch.definition.configuration)) }
        let flags = try flags()
        var work = try Self.reporting { () throws(BatchError) in try batch.resolved(flags: flags) }
        Self.warn(work.warnings)
        let kernels = try KernelTargets.jobs(of: work.builds, isElsewhere: batch.inputs.isElsewhere)
        if definition.print {
            try Self.reporting { () throws(BatchError) in try work.builds.checkForPrinting() }
            try work.checkConfidential(environment)
            return try output.writeResult(work.printed)
        }
        try Self.reporting { () throws(BatchError) in try work.builds.check() }
        Self.warn(PeerVariables.notices(environment, given: work.arguments))
        try grant(work, batch, environment)
        let configuration = try Configuration.ofThisProcess()
        let limits = try running.limits(configuration)
        try await work.prepare(self, configuration, environment)
        try work.narrow(to: running.only)
        Self.warn(work.warnings)
        var files = ResultFiles(metadata: metadataFile)
        try files.prepare()
        try running.checkSummary(environment)
        let state = history.state(configuration, environment)
        var run = BatchRun(command: self, work: work, limits: limits, state: state, environment: environment)
        run.kernels = kernels
        run.artifacts = configuration.buildEngine.artifactDirectory
        let (end, warnings) = try await state.recording { try await run.run(mode) }
        work.keep(warnings, asSaidBy: environment)
        try finish(work, end, files, environment)
        await PolicyRun.afterBuild(on: try engine.lender(environment), state)
    }

    /// Reads the definition, from the engine where it is at an address.
    private func read(environment: [String: String]) async throws -> BatchFiles {
        let operands = definition.operands
        var inputs = BakeInputs(
            localPlatform: Platform.host.description,
            environment: environment,
            variables: try definition.variables()
        )
        inputs.isElsewhere = operands.address != nil
        if let context = operands.context { inputs.commandContext = context }
        let given = definition.file.filter { !$0.isEmpty }
        let names = given.isEmpty ? BakeFile.names(in: environment) : given
        let (read, base) = try await files(names, at: operands.address, environment)
        var surroundings = BatchDefinition.Surroundings(
            inputs: inputs,
            home: environment["HOME"],
            read: DefinitionFiles.content
        )
        // What is elsewhere has no business with files that are here.
        if operands.address != nil { surroundings.read = { _, _ in .missing } }
        let found = try Self.reporting { () throws(BatchError) in
            try BatchDefinition(reading: read, in: surroundings)
        }
        return BatchFiles(definition: found, inputs: inputs, names: operands.names, base: base)
    }

    /// The files of some names, here or at an address; those with `cwd://` before them are always here.
    private func files(
        _ names: [String],
        at address: String?,
        _ environment: [String: String]
    ) async throws -> (files: [BakeFile], base: BatchBase) {
        let local = DefinitionFiles(input: .standardInput)
        guard let address else {
            let found = try names.isEmpty ? local.found() : local.named(names)
            return (found, BatchBase())
        }
        let here = try local.named(names.filter { $0.hasPrefix("cwd://") })
        let there = names.filter { !$0.hasPrefix("cwd://") }
        let remote = RemoteDefinition(address, environment: environment)
        if let file = try await remote.singleFile() { return ([file] + here, remote.base(isSingleFile: true)) }
        let mode = try progress.mode(environment: environment)
        let shown = ShownWork(mode == .rawjson ? .quiet : mode, environment: environment, spelling: \.manifestWord)
        let (files, _) = try await shown.run(on: try engine.lender(environment)) { builder, events in
            try await remote.files(there) { request in _ = try await builder.build(request, events: events) }
        }
        return (files + here, remote.base(isSingleFile: false))
    }

    /// Asks for what the definition wants and nobody granted.
    private func grant(_ work: BatchWork, _ batch: BatchFiles, _ environment: [String: String]) throws {
        func isOn(_ name: String) -> Bool? { GoBoolean.parse(environment[name] ?? "") }
        let isTrusted = batch.inputs.isElsewhere && isOn("BAKE_ALLOW_REMOTE_FS_ACCESS") == true
        let demands = EntitlementDemands(
            of: work.plan,
            granted: try powers.grants(),
            overrides: changes.set,
            looksAtFiles: isOn("BUILDX_BAKE_ENTITLEMENTS_FS") ?? !isTrusted
        )
        try EntitlementQuestion(demands).ask(input: .standardInput, output: .standardError)
    }

    /// Writes what the builds gave back, and prints what was asked.
    private func finish(
        _ work: BatchWork,
        _ end: BatchEnd,
        _ files: ResultFiles,
        _ environment: [String: String]
    ) throws {
        let output = BorrowedDescriptor.standardOutput
        try files.write(metadata: work.metadata(of: end))
        if progress.quiet { try output.writeResult(work.identifiers(of: end)) }
        let answers = BatchAnswers(work, end.report)
        guard !answers.isEmpty else { return }
        let isJSON = try question.question()?.isJSON ?? false
        try output.writeResult(isJSON ? answers.json : answers.text)
        if !answers.areGood { throw ExitCode(1) }
    }

    static func warn(_ warnings: [String]) {
        for warning in warnings { BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \(warning)\n") }
    }

    /// Makes of everything that is wrong with a definition one report.
    private static func reporting<Result>(_ body: () throws(BatchError) -> Result) throws -> Result {
        do throws(BatchError) {
            return try body()
        } catch {
            // What is wrong in a block of many targets is found in each of them.
            var told: Set<String> = []
            let texts = error.problems.map { BuildReport.problem($0.message, excerpt: $0.excerpt) }
            let report = texts.filter { told.insert($0).inserted }.joined()
            throw ReportedError(error: BuildError(.usage, error.problems.first?.message ?? ""), report: report)
        }
    }
}
