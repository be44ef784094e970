import CaissonBuildModel
import Synchronization

/// Finds an engine that takes nothing more of a build's context.
///
/// Only the time in which a piece waits for the engine counts: a slow source of the context is nobody's fault, and once
/// the context is there a step may be silent for hours.
final class UploadStall: Sendable {
    /// The longest that a piece may wait.
    static let limit = Duration.seconds(300)

    private let waitingSince = Mutex<ContinuousClock.Instant?>(nil)

    /// Runs the sending of one piece.
    func watch(_ send: () async throws -> Void) async throws {
        waitingSince.withLock { $0 = .now }
        defer { waitingSince.withLock { $0 = nil } }
        try await send()
    }

    /// Runs work that sends, and ends it with an error when a piece waits for longer than the limit.
    func withLimit<Value: Sendable>(
        _ limit: Duration = UploadStall.limit,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while !self.isOver(limit) {
                    guard (try? await Task.sleep(for: min(.seconds(1), limit))) != nil else { return nil }
                }
                throw BuildError(
                    .deadlineExceeded,
                    "the engine took nothing of the build context for \(limit) — check its log, or restart it"
                )
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    private func isOver(_ limit: Duration) -> Bool {
        waitingSince.withLock { $0.map { ContinuousClock.now - $0 > limit } ?? false }
    }
}
