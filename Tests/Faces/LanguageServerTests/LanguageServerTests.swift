import CaissonDockerfile
import CaissonDockerfileLint
import CaissonJSON
import CaissonSystem
import Glibc
import Synchronization
import Testing

@testable import CaissonLanguageServer

/// The whole server over pipes.
@Suite(.timeLimit(.minutes(1))) struct LanguageServerTests {
    /// Both ends of the two pipes between an editor and a server.
    private final class Line: Sendable {
        let toServer: [Int32]
        let fromServer: [Int32]
        private let received = Mutex<[UInt8]>([])

        init() throws {
            toServer = try Self.makePipe()
            fromServer = try Self.makePipe()
            _ = fcntl(fromServer[0], F_SETFL, O_NONBLOCK)
        }

        /// A pipe that other programs don't inherit, and whose reader may go without the tests' end.
        static func makePipe() throws -> [Int32] {
            signal(SIGPIPE, SIG_IGN)
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return ends
        }

        func closeInput() { close(toServer[1]) }

        func send(_ message: JSON) throws { try send(Outgoing.frame(message)) }

        func send(_ bytes: [UInt8]) throws { try BorrowedDescriptor(number: toServer[1]).write(bytes) }

        /// Waits for a message that is wanted; those before it are passed over.
        func wait(for isWanted: (JSON) -> Bool) async throws -> JSON {
            while true {
                while let message = try nextMessage() { if isWanted(message) { return message } }
                var buffer = [UInt8](repeating: 0, count: 65536)
                let count = read(fromServer[0], &buffer, buffer.count)
                try #require(count != 0, "the server closed its output")
                if count > 0 {
                    received.withLock { $0 += buffer[..<count] }
                } else {
                    try await Task.sleep(for: .milliseconds(2))
                }
            }
        }

        func answer(to id: String) async throws -> JSON { try await wait { $0["id"] == .string(id) } }

        func diagnostics() async throws -> [String] {
            let message = try await wait { $0["method"]?.string == "textDocument/publishDiagnostics" }
            return message[path: "params", "diagnostics"]?.array?.compactMap { $0["code"]?.string } ?? []
        }

        private func nextMessage() throws -> JSON? {
            try received.withLock { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                guard let end = text.firstRange(of: "\r\n\r\n"), let size = Int(text[..<end.lowerBound].dropFirst(16))
                else { return nil }
                let start = text.utf8.distance(from: text.startIndex, to: end.upperBound)
                guard bytes.count >= start + size else { return nil }
                defer { bytes.removeFirst(start + size) }
                return try JSON(parsing: Array(bytes[start..<(start + size)]))
            }
        }
    }

    private static func service(
        _ others: @escaping @Sendable (Facts, Linter) async throws -> [Finding] = { _, _ in [] }
    ) -> LintService {
        LintService(version: "1") { _, _ in
            LintService.Preparation(linter: Linter(), settings: RuleSettings())
        } othersFindings: {
            try await others($0, $1)
        }
    }

    /// Runs an editor's script beside a server and gives the server's exit status.
    private func serve(
        _ service: LintService = LanguageServerTests.service(),
        _ script: @escaping @Sendable (Line) async throws -> Void
    ) async throws -> Int32 {
        let line = try Line()
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { for number in [null, line.toServer[0]] + line.fromServer { close(number) } }
        let server = LanguageServer(service, errors: BorrowedDescriptor(number: null))
        async let status = server.serve(
            from: BorrowedDescriptor(number: line.toServer[0]),
            to: BorrowedDescriptor(number: line.fromServer[1])
        )
        try await script(line)
        return try await status
    }

    private func initialize(_ line: Line, process: JSON = .null) async throws {
        let params = JSON.members(["processId": process, "capabilities": .members([:])])
        try line.send(Outgoing.request("i", "initialize", params))
        #expect(try await line.answer(to: "i")["result"]?.isObject == true)
    }

    private func openDocument(_ line: Line, _ text: String) throws {
        let document = JSON.members(["uri": .string(Editor.uri), "version": .whole(1), "text": .string(text)])
        try line.send(Outgoing.notification("textDocument/didOpen", .members(["textDocument": document])))
    }

    private func change(_ line: Line, _ text: String) throws {
        let params = JSON.members([
            "textDocument": .members(["uri": .string(Editor.uri), "version": .whole(2)]),
            "contentChanges": .array([.members(["text": .string(text)])]),
        ])
        try line.send(Outgoing.notification("textDocument/didChange", params))
    }

    private func leave(_ line: Line) async throws {
        try line.send(Outgoing.request("s", "shutdown", .null))
        _ = try await line.answer(to: "s")
        try line.send(Outgoing.notification("exit", .null))
    }

    @Test func `a document is opened, checked, changed and checked again`() async throws {
        let status = try await serve { line in
            try await initialize(line)
            try openDocument(line, "FROM debian\n")
            #expect(try await line.diagnostics() == ["DL3006"])
            try change(line, "FROM debian:12\nRUN sudo x\n")
            #expect(try await line.diagnostics() == ["DL3004"])
            try await leave(line)
        }
        #expect(status == 0)
    }

    @Test func `the end of the input without shutdown is a failure`() async throws {
        let status = try await serve { line in
            try await initialize(line)
            line.closeInput()
        }
        #expect(status == 1)
    }

    @Test func `a program that doesn't answer holds nothing up, and is ended by the next change`() async throws {
        let ended = Mutex(0)
        let service = Self.service { facts, _ in
            guard facts.file.source.bytes.starts(with: "FROM debian\n".utf8) else { return [] }
            defer { ended.withLock { $0 += 1 } }
            try await Task.sleep(for: .seconds(600))
            return []
        }
        let status = try await serve(service) { line in
            try await initialize(line)
            try openDocument(line, "FROM debian\n")
            #expect(try await line.diagnostics() == ["DL3006"])
            try change(line, "FROM debian:12\nRUN sudo x\n")
            #expect(try await line.diagnostics() == ["DL3004"])
            #expect(ended.withLock { $0 } == 1)
            // The server's end ends it, too.
            try change(line, "FROM debian\nUSER 1\n")
            #expect(try await line.diagnostics() == ["DL3006"])
            try await leave(line)
        }
        #expect(status == 0 && ended.withLock { $0 } == 2)
    }

    @Test func `the server ends with the editor's process`() async throws {
        let child = try SpawnRequest(executable: "/bin/sleep", arguments: ["sleep", "600"], environment: []).start()
        let status = try await serve { line in
            try await initialize(line, process: .whole(Int(child)))
            kill(child, SIGKILL)
            var raw: Int32 = 0
            while waitpid(child, &raw, 0) < 0, errno == EINTR {}
        }
        #expect(status == 1)
    }

    @Test func `a process that nobody sees here is not waited for`() async throws {
        let status = try await serve { line in
            try await initialize(line, process: .whole(Int(Int32.max)))
            try await Task.sleep(for: .seconds(4))
            try await leave(line)
        }
        #expect(status == 0)
    }

    @Test func `cancelling ends the server`() async throws {
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await serve { line in
                        try await initialize(line)
                        try await Task.sleep(for: .seconds(600))
                    }
                }
                try await Task.sleep(for: .milliseconds(200))
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test func `an editor that reads nothing for long is given up`() async throws {
        var ends = try Line.makePipe()
        defer { for end in ends { close(end) } }
        let output = PatientOutput(descriptor: BorrowedDescriptor(number: ends[1]), patience: .milliseconds(50))
        try await output.write([UInt8](repeating: 0, count: 60_000))
        await #expect(throws: Errno(ETIMEDOUT)) { try await output.write([UInt8](repeating: 0, count: 60_000)) }
        close(ends[0])
        ends[0] = -1
        await #expect(throws: Errno(EPIPE)) { try await output.write([0]) }
    }
}
