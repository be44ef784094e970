import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel
import Glibc
import CaissonHTTPClient
import Synchronization

/// One build on an engine that takes a tar, from the request to what follows the last step.
struct SessionlessBuild: Sendable {
    let engine: Engine
    let kind: TarEngine
    let endpoint: Endpoint
    let request: BuildRequest
    let events: StepTracker
    let ref: String
    private let steps = PodmanSteps()

    init(_ build: EngineBuild, kind: TarEngine, endpoint: Endpoint) {
        engine = build.engine
        self.kind = kind
        self.endpoint = endpoint
        request = build.request
        events = build.events
        ref = build.ref
    }

    /// Runs the build.
    func run() async throws -> BuildResult {
        try TarEngineFields.check(request, for: kind)
        let context = try TarContext(request, for: kind)
        let query = TarEngineQuery(marked(), context.place, for: kind)
        let logins = try await RegistryLogins(
            engine.options.credentials,
            dockerfile: ResolvedDockerfile(request)?.excerptSource
        )
        events.receive(.attempt(BuildAttempt(on: "\(kind.name) at \(engine.address)", limit: 1)))
        if let notice = kind.notice { events.receive(.notice(notice)) }
        let id = try await endingSteps {
            try await context.stall.withLimit { try await send(context, query, logins) }
        }
        return try await finish(id)
    }

    /// The request with the mark that podman's steps are found by.
    private func marked() -> BuildRequest {
        var marked = request
        guard kind.isPodman, isHere, !marked.ulimits.contains(where: { $0.name == PodmanSteps.limitName }) else {
            return marked
        }
        marked.ulimits.append(Ulimit(name: PodmanSteps.limitName, soft: steps.mark, hard: steps.mark))
        return marked
    }

    private var isHere: Bool { if case .unix = endpoint { true } else { false } }

    /// Sends the context and reads what becomes of it.
    ///
    /// - Returns: The image's id.
    private func send(_ context: TarContext, _ query: TarEngineQuery, _ logins: RegistryLogins) async throws -> String {
        var message = HTTPRequest("POST", endpoint, query.target, headers: ["Content-Type": "application/x-tar"])
        if let header = logins.header { message.headers.append(header.name, header.value) }
        // A step may be silent for hours; what the engine must take in time is watched by itself.
        message.timeouts = HTTPTimeouts(silence: nil)
        let upload = UploadStep(ref: ref, events: events)
        message.body = context.body(sent: { upload.add($0) }, notice: { events.receive(.notice(ofLoss: $0)) })
        upload.begin()
        do {
            return try await withHTTPClient { client in
                try await client.withResponse(to: message) { response in
                    upload.end()
                    guard response.status == 200 else { throw try await refusal(response) }
                    return try await read(response.body)
                }
            }
        } catch {
            upload.end(error)
            throw error
        }
    }

    private func read(_ body: HTTPResponseBody) async throws -> String {
        var reader = EngineMessageReader()
        var progress = SessionlessProgress(ref: ref, isPodman: kind.isPodman)
        do {
            for try await piece in body {
                for message in try reader.take(piece) { progress.take(message, at: .now).forEach(tell) }
            }
            if let message = try reader.finish() { progress.take(message, at: .now).forEach(tell) }
        } catch {
            progress.finish(at: .now, isCancelled: Task.isCancelled).forEach(events.receive)
            throw Task.isCancelled ? CancellationError() : progress.failure ?? error
        }
        progress.finish(at: .now).forEach(events.receive)
        if let failure = progress.failure { throw failure }
        guard let id = progress.imageID else {
            throw BuildError(.engine, "\(kind.name) ended the build without a result — see its log for why")
        }
        return id
    }

    /// Passes on what happens, without podman's words for what was told of a Dockerfile on this machine before the build.
    private func tell(_ kind: BuildEvent.Kind) {
        if case .notice(let text) = kind, ResolvedDockerfile(request) != nil,
            text.description.hasPrefix("one or more build args were not consumed: ")
        {
            return
        }
        events.receive(kind)
    }

    /// The engine's words for why it doesn't even begin.
    private func refusal(_ response: HTTPResponse) async throws -> any Error {
        let said = message(inBody: try await response.body.start(upTo: 16 << 10))
        guard (400..<600).contains(response.status), !said.isEmpty, response.status != 404 else {
            return BuildError(
                .engine,
                "\(kind.name) answered the build with status \(response.status)\(said.isEmpty ? "" : ": \(said)") — check "
                    + "the address \(endpoint)"
            )
        }
        return SessionlessProgress.Failure(message: said)
    }

    /// Runs the build; where that is cancelled, no step of it stays.
    private func endingSteps<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch  where kind.isPodman && !(error is SessionlessProgress.Failure) {
            guard isHere else {
                events.receive(.notice("podman ends the build when the step that runs there has ended"))
                throw error
            }
            let (marked, own) = (steps, request.ulimits.contains { $0.name == PodmanSteps.limitName })
            if !own { await withTaskExecutorPreference(FileExecutor.shared) { _ = marked.end() } }
            throw error
        }
    }
}

/// The step that sends the context.
final class UploadStep: Sendable {
    private let step: Vertex
    private let events: StepTracker
    private let state = Mutex((sent: Int64(0), told: ContinuousClock.now, isOver: false))

    init(ref: String, events: StepTracker) {
        step = Vertex(digest: "caisson:\(ref):context", name: "[internal] load build context", started: .now)
        self.events = events
    }

    /// Tells that it begins.
    func begin() { events.receive(.status(SolveStatus(vertexes: [step]))) }

    /// Counts bytes.
    func add(_ count: Int) {
        let sent: Int64? = state.withLock { state in
            state.sent += Int64(count)
            guard !state.isOver, ContinuousClock.now - state.told > .milliseconds(100) else { return nil }
            state.told = .now
            return state.sent
        }
        if let sent { events.receive(.status(SolveStatus(statuses: [counter(sent, isOver: false)]))) }
    }

    /// Tells that it has ended, once.
    func end(_ error: (any Error)? = nil) {
        let sent: Int64? = state.withLock { state in
            defer { state.isOver = true }
            return state.isOver ? nil : state.sent
        }
        guard let sent else { return }
        var step = step
        step.completed = .now
        if let error { step.error = error is CancellationError ? "context canceled" : String(describing: error) }
        events.receive(.status(SolveStatus(vertexes: [step], statuses: [counter(sent, isOver: true)])))
    }

    private func counter(_ sent: Int64, isOver: Bool) -> VertexStatus {
        VertexStatus(
            id: "transferring context:",
            vertex: step.digest,
            current: sent,
            timestamp: .now,
            started: step.started,
            completed: isOver ? .now : nil
        )
    }
}
