package import CaissonBuildModel
package import CaissonEngines
import Synchronization

/// An engine for tests: every build plays a script, in the same scope as a real engine's build.
package struct ScriptedEngine: BuildEngine {
    /// What happens next in a build.
    package enum Act: Sendable {
        /// Something happens.
        case tell(BuildEvent.Kind)
        /// Nothing happens for a time; a build that is cancelled meanwhile ends.
        case wait(Duration)
        /// The build fails.
        case fail(any Error)
        /// Several things happen at once, from tasks of their own.
        case atOnce([BuildEvent.Kind])
    }

    /// What is known of the engine without asking it.
    package var identity: EngineIdentity
    /// What it builds for.
    package var platforms: [Platform] = []
    /// How many builds it takes at once.
    package var capacity: Int?
    /// How long it takes to say so.
    package var silence = Duration.zero
    /// What happens in every build, and when a question is asked.
    package var script: [Act]
    /// What a build says that gets to its script's end.
    package var exporterResponse: [String: String] = [:]
    /// The digest of the image that a build makes; nil for none.
    package var digest: String?
    /// What a question is answered with.
    package var answer = BuildAnswer(text: "", json: [], isGood: true)
    /// The surroundings, where secrets come from.
    package var options = EngineOptions()

    private let log = RequestLog()

    /// Makes an engine that plays a script.
    package init(_ script: [Act] = [], name: String = "scripted") {
        identity = EngineIdentity(name: name, address: "script://\(name)", version: "1")
        self.script = script
    }

    /// The requests that it was given, in the order in which their builds began.
    package var requests: [BuildRequest] { log.all }

    /// What it was made to say of itself.
    package func facts(within limit: Duration) async throws -> EngineFacts {
        try await Task.sleep(for: min(silence, limit))
        guard silence <= limit else {
            throw BuildError(.deadlineExceeded, "the engine at \(identity.address) doesn't answer within \(limit)")
        }
        return EngineFacts(identity: identity, platforms: platforms, capacity: capacity)
    }

    /// Plays the script.
    package func build(
        _ request: BuildRequest,
        events: any BuildEventSink,
        batch: BatchPlace?
    ) async throws -> BuildResult {
        try await BuildScope.build(.init(request, on: identity.name, options, events: events)) { scope in
            log.add(request)
            try await play(scope)
            return BuildResult(ref: scope.ref, exporterResponse: exporterResponse, digest: digest)
        }
    }

    /// Plays the script and answers.
    package func ask(
        _ question: BuildQuestion,
        about request: BuildRequest,
        events: any BuildEventSink
    ) async throws -> BuildAnswer {
        try await BuildScope.ask(.init(request, on: identity.name, options, events: events)) { scope in
            try await play(scope)
            return answer
        }
    }

    private func play(_ scope: BuildScope) async throws {
        for act in script {
            switch act {
            case .tell(let kind): scope.tell(kind)
            case .wait(let duration): try await Task.sleep(for: duration)
            case .fail(let error): throw error
            case .atOnce(let kinds):
                await withTaskGroup(of: Void.self) { group in
                    for kind in kinds { group.addTask { scope.tell(kind) } }
                }
            }
        }
    }
}

/// The requests of an engine's builds.
private final class RequestLog: Sendable {
    private let requests = Mutex<[BuildRequest]>([])

    var all: [BuildRequest] { requests.withLock { $0 } }

    func add(_ request: BuildRequest) { requests.withLock { $0.append(request) } }
}
