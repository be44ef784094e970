import Foundation
import Glibc
import Synchronization
import Testing

@testable import CaissonSystem

@Suite("Starting a program")
struct SpawnRequestTests {
    private func run(_ script: String, limit: Int = 1 << 20) async throws -> (Int32, String) {
        var call = HelperProgram(executable: "/bin/sh", arguments: ["-c", script], environment: ["A=b c"])
        call.outputLimit = limit
        let outcome = try await call.run(input: "in")
        return (outcome.status, String(decoding: outcome.output, as: UTF8.self))
    }

    @Test("the child has the given environment and nothing of ours")
    func environment() async throws {
        let (_, text) = try await run("/usr/bin/env")
        #expect(text.split(separator: "\n").contains("A=b c"))
        #expect(!text.contains("HOME="))
    }

    @Test("no descriptor of ours reaches the child, close-on-exec or not")
    func descriptors() async throws {
        let leaked = open("/dev/null", O_RDONLY)
        defer { close(leaked) }
        #expect(fcntl(leaked, F_GETFD) == 0)
        let (_, text) = try await run("ls /proc/self/fd")
        // 3 is ls reading the directory.
        #expect(text == "0\n1\n2\n3\n")
    }

    @Test func `a descriptor that another thread opens while a program is started doesn't reach it`() async throws {
        final class Opener: Sendable {
            let isOver = Mutex(false)
        }
        let opener = Opener()
        // A thread of its own: the tasks have few, and this one never waits.
        Thread.detachNewThread {
            while !opener.isOver.withLock({ $0 }) {
                let opened = (0..<32).map { _ in open("/dev/null", O_RDONLY) }
                for descriptor in opened { close(descriptor) }
            }
        }
        defer { opener.isOver.withLock { $0 = true } }
        let call = HelperProgram(executable: "/bin/ls", arguments: ["/proc/self/fd"], environment: [])
        for _ in 0..<300 {
            let output = try await call.run().output
            try #require(String(decoding: output, as: UTF8.self) == "0\n1\n2\n3\n")
        }
    }

    @Test("signals that we ignore or block are back to normal in the child")
    func signals() async throws {
        let (_, text) = try await run("grep -E 'SigIgn|SigBlk' /proc/self/status")
        let masks = text.split { $0 == "\n" || $0 == "\t" }.compactMap { UInt64($0, radix: 16) }
        // 32 and 33 are glibc's own: its posix_spawn ignores them in every child.
        #expect(masks.map { $0 & ~0x1_8000_0000 } == [0, 0])
    }

    @Test("an exit status and a signal are told apart as the shell does")
    func statuses() async throws {
        #expect(try await run("exit 7").0 == 7)
        #expect(try await run("kill -9 $$").0 == 137)
        let echoed = try await run("cat")
        #expect(echoed.0 == 0)
        #expect(echoed.1 == "in")
    }

    @Test("an argument with a NUL is refused instead of cut short")
    func nul() {
        let request = SpawnRequest(executable: "/bin/true", arguments: ["true", "a\u{0}b"], environment: [])
        #expect(throws: SpawnFailure.self) { try request.start() }
    }
}
