import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import CaissonBuildKit

extension Wire {
    /// What waits to be sent is bounded, whoever is slow: the peer or our own loop.
    @Suite(.timeLimit(.minutes(1))) struct SendWindowTests {
        @Test func `a place is given back when its ticket is gone`() async throws {
            let window = SendWindow(2)
            var tickets = [try await window.ticket(), try await window.ticket()]
            let arrived = Mutex(false)
            let waiter = Task {
                _ = try await window.ticket()
                arrived.withLock { $0 = true }
            }
            try await Task.sleep(for: .milliseconds(50))
            #expect(!arrived.withLock { $0 })
            tickets.removeFirst()
            try await waiter.value
            #expect(arrived.withLock { $0 })
        }

        @Test func `a task that waits can be cancelled, and the place goes to another`() async throws {
            let window = SendWindow(1)
            var ticket: SendWindow.Ticket? = try await window.ticket()
            let cancelled = (0..<50).map { _ in Task { try await window.ticket() } }
            let patient = Task { _ = try await window.ticket() }
            for task in cancelled { task.cancel() }
            for task in cancelled {
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(ticket != nil)
            ticket = nil
            try await patient.value
            _ = try await window.ticket()
        }

        private final class Count: Sendable {
            let value = Mutex(0)
        }

        /// How many of 40 writes of 64 KiB a call takes while `hold` lasts, on a call whose peer reads nothing.
        private static func taken(while hold: @escaping @Sendable () async -> Void) async throws -> Int {
            let silent: SessionHandler = { _ in try await Task.sleep(for: .seconds(60)) }
            return try await withStubControl(["/test/Silent": silent]) { control in
                try await control.client.call("/test/Silent") { _, writer in
                    let count = Count()
                    let sending = Task(executorPreference: FileExecutor.shared) {
                        try await Task.sleep(for: .milliseconds(50))
                        for _ in 0..<40 {
                            try await writer.send(framed: ByteBuffer(repeating: 0, count: 64 << 10))
                            count.value.withLock { $0 += 1 }
                        }
                    }
                    await hold()
                    let taken = count.value.withLock { $0 }
                    sending.cancel()
                    _ = await sending.result
                    return taken
                }
            }
        }

        @Test func `a loop that gets no turn is handed a few writes and no more`() async throws {
            let count = try await Self.taken {
                // Whatever else runs on the loop waits as well, as on a machine whose cores are taken.
                _ = try? await GRPCConnection.eventLoops.next().submit { usleep(300_000) }.get()
            }
            #expect(count >= 1 && count <= 5, "\(count) writes")
        }
    }
}
