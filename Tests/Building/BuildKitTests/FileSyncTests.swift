import CaissonBuildContext
import CaissonBuildModel
import Glibc
import NIOCore
import Testing

@testable import CaissonBuildKit

extension Wire {
    @Suite(.timeLimit(.minutes(1))) struct FileSyncTests {
        private static func service(_ tree: TemporaryTree, notes: Notes = Notes()) throws -> FileSyncService {
            FileSyncService(trees: ["context": .directory(try DirectorySource(path: tree.path))]) { message in
                // The tree lives as long as the service.
                _ = tree
                notes.add(message)
            }
        }

        private static func sync(
            _ service: FileSyncService,
            _ metadata: [(String, String)],
            pause: Duration? = nil
        ) async throws -> ReceivedTree {
            try await withSession([service]) { client in
                try await client.diffCopy([("dir-name", "context")] + metadata, pause: pause)
            }
        }

        private static func sample() -> TemporaryTree {
            let tree = TemporaryTree()
            tree.directory("src")
            tree.file("src/main.c", "int main;")
            tree.file("src/notes.md", "no")
            tree.file("a b+ü.txt", "odd")
            tree.link("link", to: "src/main.c")
            tree.file("empty")
            return tree
        }

        @Test func `an engine gets every entry and every content`() async throws {
            let tree = Self.sample()
            tree.file("large", [UInt8](repeating: 9, count: 3_000_001))
            let received = try await Self.sync(try Self.service(tree), [])
            #expect(received.names == ["a b+ü.txt", "empty", "large", "link", "src", "src/main.c", "src/notes.md"])
            #expect(received.text("src/main.c") == "int main;")
            #expect(received.text("empty") == "")
            #expect(received.text("large")?.utf8.count == 3_000_001)
            #expect(received.entries[3].linkname == Array("src/main.c".utf8))
            #expect(received.failure == nil)
        }

        @Test func `include and exclude patterns choose`() async throws {
            let received = try await Self.sync(
                try Self.service(Self.sample()),
                [("include-patterns", "src"), ("exclude-patterns", "**/*.md")]
            )
            #expect(received.names == ["src", "src/main.c"])
        }

        @Test(arguments: ["1", "true"])
        func `patterns that come encoded are decoded`(flag: String) async throws {
            let received = try await Self.sync(
                try Self.service(Self.sample()),
                [("include-patterns", "a+b%2B%C3%BC.txt"), ("include-patterns-encoded", flag)]
            )
            #expect(received.names == ["a b+ü.txt"])
        }

        @Test func `a followed path brings what it leads to`() async throws {
            let received = try await Self.sync(
                try Self.service(Self.sample()),
                [("followpaths", "link")]
            )
            #expect(received.names == ["link", "src", "src/main.c"])
        }

        @Test(arguments: ["", "dockerfile", "/", "..", "Context"])
        func `a tree of another name is refused`(name: String) async throws {
            let service = try Self.service(Self.sample())
            let error = try await withSession([service]) { client in
                await gRPCError { _ = try await client.diffCopy([("dir-name", name)]) }
            }
            #expect(error?.code == .notFound)
            #expect(service.failure == nil)
        }

        @Test func `files in memory are sent like a tree`() async throws {
            let service = FileSyncService(trees: [
                "context": .files([
                    MemoryFile(name: "Dockerfile", content: Array("FROM scratch".utf8)),
                    MemoryFile(name: "A", content: []),
                ])
            ]) { _ in }
            let received = try await Self.sync(service, [])
            #expect(received.names == ["A", "Dockerfile"])
            #expect(received.text("Dockerfile") == "FROM scratch")
        }

        @Test func `a file that has become shorter ends the transfer with its name`() async throws {
            let tree = TemporaryTree()
            let path = tree.file("shrinks", [UInt8](repeating: 1, count: 100_000))
            let service = try Self.service(tree)
            let received = try await withSession([service]) { client in
                try await client.call("/moby.filesync.v1.FileSync/DiffCopy", metadata: [("dir-name", "context")]) {
                    reader,
                    writer in
                    while let message = try await reader.next() {
                        switch try Packet(message) {
                        case .endOfStats:
                            truncate(path, 10)
                            var request = ByteBuffer()
                            request.writeRequest(id: 0)
                            try await writer.send(framed: request)
                        case .failure(let text): return text
                        default: continue
                        }
                    }
                    return "no failure"
                }
            }
            #expect(received.contains("shrinks"))
            #expect(service.failure?.code == .usage)
            #expect(service.failure?.message.contains("shrinks") == true)
        }

        @Test func `a link's target that isn't UTF-8 is named when the engine breaks off at it`() async throws {
            let tree = Self.sample()
            let target: [CChar] = [CChar(bitPattern: 0xFE), 0]
            #expect(symlink(target, "\(tree.path)/odd-link") == 0)
            let source = FileSource(.directory(try DirectorySource(path: tree.path)), filter: WalkFilter()) { _ in }
            try await source.walk { _ in }
            let message = try #require(source.refusedName).message
            #expect(message.contains("the target \\xfe of the link odd-link isn't UTF-8"), "\(message)")
        }

        @Test func `a FIFO is sent as such, and a socket as an empty file`() async throws {
            let tree = Self.sample()
            #expect(mkfifo("\(tree.path)/fifo", 0o640) == 0)
            #expect(mknod("\(tree.path)/socket", S_IFSOCK | 0o750, 0) == 0)
            let notes = Notes()
            let received = try await Self.sync(try Self.service(tree, notes: notes), [("include-patterns", "[fs]*o*")])
            #expect(received.names == ["fifo", "socket"])
            #expect(received.entries.first?.mode == [.namedPipe, FileMode(rawValue: 0o640)])
            #expect(received.entries.last?.mode == FileMode(rawValue: 0o750))
            #expect(received.text("socket") == "" && received.failure == nil && notes.all.isEmpty)
        }

        @Test func `a name that isn't UTF-8 is named when the engine breaks off at it`() async throws {
            let tree = TemporaryTree()
            let path = Array("\(tree.path)/odd".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
            close(open(path, O_WRONLY | O_CREAT, 0o644))
            let service = try Self.service(tree)
            try await withSession([service]) { client in
                try await client.call("/moby.filesync.v1.FileSync/DiffCopy", metadata: [("dir-name", "context")]) {
                    reader,
                    _ in
                    _ = try await reader.next()
                }
                // The service hears of the end of the call after the client.
                for _ in 0..<500 where service.failure == nil { try await Task.sleep(for: .milliseconds(10)) }
            }
            #expect(service.failure?.code == .usage)
            #expect(service.failure?.message.contains("odd\\xff isn't UTF-8") == true)
        }

        /// Sends what an engine shouldn't, and returns the call's error.
        private static func misbehave(
            _ packets: @escaping @Sendable (inout ByteBuffer) -> Void
        ) async throws -> GRPCError? {
            let service = try service(sample())
            return try await withSession([service]) { client in
                await gRPCError {
                    try await client.call("/moby.filesync.v1.FileSync/DiffCopy", metadata: [("dir-name", "context")]) {
                        reader,
                        writer in
                        while let message = try await reader.next() {
                            let packet = try Packet(message)
                            if case .failure(let text) = packet { throw GRPCError(.unknown, text) }
                            guard case .endOfStats = packet else { continue }
                            var buffer = ByteBuffer()
                            packets(&buffer)
                            try await writer.send(framed: buffer)
                        }
                    }
                }
            }
        }

        @Test func `an engine that asks for a directory, twice or for nothing there is refused`() async throws {
            #expect(try await Self.misbehave { $0.writeRequest(id: 3) } != nil)
            #expect(try await Self.misbehave { $0.writeRequest(id: 99) } != nil)
            let twice = try await Self.misbehave { buffer in for _ in 0..<2 { buffer.writeRequest(id: 0) } }
            #expect(twice != nil)
        }

        @Test func `an engine that sends files or sends noise is refused`() async throws {
            #expect(try await Self.misbehave { $0.writePacket(Entry(path: [1], mode: [])) }?.code == .invalidArgument)
            #expect(try await Self.misbehave { $0.writeGRPCMessage { $0.writeBytes([0xff]) } } != nil)
            #expect(try await Self.misbehave { $0.writeFailure("disk full") }?.message.contains("disk full") == true)
        }

        @Test func `a reader that is slow gets all, and we hold little of it`() async throws {
            let tree = TemporaryTree()
            for number in 0..<4 { tree.file("f\(number)", [UInt8](repeating: 1, count: 24 << 20)) }
            let service = try Self.service(tree)
            let most = try await withSession([service]) { client in
                try await client.call("/moby.filesync.v1.FileSync/DiffCopy", metadata: [("dir-name", "context")]) {
                    reader,
                    writer in
                    let before = residentBytes()
                    var requests = ByteBuffer()
                    for id in 0..<4 { requests.writeRequest(id: UInt32(id)) }
                    try await writer.send(framed: requests)
                    // Nothing is read for a while: the sender must wait, not collect.
                    try await Task.sleep(for: .milliseconds(700))
                    return residentBytes() - before
                }
            }
            #expect(most < 48 << 20)
        }
    }
}

/// How much memory the process holds.
private func residentBytes() -> Int {
    let text = String(decoding: TemporaryTree.read("/proc/self/statm") ?? [], as: UTF8.self)
    return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4096
}
