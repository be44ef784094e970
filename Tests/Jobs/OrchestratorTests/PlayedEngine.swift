import CaissonBuildModel
import Synchronization

/// An engine whose builds do what a test says, by the node's name and the attempt.
final class PlayedEngine: BuildEngine {
    /// What one attempt does.
    typealias Act = @Sendable (Call) async throws -> Void

    /// One attempt of a build.
    struct Call: Sendable {
        var request: BuildRequest
        var events: any BuildEventSink
        var batch: BatchPlace
        var log: PlayedEngine

        /// Tells of something that happened.
        func tell(_ kind: BuildEvent.Kind) {
            events.receive(BuildEvent(build: BuildID(), sequence: 0, time: Timestamp(seconds: 0), kind: kind))
        }
    }

    private struct State {
        var requests: [(name: String, request: BuildRequest)] = []
        var ended: [String] = []
        var open: Set<String> = []
    }

    private let acts: [String: [Act]]
    private let results: [String: BuildResult]
    private let kind: EngineKind
    private let state = Mutex(State())

    /// Makes an engine; a node without acts ends well at once, and the last act is that of all further attempts.
    init(_ acts: [String: [Act]] = [:], results: [String: BuildResult] = [:], kind: EngineKind = .dockerd) {
        self.acts = acts
        self.results = results
        self.kind = kind
    }

    var identity: EngineIdentity { EngineIdentity(name: "played", address: "", kind: kind) }

    /// The builds in the order in which they began.
    var begun: [String] { state.withLock { $0.requests.map(\.name) } }
    /// The builds in the order in which they ended well.
    var ended: [String] { state.withLock { $0.ended } }
    /// The last request of a node.
    func request(_ name: String) -> BuildRequest? {
        state.withLock { $0.requests.last { $0.name == name }?.request }
    }

    /// Lets builds go on that wait for this word.
    func open(_ word: String) { _ = state.withLock { $0.open.insert(word) } }

    /// Waits for a word.
    func wait(for word: String) async throws { try await eventually { state.withLock { $0.open.contains(word) } } }

    func facts(within limit: Duration) async throws -> EngineFacts { throw BuildError(.engine, "none") }

    func build(_ request: BuildRequest, events: any BuildEventSink, batch: BatchPlace?) async throws -> BuildResult {
        guard let batch else { throw BuildError(.usage, "the build has no place") }
        let name = batch.target
        let attempt = state.withLock { state in
            state.requests.append((name, request))
            return state.requests.count { $0.name == name }
        }
        let list = acts[name] ?? []
        let call = Call(request: request, events: events, batch: batch, log: self)
        if let act = attempt <= list.count ? list[attempt - 1] : list.last { try await act(call) }
        state.withLock { $0.ended.append(name) }
        return results[name] ?? BuildResult(ref: name)
    }

    func ask(
        _ question: BuildQuestion,
        about request: BuildRequest,
        events: any BuildEventSink
    ) async throws -> BuildAnswer { BuildAnswer(text: "", json: [], isGood: true) }
}

extension PlayedEngine {
    /// Fails.
    static func fail(_ code: BuildError.Code, _ text: String = "it broke") -> Act {
        { _ in throw BuildError(code, text) }
    }

    /// Ends well.
    static let pass: Act = { _ in }

    /// Waits until it is cancelled.
    static let hang: Act = { _ in try await Task.sleep(for: .seconds(600)) }

    /// Waits for a word.
    static func wait(_ word: String) -> Act { { try await $0.log.wait(for: word) } }
}

/// Keeps what it is told.
final class KeptEvents: BuildEventSink {
    private let kept = Mutex<[BuildEvent.Kind]>([])
    var kinds: [BuildEvent.Kind] { kept.withLock { $0 } }
    /// What people were told.
    var words: [String] { kinds.compactMap(\.words) }
    /// How it ended as a whole.
    var outcome: BuildOutcome? { if case .finished(let outcome)? = kinds.last { outcome } else { nil } }
    func receive(_ event: BuildEvent) { kept.withLock { $0.append(event.kind) } }
}

extension BuildPlan {
    /// A plan by the nodes' names, each with what it depends on.
    init(_ nodes: KeyValuePairs<String, [Dependency]>, _ change: (inout Node) -> Void = { _ in }) {
        self.init(
            nodes.map { name, dependencies in
                var node = Node(name, BuildRequest(context: .empty))
                node.dependencies = dependencies
                change(&node)
                return node
            }
        )
    }
}
