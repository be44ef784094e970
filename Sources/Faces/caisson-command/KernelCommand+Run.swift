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
        let run = KernelRun(
            job: job,
            lender: try engine.lender(environment),
            mode: state.mode(try progress.mode(environment: environment)),
            folder: job.results.folder,
            state: state,
            environment: environment
        )
        let ended = try await state.recording { try await run.run(in: configuration.buildEngine.artifactDirectory) }
        let text = format == .json ? ended.manifest.json.goText() + "\n" : ended.text
        try BorrowedDescriptor.standardOutput.writeResult(text)
        if let error = ended.error { throw error }
    }
}

/// A kernel job that is about to be run: runs it, shows it, records it, looks at what came out.
struct KernelRun: Sendable {
    let job: KernelJob
    let lender: EngineLender
    let mode: ProgressMode
    /// Where the results go; nil for a folder of the job's own.
    let folder: String?
    let state: CommandState
    let environment: [String: String]
    let id = BuildID()

    /// What came of it.
    struct Ended {
        var manifest: JobManifest
        /// For people.
        var text: String
        /// Why it failed; nil where it didn't.
        var error: ReportedError?
    }

    /// What is known of a run, for whoever has to tell it however it ends.
    private struct Begun: Sendable {
        var build: KernelBuild
        var engine: String
        /// What was found of the artifacts, where the steps succeeded.
        var verdict: KernelVerdict?
    }

    /// Runs the job, and brings its results into their place.
    ///
    /// - Parameter artifacts: The configured folder of artifacts.
    func run(in artifacts: String) async throws -> Ended {
        let path = folder ?? PathFacts.join(artifacts, "\(job.name)-\(id)")
        let folder = try JobFolder(path, run: id)
        let report = KernelStatusReport(
            JobStatus(id, name: job.name, kind: "kernel", started: .now, process: getpid()),
            at: folder.status
        )
        let begun = Once<Begun>()
        let stage = folder.stage
        var failure: ReportedError?
        do {
            try await build(to: stage, shownAs: path, report, begun)
        } catch let error as ReportedError {
            failure = error
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
        await bring(begun, to: stage, isFailed: failure != nil && begun.verdict == nil)
        do {
            return try end(begun, folder, report, failure)
        } catch {
            report.end(.incomplete, "\(error)")
            throw error
        }
    }

    /// Looks at what came out, writes the records, and puts all in its place.
    private func end(
        _ begun: Begun,
        _ folder: JobFolder,
        _ report: KernelStatusReport,
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
        let manifest = try results.write(status, verdict, by: ("caisson \(Version.number)", begun.engine))
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
    /// Runs the steps on an engine, while they are shown and recorded.
    private func build(
        to stage: String,
        shownAs path: String,
        _ report: KernelStatusReport,
        _ begun: Once<Begun>
    ) async throws {
        var submission = BuildSubmission(id, .kernel, at: .now)
        submission.invocation = CommandState.invocation()
        submission.name = job.name
        let recorder = state.journal?.recorder(of: submission)
        var work = ShownWork(mode, environment: environment, spelling: \.flag)
        work.recorder = recorder
        work.operatorLog = state.log.map { ($0, job.name) }
        state.log?.starts(job.name, id)
        let told = submission
        let run: @Sendable (Builder, SpelledEvents) async throws -> Void = { builder, events in
            let held = ResultEvents(events, stage: stage, path: path)
            try await state.inPlace(told, recorder, events) {
                try await build(on: builder, to: stage, held, report, begun)
            }
        }
        do {
            _ = try await state.withDoor { [work] door in
                try await work.run(on: lender, lendCancel: { door.register(id, $0) }, run)
            }
            state.log?.ended(job.name, id, .succeeded, nil)
        } catch {
            recorder?.end(error)
            state.log?.ended(job.name, id, .failed, "\((error as? ReportedError)?.error.message ?? "\(error)")")
            throw error
        }
    }

    private func build(
        on builder: Builder,
        to stage: String,
        _ events: ResultEvents,
        _ report: KernelStatusReport,
        _ begun: Once<Begun>
    ) async throws {
        let facts = try await builder.facts(within: .seconds(20))
        let machine = facts.platforms.first.flatMap { TargetArchitecture(platform: $0.description) }
        guard let image = job.toolchain.image else {
            throw BuildError(.usage, "the job names no image that has the compiler: give one by --image")
        }
        let build = try KernelBuild(job, run: id, image: image, machine: machine)
        let dockerfile = PathFacts.join(stage, "Dockerfile")
        try ResultFiles.replace(dockerfile, with: Array(build.dockerfile.text.utf8))
        if let ignored = build.ignoreFile { try ResultFiles.replace(dockerfile + ".dockerignore", with: ignored) }
        begun.value = Begun(build: build, engine: facts.identity.address)
        report.begin()
        let steps = StepEvents(of: build.dockerfile, titled: "kernel", to: events) { report.hear($0, $1) }
        _ = try await build.jobRun(dockerfile).run(on: JobEngine(builder), to: stage, events: steps)
        // Only then is the build told to have succeeded.
        let verdict = try KernelResults(of: build, in: stage).verdict()
        begun.value?.verdict = verdict
        let failure = verdict.state == .fail ? Self.failure(of: verdict) : nil
        events.end(failure)
        if let failure { throw failure }
    }

    /// Brings what a failed run has left, and removes the run's mount from the engine.
    private func bring(_ begun: Begun, to stage: String, isFailed: Bool) async {
        let dockerfile = PathFacts.join(stage, "Dockerfile")
        do {
            // Interrupted here, the program doesn't wait for it.
            try await withInterrupts(restoreTerminal: {}) {
                try await lender.lend(notice: { _ in }) { builder in
                    try await begun.build.jobRun(dockerfile).finish(
                        on: JobEngine(builder),
                        to: stage,
                        isFailed: isFailed
                    )
                }
            }
        } catch {
            CommandState.warn("what the job has left can't be brought from the engine: \(error)")
        }
    }
}
