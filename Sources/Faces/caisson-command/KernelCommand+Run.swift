import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonContainerJobs
import CaissonEngines
import CaissonHistory
import CaissonJSON
import CaissonKernelJobs
import CaissonReporting
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

// The only wiring of `caisson kernel` to the engines, the history and the renderers.

extension KernelCommand.Build {
    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var job = try kernel.job()
        if let timeout {
            guard let span = Timespan(parsing: timeout) ?? Timespan(iso8601: timeout), span.duration > .zero else {
                throw BuildError(.usage, "--timeout: \(timeout.quoted) is no time such as 90s or 2h")
            }
            job.timeout = span.duration
        }
        let configuration = try Configuration.ofThisProcess()
        let state = history.state(configuration, environment)
        var inputs = BuildRequest(context: .empty)
        try secrets.apply(to: &inputs)
        let run = KernelRun(job: job, inputs: inputs)
        let work = KernelWork(
            run: run,
            lender: try engine.lender(environment),
            mode: state.mode(try progress.mode(environment: environment)),
            state: state,
            environment: environment
        )
        let ended = try await state.recording {
            try await run.run(in: configuration.buildEngine.artifactDirectory, on: work.engine)
        }
        let text = format == .json ? ended.manifest.json.goText() + "\n" : ended.text
        try BorrowedDescriptor.standardOutput.writeResult(text)
        if let error = ended.error { throw error }
    }
}

/// What a kernel job asks its surroundings for: a builder with somebody who hears of the build, and later one to clean up.
struct KernelEngine: Sendable {
    let build: @Sendable (@escaping @Sendable (Builder, any BuildEventSink) async throws -> Void) async throws -> Void
    let lend: @Sendable (@escaping @Sendable (Builder) async throws -> Void) async throws -> Void
}

/// A kernel job that is about to be run: runs it, and looks at what came out.
struct KernelRun: Sendable {
    let job: KernelJob
    /// The secrets and agents that it may use.
    let inputs: BuildRequest
    var id = BuildID()

    /// What came of it.
    struct Ended {
        var manifest: JobManifest
        /// For people.
        var text: String
        /// Why it failed; nil where it didn't.
        var error: ReportedError?
    }

    /// What is known of a run, for whoever has to tell it however it ends.
    struct Begun: Sendable {
        var build: KernelBuild
        var engine: String
        /// What a second build has shown; nil where there was none.
        var reproducibility: KernelReproducibility?
        /// What was found of the artifacts, where the steps succeeded.
        var verdict: KernelVerdict?
    }

    /// Runs the job, and brings its results into their place.
    ///
    /// - Parameter artifacts: The configured folder of artifacts.
    func run(in artifacts: String, on engine: KernelEngine) async throws -> Ended {
        let path = job.results.folder ?? PathFacts.join(artifacts, "\(job.name)-\(id)")
        let folder = try JobFolder(path, run: id)
        let status = JobStatus(id, name: job.name, kind: "kernel", started: .now, process: getpid())
        let report = JobStatusReport(status, at: folder.status)
        let (begun, stage) = (Once<Begun>(), folder.stage)
        var failure: ReportedError?
        do {
            try await engine.build { builder, events in
                let held = JobEvents(events, of: id, stage: stage, path: path)
                try await build(on: builder, to: stage, held, report, begun)
            }
        } catch let error as ReportedError {
            failure = error
        } catch let error as BuildError {
            failure = ReportedError(error: error, report: ErrorText.of(error))
        } catch is CancellationError {
            failure = ReportedError(error: BuildError(.cancelled, "cancelled"), report: "error: cancelled\n")
        } catch {
            report.end(.incomplete, "\(error)")
            folder.discard()
            throw error
        }
        guard let begun = begun.value else {
            // No engine took it: there is nothing to bring.
            report.end(Self.state(of: failure?.error), failure?.error.message)
            folder.discard()
            throw failure ?? ReportedError(error: BuildError(.engine, "no engine"), report: "")
        }
        // Artifacts that are wrong are here already, with all logs.
        await bring(begun, to: stage, isFailed: failure != nil && begun.verdict == nil, on: engine)
        do {
            return try end(begun, folder, report, failure)
        } catch {
            Self.makeRoom(in: stage)
            report.end(.incomplete, "\(error)")
            throw error
        }
    }

    /// On a full disk the status needs room, and what the job was built by can be printed again.
    private static func makeRoom(in stage: String) { unlink(PathFacts.join(stage, "Dockerfile").cPath) }

    /// Looks at what came out, writes the records, and puts all in its place.
    private func end(
        _ begun: Begun,
        _ folder: JobFolder,
        _ report: JobStatusReport,
        _ failure: ReportedError?
    ) throws -> Ended {
        let results = try KernelResults(of: begun.build, in: folder.stage)
        try results.writeScripts()
        let verdict = try begun.verdict ?? results.verdict()
        var failure = failure
        if let (log, lines) = results.failure(), failure != nil {
            let path = PathFacts.join(folder.path, log)
            let shown = lines.map { "  \(SafeText.line($0))\n" }.joined()
            failure?.report += "the first error, in \(path.quoted):\n\(shown)"
        }
        let status = report.last(Self.state(of: failure?.error), failure?.error.message)
        let manifest = try results.write(
            status,
            verdict,
            by: ("caisson \(Version.number)", begun.engine),
            begun.reproducibility
        )
        try folder.place()
        report.write(status)
        return Ended(manifest: manifest, text: KernelText.summary(manifest, in: folder.path), error: failure)
    }

    /// The error of artifacts that aren't what they should be.
    private static func failure(of verdict: KernelVerdict) -> BuildError {
        let failures = verdict.findings.filter { $0.state == .fail }
        let rest = failures.count > 1 ? " (and \(failures.count - 1) more, see manifest.json)" : ""
        return BuildError(.step, (failures.first.map(KernelText.line) ?? "the artifacts are wrong") + rest)
    }

    /// The error of a second build that is another one.
    private static func failure(of shown: KernelReproducibility) -> BuildError {
        let rest = shown.count > 1 ? " (and \(shown.count - 1) more, see manifest.json)" : ""
        return BuildError(.step, "built again, the kernel is another one: \(shown.messages.first ?? "")\(rest)")
    }

    private static func state(of error: BuildError?) -> JobState {
        switch error?.code {
        case nil: .pass
        case .step: .fail
        case .cancelled: .cancelled
        case .deadlineExceeded: .timeout
        case .usage, .unsupported, .engine, .output: .incomplete
        }
    }
}

extension KernelRun {
    private func build(
        on builder: Builder,
        to stage: String,
        _ events: JobEvents,
        _ report: JobStatusReport,
        _ begun: Once<Begun>
    ) async throws {
        let facts = try await builder.facts(within: .seconds(20))
        let machine = facts.platforms.first.flatMap { TargetArchitecture(platform: $0.description) }
        let image = try await toolchain(on: builder, machine, events)
        var build = try KernelBuild(job, run: id, image: image, machine: machine)
        build.take(secrets: inputs.secrets, ssh: inputs.ssh)
        let dockerfile = try build.write(to: stage)
        begun.value = Begun(build: build, engine: facts.identity.address)
        report.begin()
        let steps = StepEvents(of: build.dockerfile, titled: "kernel", to: events) { report.hear($0, $1) }
        let run = build.jobRun(dockerfile)
        try await run.fetch(on: JobEngine(builder), events: steps)
        _ = try await run.run(on: JobEngine(builder), to: stage, events: steps)
        // Only then is the build told to have succeeded.
        let results = try KernelResults(of: build, in: stage)
        let verdict = try results.verdict()
        begun.value?.verdict = verdict
        var failure = verdict.state == .fail ? Self.failure(of: verdict) : nil
        if failure == nil, job.check != .off {
            let again = KernelRebuild(first: results, job: job, image: image, machine: machine, inputs: inputs)
            let shown = try await again.run(on: JobEngine(builder), beside: stage, events)
            begun.value?.reproducibility = shown
            failure = shown.isEqual ? nil : Self.failure(of: shown)
        }
        events.end(failure)
        if let failure { throw failure }
    }

    /// The image that the job names, or ours, which is built where the engine doesn't have it yet.
    private func toolchain(
        on builder: Builder,
        _ machine: TargetArchitecture?,
        _ events: JobEvents
    ) async throws -> ImageReference {
        if let image = job.toolchain.image { return image }
        let own = try KernelToolchainImage(for: job, machine: machine)
        switch await builder.stored(own.name.description) {
        case .named, .reserve: return own.name
        case .absent, .unknown: break
        }
        do {
            _ = try await builder.build(own.request, events: events)
        } catch let error as BuildError where error.code != .cancelled {
            CommandState.warn("the image with the tools can't be built; one that has them is named by --image")
            throw error
        }
        return own.name
    }

    /// Brings what a failed run has left, and removes the run's mount from the engine.
    private func bring(_ begun: Begun, to stage: String, isFailed: Bool, on engine: KernelEngine) async {
        let run = begun.build.jobRun(PathFacts.join(stage, "Dockerfile"))
        do {
            try await engine.lend { try await run.finish(on: JobEngine($0), to: stage, isFailed: isFailed) }
        } catch {
            CommandState.warn("what the job has left can't be brought from the engine: \(error)")
        }
    }
}

/// A kernel job by itself, which is shown and recorded.
struct KernelWork: Sendable {
    let run: KernelRun
    let lender: EngineLender
    let mode: ProgressMode
    let state: CommandState
    let environment: [String: String]

    var engine: KernelEngine {
        KernelEngine(
            build: { try await shown($0) },
            // Interrupted here, the program doesn't wait for it.
            lend: { body in
                try await withInterrupts(restoreTerminal: {}) { try await lender.lend(notice: { _ in }, body) }
            }
        )
    }

    private func shown(_ body: @escaping @Sendable (Builder, any BuildEventSink) async throws -> Void) async throws {
        let (id, name) = (run.id, run.job.name)
        var submission = BuildSubmission(id, .kernel, at: .now)
        submission.invocation = CommandState.invocation()
        submission.name = name
        let recorder = state.journal?.recorder(of: submission)
        var work = ShownWork(mode, environment: environment, spelling: \.flag)
        work.recorder = recorder
        work.operatorLog = state.log.map { ($0, name) }
        state.log?.starts(name, id)
        let told = submission
        let build: @Sendable (Builder, SpelledEvents) async throws -> Void = { builder, events in
            try await state.inPlace(told, recorder, events) { try await body(builder, events) }
        }
        do {
            _ = try await state.withDoor { [work] door in
                try await work.run(on: lender, lendCancel: { door.register(id, $0) }, build)
            }
            state.log?.ended(name, id, .succeeded, nil)
        } catch {
            recorder?.end(error)
            state.log?.ended(name, id, .failed, "\((error as? ReportedError)?.error.message ?? "\(error)")")
            throw error
        }
    }
}
