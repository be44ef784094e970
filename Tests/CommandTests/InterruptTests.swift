import BuildModel
import Glibc
import Testing

@testable import caisson

@Suite("Interrupts", .serialized, .timeLimit(.minutes(1)))
struct InterruptTests {
    @Test("The first signal cancels, the next from the keyboard leaves, others wait for the end")
    func decisions() {
        for first in [SIGINT, SIGTERM, SIGHUP] {
            var state = InterruptState()
            #expect(state.received(first) == .cancel)
            #expect(state.received(SIGTERM) == .wait)
            #expect(state.received(SIGHUP) == .wait)
            #expect(state.received(SIGINT) == .leave(status: 130))
        }
    }

    @Test("Work without interrupt gives its result, and its error")
    func quiet() async throws {
        #expect(try await withInterrupts(restoreTerminal: {}) { 7 } == 7)
        await #expect(throws: Errno(5)) {
            try await withInterrupts(restoreTerminal: {}) { () throws -> Int in throw Errno(5) }
        }
    }

    @Test("The first signal cancels the work, whose end is waited for", arguments: [SIGINT, SIGTERM, SIGHUP])
    func first(signal: CInt) async {
        await #expect(throws: BuildError.self) {
            try await withInterrupts(restoreTerminal: {}) { () async throws -> Int in
                kill(getpid(), signal)
                try? await Task.sleep(for: .seconds(30))
                #expect(Task.isCancelled)
                throw BuildError(.cancelled, "told the engine")
            }
        }
    }

    @Test("The handlers are put back afterwards")
    func handlers() async throws {
        var before = sigaction()
        sigaction(SIGINT, nil, &before)
        try await withInterrupts(restoreTerminal: {}) {}
        var after = sigaction()
        sigaction(SIGINT, nil, &after)
        let address = { (action: sigaction) in unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) }
        #expect(address(before) == address(after))
    }

    @Test("The second Ctrl-C restores the terminal and leaves, even when the work never ends")
    func second() async {
        let result = await #expect(processExitsWith: .exitCode(130), observing: [\.standardErrorContent]) {
            try await withInterrupts(restoreTerminal: { Descriptor.standardError.writeIgnoringErrors("restored") }) {
                kill(getpid(), SIGTERM)
                try? await Task.sleep(for: .seconds(30))
                kill(getpid(), SIGTERM)
                kill(getpid(), SIGINT)
                while true { sleep(1) }
            }
        }
        #expect(result.map { String(decoding: $0.standardErrorContent, as: UTF8.self).contains("restored") } == true)
    }
}
