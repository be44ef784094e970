import CaissonBuildContext
import CaissonBuildModel
import Glibc
import NIOCore
import Testing

@testable import CaissonBuildKit

extension Wire {
    @Suite(.timeLimit(.minutes(1))) struct FileSendTests {
        private static func entry(_ path: String, _ mode: FileMode = FileMode(rawValue: 0o644), size: Int = 0) -> Entry
        {
            var entry = Entry(path: Array(path.utf8), mode: mode)
            entry.size = Int64(size)
            entry.userID = getuid()
            entry.groupID = getgid()
            return entry
        }

        @Test func `a stream of bytes becomes a file`() async throws {
            let tree = TemporaryTree()
            let service = FileSendService(targets: [0: .file(.path("\(tree.path)/out.tar"))])
            let chunks = (0..<300).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 4096) }
            try await withSession([service]) { try await $0.export(chunks) }
            #expect(tree.bytes("out.tar") == chunks.flatMap(\.self))
            #expect(service.failure == nil)
        }

        @Test func `each exporter's result goes to its own place`() async throws {
            let tree = TemporaryTree()
            let service = FileSendService(targets: [
                0: .file(.path("\(tree.path)/zero")), 2: .file(.path("\(tree.path)/two")),
            ])
            let error = try await withSession([service]) { client in
                try await client.export([[2]], as: "2")
                try await client.export([[0]], as: "0")
                return await gRPCError { try await client.export([[1]], as: "1") }
            }
            #expect(tree.bytes("zero") == [0])
            #expect(tree.bytes("two") == [2])
            #expect(error?.code == .notFound)
        }

        @Test func `a stream that breaks off leaves nothing under the name`() async throws {
            let tree = TemporaryTree()
            tree.file("out.tar", "old")
            let service = FileSendService(targets: [0: .file(.path("\(tree.path)/out.tar"))])
            try await withSession([service]) { client in
                try await client.call("/moby.filesync.v1.FileSend/DiffCopy") { _, writer in
                    var message = ByteBuffer()
                    message.writeGRPCMessage { $0.writeBytesMessage([1, 2, 3]) }
                    try await writer.send(framed: message)
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            #expect(await eventually { tree.names == ["out.tar"] })
            #expect(tree.text("out.tar") == "old")
        }

        @Test func `an export that was refused or never came isn't complete`() async throws {
            let tree = TemporaryTree()
            let service = FileSendService(targets: [
                0: .file(.path("\(tree.path)/zero")), 1: .directory("\(tree.path)/one"), 2: .discard,
            ])
            let never = #expect(throws: BuildError.self) { try service.checkComplete() }
            #expect(never?.message.contains("sent nothing for \(tree.path)/zero") == true)
            try await withSession([service]) { try await $0.export([[0]], as: "0") }
            #expect(throws: BuildError.self) { try service.checkComplete() }
            let entries: [(Entry, [UInt8])] = [(Self.entry("empty"), [])]
            try await withSession([service]) { try await $0.export(entries, as: "1") }
            try service.checkComplete()
            let refused = FileSendService(targets: [0: .file(.path("/dev/full"))])
            _ = try await withSession([refused]) { client in await gRPCError { try await client.export([[1]]) } }
            #expect(throws: BuildError.self) { try refused.checkComplete() }
        }

        @Test func `a full disk is the build's failure and the engine's error`() async throws {
            let service = FileSendService(targets: [0: .file(.path("/dev/full"))])
            let error = try await withSession([service]) { client in
                await gRPCError { try await client.export([[1, 2, 3]]) }
            }
            #expect(error?.message.contains("/dev/full") == true)
            #expect(service.failure?.code == .output)
            #expect(service.failure?.message.contains("free some space") == true)
        }

        @Test func `a tree becomes a directory`() async throws {
            let tree = TemporaryTree()
            let service = FileSendService(targets: [0: .directory("\(tree.path)/out")])
            var link = Self.entry("sub/link", [.symlink, FileMode(rawValue: 0o777)])
            link.linkname = Array("file".utf8)
            let large = [UInt8](repeating: 5, count: 1_000_000)
            let entries: [(Entry, [UInt8])] = [
                (Self.entry("empty"), []),
                (Self.entry("sub", [.directory, FileMode(rawValue: 0o755)]), []),
                (Self.entry("sub/file", FileMode(rawValue: 0o755), size: 1_000_000), large),
                (link, []),
            ]
            try await withSession([service]) { try await $0.export(entries) }
            #expect(tree.bytes("out/sub/file") == large)
            #expect(tree.bytes("out/sub/link") == large)
            #expect(tree.text("out/empty") == "")
            #expect(service.failure == nil)
        }

        @Test func `a tree is complete before the engine hears of it, which may end all at once`() async throws {
            let tree = TemporaryTree()
            let service = FileSendService(targets: [0: .directory("\(tree.path)/out")])
            try await withSession([service]) { client in
                try await client.call("/moby.filesync.v1.FileSend/DiffCopy") { reader, writer in
                    var stats = ByteBuffer()
                    stats.writePacket(Self.entry("empty"))
                    stats.writeEndOfStats()
                    try await writer.send(framed: stats)
                    while let message = try await reader.next() {
                        switch try Packet(message) {
                        case .request(let id):
                            var data = ByteBuffer()
                            data.writeDataHead(id: id, count: 0)
                            try await writer.send(framed: data)
                        default: return #expect(service.finished == [0])
                        }
                    }
                }
            }
            try service.checkComplete()
        }

        @Test func `five hundred files go through the window of requests`() async throws {
            let tree = TemporaryTree()
            let service = FileSendService(targets: [0: .directory("\(tree.path)/out")])
            let names = (0..<500).map { "f\(String($0 + 1000))" }
            let entries = names.map { (Self.entry($0, size: $0.utf8.count), Array($0.utf8)) }
            try await withSession([service]) { try await $0.export(entries) }
            #expect(names.allSatisfy { tree.text("out/\($0)") == $0 })
        }

        @Test(arguments: ["../evil", "/evil", "a/../../evil", ""])
        func `an entry that leads out of the directory is refused`(path: String) async throws {
            let tree = TemporaryTree()
            let service = FileSendService(targets: [0: .directory("\(tree.path)/out")])
            let error = try await withSession([service]) { client in
                await gRPCError { try await client.export([(Self.entry(path, size: 1), [1])]) }
            }
            #expect(error != nil)
            #expect(service.failure?.code == .output)
            #expect(tree.names == ["out"])
        }

        @Test func `a transfer that is ended early is no success`() async throws {
            let tree = TemporaryTree()
            let service = FileSendService(targets: [0: .directory("\(tree.path)/out")])
            let error = try await withSession([service]) { client in
                await gRPCError {
                    try await client.call("/moby.filesync.v1.FileSend/DiffCopy") { reader, writer in
                        var packets = ByteBuffer()
                        packets.writePacket(Self.entry("f", size: 10))
                        packets.writeFinish()
                        try await writer.send(framed: packets)
                        while try await reader.next() != nil {}
                    }
                }
            }
            #expect(error != nil)
        }
    }
}
