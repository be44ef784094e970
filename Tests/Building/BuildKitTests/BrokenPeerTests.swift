import CaissonText
import CaissonBuildContext
import Glibc
import NIOCore
import Testing

@testable import CaissonBuildKit

extension Wire {
    /// Peers that go away or talk nonsense: a session ends then, in time and with nothing left open.
    @Suite(.timeLimit(.minutes(2)), .serialized) struct BrokenPeerTests {
        /// Carries bytes between two sockets on threads of their own and cuts both after `limit` bytes from the session.
        private static func cut(_ session: CInt, _ engine: CInt, after limit: Int) async {
            await withTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: FileExecutor.shared) { carry(from: session, to: engine, limit) }
                group.addTask(executorPreference: FileExecutor.shared) { carry(from: engine, to: session, .max) }
            }
            close(session)
            close(engine)
        }

        private static func carry(from source: CInt, to target: CInt, _ limit: Int) {
            var rest = limit
            var buffer = [UInt8](repeating: 0, count: 65536)
            while rest > 0 {
                var waiting = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
                poll(&waiting, 1, 1000)
                let count = recv(source, &buffer, min(rest, buffer.count), 0)
                if count < 0, errno == EAGAIN { continue }
                guard count > 0 else { break }
                rest -= count
                var sent = 0
                while sent < count {
                    let n = buffer[sent..<count].withUnsafeBytes {
                        send(target, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
                    }
                    if n < 0, errno == EAGAIN {
                        usleep(500)
                        continue
                    }
                    guard n > 0 else { break }
                    sent += n
                }
                if sent < count { break }
            }
            shutdown(source, CInt(SHUT_RDWR))
            shutdown(target, CInt(SHUT_RDWR))
        }

        @Test func `a peer that breaks off after any number of bytes ends the session and leaks nothing`() async throws
        {
            let tree = TemporaryTree()
            for number in 0..<20 { tree.file("f\(number)", [UInt8](repeating: 1, count: 3000)) }
            // The event loop and the executor open what they keep.
            _ = try await withSession([]) { _ in true }
            var cuts = Array(0..<40) + stride(from: 40, to: 2000, by: 97) + stride(from: 2000, to: 70_000, by: 4001)
            cuts.append(.max)
            var successes = 0
            for limit in cuts {
                let service = FileSyncService(trees: ["context": .directory(try DirectorySource(path: tree.path))]) {
                    _ in
                }
                let (session, near) = makeSockets()
                let (far, engine) = makeSockets()
                async let proxy: Void = Self.cut(near, far, after: limit)
                let received = try? await withSession([service], on: (session, engine)) { client in
                    try await client.diffCopy([("dir-name", "context")])
                }
                await proxy
                if received?.contents.count == 20 { successes += 1 }
            }
            #expect(successes >= 1)
            #expect(successes < cuts.count)
        }

        @Test func `broken sessions leave no descriptor open`() async {
            await #expect(processExitsWith: .success) {
                let tree = TemporaryTree()
                tree.file("f", "content")
                func round() async {
                    let (session, engine) = makeSockets()
                    guard let source = try? DirectorySource(path: tree.path) else { return }
                    let service = FileSyncService(trees: ["context": .directory(source)]) { _ in }
                    _ = try? await withSession([service], on: (session, engine)) { client in
                        try await client.call(
                            "/moby.filesync.v1.FileSync/DiffCopy",
                            metadata: [("dir-name", "context")]
                        ) {
                            reader,
                            _ in _ = try await reader.next()
                        }
                    }
                    // One end gone before it began.
                    let (alone, gone) = makeSockets()
                    close(gone)
                    try? await Session(sharedKey: "", services: []).serve(over: ByteStream(descriptor: alone))
                    // A tunnel whose call can't come about.
                    _ = try? await withStubControl([:]) { try await $0.tunnel(Session(sharedKey: "", services: [])) }
                }
                await round()
                try? await Task.sleep(for: .milliseconds(100))
                let before = openDescriptors()
                for _ in 0..<20 { await round() }
                let isClean = await eventually { openDescriptors() <= before }
                guard isClean else {
                    print("descriptors: \(before) before, \(openDescriptors()) after\n")
                    exit(1)
                }
            }
        }

        @Test(arguments: 0..<60)
        func `noise on a session's socket ends it or is ignored, in time`(seed: Int) async throws {
            var generator = SeededGenerator(UInt64(seed))
            let (session, engine) = makeSockets()
            var bytes: [UInt8] = []
            // Every second time behind a greeting, so that frames are read.
            if seed % 2 == 0 {
                bytes += Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
                for _ in 0..<20 {
                    let payload = generator.bytes(upTo: 30)
                    let kind = UInt8.random(in: 0...10, using: &generator)
                    let stream = UInt8.random(in: 0...3, using: &generator)
                    bytes += [
                        0, 0, UInt8(payload.count), kind, UInt8.random(in: 0...255, using: &generator), 0, 0, 0, stream,
                    ]
                    bytes += payload
                }
            } else {
                bytes += generator.bytes(upTo: 2000)
            }
            try await within(.seconds(20)) { [bytes] in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try? await Session(sharedKey: "", services: []).serve(over: ByteStream(descriptor: session))
                    }
                    _ = bytes.withUnsafeBytes { send(engine, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
                    try? await Task.sleep(for: .milliseconds(5))
                    close(engine)
                }
            }
        }

        @Test(arguments: 0..<40)
        func `noise within a transfer ends the call, and the session stays`(seed: Int) async throws {
            let tree = TemporaryTree()
            tree.file("f", "content")
            let service = FileSyncService(trees: ["context": .directory(try DirectorySource(path: tree.path))]) { _ in }
            let noise = SeededGenerator(UInt64(seed))
            let status = try await withSession([service]) { client in
                _ = try? await within(.seconds(3)) {
                    try await client.call("/moby.filesync.v1.FileSync/DiffCopy", metadata: [("dir-name", "context")]) {
                        reader,
                        writer in
                        var generator = noise
                        for _ in 0..<10 {
                            let bytes = generator.bytes(upTo: 30)
                            var buffer = ByteBuffer()
                            if seed % 2 == 0 {
                                buffer.writeGRPCMessage { $0.writeBytes(bytes) }
                            } else {
                                buffer.writeBytes(bytes)
                            }
                            try await writer.send(framed: buffer)
                        }
                        try await writer.send(framed: ByteBuffer(), isLast: true)
                        while try await reader.next() != nil {}
                    }
                }
                return try await client.unary(
                    "/grpc.health.v1.Health/Check",
                    WireHealthCheckRequest(),
                    as: WireHealthCheckResponse.self
                ).status
            }
            #expect(status == .serving)
        }
    }
}
