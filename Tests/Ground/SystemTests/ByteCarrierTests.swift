import CaissonSystem
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
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            (near, far) = (pair[0], pair[1])
            try #require(pipe(&pair) == 0)
            input = (pair[0], pair[1])
            try #require(pipe(&pair) == 0)
            output = (pair[0], pair[1])
        }

        /// Carries on a thread of the tasks, and closes what was carried to.
        func carry(_ early: [UInt8] = []) async throws {
            defer { for end in [near, input.read, output.write] { close(end) } }
            var carrier = ByteCarrier(socket: near, input: input.read, output: output.write)
            carrier.received(early)
            try carrier.run()
        }
    }

    /// All bytes to the end.
    @concurrent private static func all(from descriptor: Int32) async -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { all += buffer[..<count] }
        close(descriptor)
        return all
    }

    @Test func `what one side says comes out at the other, with what came before, and its end is passed on`()
        async throws
    {
        signal(SIGPIPE, SIG_IGN)
        let ends = try Ends()
        try BorrowedDescriptor(number: ends.input.write).write(Array("question".utf8))
        close(ends.input.write)
        async let carried: Void = ends.carry(Array("early ".utf8))
        // The far side hears the end of the input before it answers.
        var asked = [UInt8](repeating: 0, count: 64)
        var question: [UInt8] = []
        while case let count = read(ends.far, &asked, asked.count), count > 0 { question += asked[..<count] }
        #expect(String(decoding: question, as: UTF8.self) == "question")
        let answer = [UInt8](repeating: 7, count: 40_000)
        try BorrowedDescriptor(number: ends.far).write(answer)
        close(ends.far)
        let heard = await Self.all(from: ends.output.read)
        try await carried
        #expect(heard == Array("early ".utf8) + answer)
    }

    @Test func `it ends with the socket, though the input stays open`() async throws {
        let ends = try Ends()
        close(ends.far)
        try await ends.carry()
        close(ends.output.read)
        close(ends.input.write)
    }

    @Test func `it ends where nobody reads the output any more`() async throws {
        let ends = try Ends()
        close(ends.output.read)
        try await ends.carry()
        close(ends.far)
        close(ends.input.write)
    }

    @Test func `it ends when its task is cancelled`() async throws {
        let ends = try Ends()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await ends.carry() }
            group.cancelAll()
            while let result = await group.nextResult() {
                #expect(throws: CancellationError.self) { try result.get() }
            }
        }
        for end in [ends.far, ends.input.write, ends.output.read] { close(end) }
    }
}
