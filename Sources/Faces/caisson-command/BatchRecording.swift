import CaissonBuildContext
import CaissonBuildModel
import CaissonHistory
import CaissonOrchestrator
import CaissonSystem
import CaissonText

/// Records the builds of a batch, each by itself.
struct BatchRecording: Sendable {
    /// The batch's own id.
    let id: BuildID
    private let builds: [String: Build]

    /// A build of the batch, as it is recorded.
    private struct Build: Sendable {
        var submission: BuildSubmission
        var recorder: BuildRecorder?
    }

    /// Says of all builds of a plan that they are asked for.
    ///
    /// - Parameter journal: Where they are recorded; nil where they aren't.
    init(
        _ plan: BuildPlan,
        in journal: HistoryJournal?,
        invocation: BuildSubmission.Invocation,
        job: BuildSubmission.Job = .batch,
        as id: BuildID = BuildID(),
        change: (inout BuildSubmission) -> Void = { _ in }
    ) {
        self.id = id
        var builds: [String: Build] = [:]
        let now = Timestamp.now
        for (place, node) in plan.nodes.enumerated() where node.question == nil {
            var submission = BuildSubmission(node.request, node.request.id ?? BuildID(), job, at: now)
            submission.note(node)
            submission.membership = .init(of: id, place: place, count: plan.nodes.count)
            submission.invocation = invocation
            submission.fingerprint = journal == nil || job != .batch ? nil : node.request.fingerprint
            change(&submission)
            let recorder = journal?.recorder(of: submission)
            recorder?.keepDockerfile(of: node.request)
            builds[node.name] = Build(submission: submission, recorder: recorder)
        }
        self.builds = builds
    }

    /// The ids of the builds, by the targets' names.
    var ids: [String: BuildID] { builds.mapValues(\.submission.id) }

    /// What is known of a target's build.
    func submission(of name: String) -> BuildSubmission? { builds[name]?.submission }

    /// Takes note of what happens to a build.
    func hear(_ name: String, _ news: PlanObserver.News) {
        guard let recorder = builds[name]?.recorder else { return }
        switch news {
        case .waits(let reason): recorder.note(reason, isWait: true)
        case .began: recorder.changeStatus(.running)
        case .event(let event):
            // An attempt's end isn't the build's, which may be tried again.
            if case .finished = event.kind { return }
            var event = event
            event.kind = event.kind.spelled(\.manifestWord)
            recorder.receive(event)
        case .ended(let node): end(recorder, name, node)
        }
    }

    /// Says of a target that it needn't be built, as an earlier build has made it.
    func keep(_ name: String, as earlier: BuildRecord, _ result: BuildResult) {
        guard let build = builds[name], let recorder = build.recorder else { return }
        let made = earlier.engine.map { BuildEvent.Kind.attempt(BuildAttempt(on: $0, limit: 1)) }
        for kind in [made].compactMap(\.self) + earlier.images.map({ .artifact(.image($0)) }) {
            recorder.receive(BuildEvent(build: build.submission.id, sequence: 0, time: .now, kind: kind))
        }
        recorder.end(.succeeded, reason: earlier.keptReason, at: .now, duration: nil, outcome: .succeeded(result))
    }

    /// Ends what the report knows the end of and nobody told.
    func end(_ report: PlanReport) {
        for (name, node) in report.nodes {
            guard let recorder = builds[name]?.recorder else { continue }
            end(recorder, name, node)
        }
    }

    private func end(_ recorder: BuildRecorder, _ name: String, _ node: PlanReport.Node) {
        guard let id = builds[name]?.submission.id else { return }
        let duration = node.started == nil ? nil : node.duration
        switch node.outcome {
        case .succeeded(let result):
            finish(recorder, id, .succeeded(result))
            recorder.end(.succeeded, reason: nil, at: .now, duration: duration)
        case .answered: recorder.end(.succeeded, reason: nil, at: .now, duration: duration)
        case .failed(let error):
            let error = error.ofNode(name)
            finish(recorder, id, .failed(error))
            let status: BuildStatus = error.code == .deadlineExceeded ? .timedOut : .failed
            recorder.end(status, reason: error.message, at: .now, duration: duration)
        case .skipped(let reason): recorder.end(.skipped, reason: reason, at: .now, duration: nil)
        case .cancelled: recorder.end(.cancelled, reason: nil, at: .now, duration: duration)
        }
    }

    private func finish(_ recorder: BuildRecorder, _ id: BuildID, _ outcome: BuildOutcome) {
        recorder.receive(BuildEvent(build: id, sequence: 0, time: .now, kind: .finished(outcome)))
    }
}

extension BuildRecorder {
    /// Takes what the Dockerfile of a build says, where it is on this machine.
    func keepDockerfile(of request: BuildRequest) {
        if let text = try? ResolvedDockerfile(request)?.text() { keep(dockerfile: text) }
    }

    /// Says how a build ended that its engine may not even have heard of.
    func end(_ error: any Error) {
        let known = (error as? ReportedError)?.error ?? error as? BuildError
        let isCancelled = error is CancellationError || known?.code == .cancelled
        let status: BuildStatus =
            isCancelled ? .cancelled : known?.code == .deadlineExceeded ? .timedOut : .failed
        end(status, reason: isCancelled ? nil : known?.message ?? "\(error)", at: .now, duration: nil)
    }
}
