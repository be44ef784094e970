import CaissonBuildKit
import CaissonBuildModel
import Synchronization

/// Asks the engine whether the registry of a cache answers, by a build that looks the cache up as if it were an image.
///
/// BuildKit's import of a cache has no deadline and can't be cancelled, and while it waits the engine's scheduler waits:
/// a cache that hangs stops every build there is (moby/buildkit solver/llbsolver/bridge.go, `lazyCacheManager.wait`).
/// Looking up an image can be cancelled and holds up nobody. And only the engine knows how it reaches a registry.
enum CacheProbe {
    /// How a cache answered.
    enum Answer: Sendable, Hashable {
        /// It is there, or its own import will tell.
        case good
        /// It can't be read, for a reason that stays or passes.
        case failed(String)
        /// It didn't answer in time.
        case silent
    }

    /// Asks once.
    static func ask(_ cache: CacheSpec, of run: SolveRun, within limit: Duration) async throws -> Answer {
        // What isn't in a registry has deadlines of its own in the engine. An image can't be looked up without TLS where the
        // engine's configuration doesn't say so, whatever its cache may do.
        guard cache.kind == .registry, let reference = cache.attributes["ref"], cache.isInsecure != true
        else { return .good }
        let text = "FROM \(reference)\n"
        let inputs = try ServedFiles(BuildRequest(context: .empty, dockerfile: .text(Array(text.utf8))))
        var job = SolveJob(inputs: inputs, attributes: inputs.attributes)
        job.attributes["image-resolve-mode"] = "pull"
        job.isInternal = true
        let question = job
        do {
            return try await withDeadline(limit) {
                try await look(question, of: run)
            } error: {
                BuildError(.deadlineExceeded, "no answer")
            }
        } catch let error as BuildError where error.code == .deadlineExceeded {
            try Task.checkCancellation()
            return .silent
        }
    }

    private static func look(_ question: SolveJob, of run: SolveRun) async throws -> Answer {
        let isFound = Flag()
        return try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask {
                do {
                    _ = try await run.solve(question, run.services(question)) { status in
                        let isDone = status.vertexes.contains {
                            $0.name.contains("load metadata for") && $0.completed != nil && $0.error.isEmpty
                        }
                        if isDone { isFound.set() }
                    }
                    return .good
                } catch let error as GRPCError {
                    return answer(error.message)
                }
            }
            group.addTask {
                // The image itself isn't wanted.
                while !isFound.isSet { try await Task.sleep(for: .milliseconds(20)) }
                return .good
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .good
        }
    }

    /// A cache is no image that a build could begin with, so most errors only say that something is there.
    private static func answer(_ message: String) -> Answer {
        let text = message.lowercased()
        let words = [
            "not found", "authorization failed", "access denied", "unauthorized", "forbidden", "no such host",
            "x509", "certificate", "no basic auth",
        ]
        let isFailed = NetworkFailure.isPassing(message) || words.contains { text.contains($0) }
        return isFailed ? .failed(message) : .good
    }
}

/// Something that happens once.
private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}
