import CaissonSystem
import Foundation
import Glibc
import Testing

/// Bytes between a socket and a pair of pipes.
@Suite(.timeLimit(.minutes(1)))
struct ByteCarrierTests {
    /// Both ends of a socket and of two pipes.
    private struct Ends {
        var near: Int32
        var far: Int32
        var input: (read: Int32, write: Int32)
        var output: (read: Int32, write: Int32)

        init() throws {
            var pair: [Int32] = [-1, -1]
            // No program that another test starts may have them: an end would stay open as long as it runs.
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            try #require(socketpair(AF_UNIX, kind, 0, &pair) == 0)
            (near, far) = (pair[0], pair[1])
            try #require(pipe(&pair) == 0)
            input = (pair[0], pair[1])
            try #require(pipe(&pair) == 0)
            output = (pair[0], pair[1])
            for end in [input.read, input.write, output.read, output.write] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }

        /// Carries on a thread of its own: on one of the tasks' few, it could wait for what runs there later.
        func carryOnThread(_ early: [UInt8]) async throws {
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread { continuation.resume(with: Result { try carry(early) }) }
            }
        }

        /// Carries, and closes what was carried to.
        func carry(_ early: [UInt8] = []) throws {
            defer { for end in [near, input.read, output.write] { close(end) } }
            var carrier = ByteCarrier(socket: near, input: input.read, output: output.write)
            carrier.received(early)
            try carrier.run()
        }
    }

    /// All bytes to the end, read on a thread of its own.
    private static func all(from descriptor: Int32, closes: Bool = true) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var all: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 16 << 10)
                while case let count = read(descriptor, &buffer, buffer.count), count > 0 { all += buffer[..<count] }
                if closes { close(descriptor) }
                continuation.resume(returning: all)
            }
        }
    }

    @Test func `what one side says comes out at the other, with what came before, and its end is passed on`()
        async throws
    {
        signal(SIGPIPE, SIG_IGN)
        let ends = try Ends()
        try BorrowedDescriptor(number: ends.input.write).write(Array("question".utf8))
        close(ends.input.write)
        async let carried: Void = ends.carryOnThread(Array("early ".utf8))
        // The far side hears the end of the input before it answers.
        let question = await Self.all(from: ends.far, closes: false)
        #expect(String(decoding: question, as: UTF8.self) == "question")
        // A pipe holds more than that, so nobody waits here.
        let answer = [UInt8](repeating: 7, count: 40_000)
        try BorrowedDescriptor(number: ends.far).write(answer)
        close(ends.far)
        let heard = await Self.all(from: ends.output.read)
        try await carried
        #expect(heard == Array("early ".utf8) + answer)
    }

    @Test func `the end of the input isn't passed on before the other side has answered`() async throws {
        let ends = try Ends()
        close(ends.input.write)
        async let carried: Void = ends.carryOnThread([])
        for answer in ["first", "second"] {
            // As the far side takes an end for the end of all, none may come while it prepares its answer.
            var wait = pollfd(fd: ends.far, events: Int16(POLLIN), revents: 0)
            #expect(poll(&wait, 1, 50) == 0, "before the \(answer) answer")
            try BorrowedDescriptor(number: ends.far).write(Array(answer.utf8))
        }
        #expect(await Self.all(from: ends.far) == [])
        #expect(String(decoding: await Self.all(from: ends.output.read), as: UTF8.self) == "firstsecond")
        try await carried
    }

    @Test func `an end is passed on to a side that only listens`() async throws {
        let ends = try Ends()
        try BorrowedDescriptor(number: ends.input.write).write(Array("all".utf8))
        close(ends.input.write)
        async let carried: Void = ends.carryOnThread([])
        #expect(String(decoding: await Self.all(from: ends.far), as: UTF8.self) == "all")
        #expect(await Self.all(from: ends.output.read) == [])
        try await carried
    }

    @Test func `it ends with the socket, though the input stays open`() throws {
        let ends = try Ends()
        close(ends.far)
        try ends.carry()
        close(ends.output.read)
        close(ends.input.write)
    }

    @Test func `it ends where nobody reads the output any more`() throws {
        let ends = try Ends()
        close(ends.output.read)
        try ends.carry()
        close(ends.far)
        close(ends.input.write)
    }

    @Test func `it ends when its task is cancelled`() async throws {
        let ends = try Ends()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try ends.carry() }
            group.cancelAll()
            while let result = await group.nextResult() {
                #expect(throws: CancellationError.self) { try result.get() }
            }
        }
        for end in [ends.far, ends.input.write, ends.output.read] { close(end) }
    }
}
