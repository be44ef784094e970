import CaissonBuildModel
import CaissonSystem
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

    @Test("Commands that run at once all end, whichever ends first")
    func several() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let answer = try await withInterrupts(restoreTerminal: {}) {
                        try await Task.sleep(for: .milliseconds(number % 7))
                        return number
                    }
                    #expect(answer == number)
                }
            }
            try await group.waitForAll()
        }
    }

    // Signals are the whole process's: these tests send theirs in processes of their own.

    @Test("The first signal cancels the work, whose end is waited for", arguments: [SIGINT, SIGTERM, SIGHUP])
    func first(signal: CInt) async {
        await #expect(processExitsWith: .exitCode(3)) { [signal] in
            do {
                try await withInterrupts(restoreTerminal: {}) { () async throws -> Void in
                    kill(getpid(), signal)
                    try? await Task.sleep(for: .seconds(30))
                    throw BuildError(.cancelled, Task.isCancelled ? "told the engine" : "slept")
                }
            } catch let error as BuildError where error.message == "told the engine" {
                exit(3)
            }
        }
    }

    @Test("A signal cancels all the commands that run")
    func all() async {
        await #expect(processExitsWith: .exitCode(3)) {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<3 {
                    group.addTask {
                        try? await withInterrupts(restoreTerminal: {}) {
                            // The last of them has all the others running when it sends its signal.
                            try await Task.sleep(for: .milliseconds(300))
                            if number == 2 { kill(getpid(), SIGINT) }
                            try await Task.sleep(for: .seconds(60))
                        }
                    }
                }
            }
            exit(3)
        }
    }

    @Test("The handlers are put back afterwards")
    func handlers() async {
        await #expect(processExitsWith: .exitCode(3)) {
            let address = { @Sendable () -> Int in
                var action = sigaction()
                sigaction(SIGINT, nil, &action)
                return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            }
            let before = address()
            let (within, nested) = try await withInterrupts(restoreTerminal: {}) {
                let within = address()
                try await withInterrupts(restoreTerminal: {}) {}
                return (within, address())
            }
            exit(within != before && nested == within && address() == before ? 3 : 4)
        }
    }

    @Test("The second Ctrl-C restores the terminal and leaves, even when the work never ends")
    func second() async {
        let result = await #expect(processExitsWith: .exitCode(130), observing: [\.standardErrorContent]) {
            try await withInterrupts(restoreTerminal: {
                BorrowedDescriptor.standardError.writeIgnoringErrors("restored")
            }) {
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
