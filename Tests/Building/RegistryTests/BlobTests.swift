import CaissonBuildModel
import CaissonRegistry
import Synchronization
import Testing

@Suite struct BlobTests {
    private static let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    private static let blob = ContentDescriptor(mediaType: "", of: content)

    private func repository(_ stub: StubRegistry) -> Repository { Repository(host: stub.address, path: "a/b") }

    /// Collects pieces.
    private final class Collected {
        var bytes: [UInt8] = []
    }

    private func read(_ blob: ContentDescriptor, _ stub: StubRegistry) async throws -> [UInt8] {
        let collected = Collected()
        try await withRegistryClient(stubOptions()) { client in
            try await client.readBlob(blob, in: repository(stub)) { collected.bytes += $0 }
        }
        return collected.bytes
    }

    @Test func `a read that breaks off goes on from there`() async throws {
        let content = Self.content
        let stub = try StubRegistry { request in
            guard let range = request.headers["range"] else {
                return .short(200, [:], Array(content.prefix(1_000_000)), announced: content.count)
            }
            let start = Int(range.dropFirst("bytes=".count).dropLast()) ?? 0
            return .answer(
                206,
                ["Content-Range": "bytes \(start)-\(content.count - 1)/\(content.count)"],
                Array(content[start...])
            )
        }
        #expect(try await read(Self.blob, stub) == content)
        #expect(stub.requests.count == 2)
        #expect(stub.requests[1].headers["range"] == "bytes=1000000-")
    }

    @Test func `a registry without ranges is read again and passed over`() async throws {
        let content = Self.content
        let count = Counter()
        let stub = try StubRegistry { _ in
            count.next() < 3
                ? .short(200, [:], Array(content.prefix(700_000)), announced: content.count)
                : .answer(200, [:], content)
        }
        #expect(try await read(Self.blob, stub) == content)
    }

    @Test func `a blob of another content is refused`() async throws {
        let stub = try StubRegistry { _ in .answer(200, [:], Array("other".utf8)) }
        let wanted = ContentDescriptor(mediaType: "", of: Array("these".utf8))
        let error = await registryError { _ = try await read(wanted, stub) }
        #expect(error?.code == .digestMismatch)
        let larger = try StubRegistry { _ in .answer(200, [:], Array("larger than said".utf8)) }
        #expect(await registryError { _ = try await read(wanted, larger) }?.code == .digestMismatch)
    }

    @Test func `a body that always breaks off ends in an error`() async throws {
        let stub = try StubRegistry { _ in .short(200, [:], [1], announced: 100) }
        let wanted = ContentDescriptor(mediaType: "", of: [UInt8](repeating: 1, count: 100))
        let start = ContinuousClock.now
        // One byte more each time would be progress: it must end all the same.
        let error = await registryError { _ = try await read(wanted, stub) }
        #expect(error != nil)
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}

/// A registry that takes uploads and remembers them.
private final class UploadRegistry: Sendable {
    struct State {
        var uploaded: [UInt8] = []
        var blobs: Set<String> = []
        var patches = 0
    }

    let state = Mutex(State())

    func reply(to request: StubRegistry.Request) -> StubRegistry.Reply {
        let here = "/v2/a/b/blobs/uploads/u?state=\(state.withLock { $0.uploaded.count })"
        switch request.method {
        case "HEAD":
            let digest = String(request.path.split(separator: "/").last ?? "")
            return .answer(state.withLock { $0.blobs.contains(digest) } ? 200 : 404)
        case "POST":
            if request.target.contains("mount=") {
                return request.target.contains("from=good") ? .answer(201) : .answer(202, ["Location": here])
            }
            state.withLock { $0.uploaded = [] }
            return .answer(202, ["Location": here])
        case "GET":
            let count = state.withLock { $0.uploaded.count }
            return .answer(204, ["Location": here, "Range": "0-\(max(count - 1, 0))"])
        case "PATCH":
            return state.withLock { state in
                state.uploaded += request.body
                state.patches += 1
                return .answer(
                    202,
                    [
                        "Location": "/v2/a/b/blobs/uploads/u?state=\(state.uploaded.count)",
                        "Range": "0-\(state.uploaded.count - 1)",
                    ]
                )
            }
        case "PUT":
            return state.withLock { state in
                state.uploaded += request.body
                guard request.target.contains(Location.escape(ContentDigest(of: state.uploaded).description)) else {
                    return .answer(400, [:], Array(#"{"errors":[{"code":"DIGEST_INVALID"}]}"#.utf8))
                }
                state.blobs.insert(ContentDigest(of: state.uploaded).description)
                return .answer(201)
            }
        default: return .answer(204)
        }
    }

    enum Location {
        static func escape(_ text: String) -> String { text.split(separator: ":").joined(separator: "%3A") }
    }
}

@Suite struct UploadTests {
    private static let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    private func push(_ content: [UInt8], _ stub: StubRegistry, from origin: String? = nil) async throws -> BlobOutcome
    {
        let blob = ContentDescriptor(mediaType: "", of: content)
        return try await withRegistryClient(stubOptions()) { client in
            try await client.push(
                BlobSource(content),
                as: blob,
                to: Repository(host: stub.address, path: "a/b"),
                mountingFrom: origin.map { Repository(host: stub.address, path: $0) }
            )
        }
    }

    @Test func `a small blob is one PUT and is not sent again`() async throws {
        let registry = UploadRegistry()
        let stub = try StubRegistry { registry.reply(to: $0) }
        let small = Array("small".utf8)
        #expect(try await push(small, stub) == .uploaded)
        #expect(stub.requests.map(\.method) == ["HEAD", "POST", "PUT"])
        #expect(try await push(small, stub) == .existed)
        #expect(stub.requests.count == 4)
    }

    @Test func `a large blob is streamed`() async throws {
        let registry = UploadRegistry()
        let stub = try StubRegistry { registry.reply(to: $0) }
        #expect(try await push(Self.content, stub) == .uploaded)
        #expect(stub.requests.map(\.method) == ["HEAD", "POST", "PATCH", "PUT"])
        #expect(registry.state.withLock { $0.uploaded } == Self.content)
    }

    @Test func `an upload that breaks off goes on where the registry has it`() async throws {
        let registry = UploadRegistry()
        let count = Counter()
        let stub = try StubRegistry(
            breaking: { request in
                guard request.method == "PATCH", count.next() == 1 else { return nil }
                // What came before the break is kept, as real registries do.
                registry.state.withLock { $0.uploaded = Array(Self.content.prefix(1_200_000)) }
                return 1_200_000
            },
            { registry.reply(to: $0) }
        )
        #expect(try await push(Self.content, stub) == .uploaded)
        #expect(stub.requests.map(\.method) == ["HEAD", "POST", "PATCH", "HEAD", "GET", "PATCH", "PUT"])
        #expect(stub.requests[5].headers["content-range"] == "1200000-2999999")
        #expect(stub.requests[5].body.count == 1_800_000)
        #expect(registry.state.withLock { $0.uploaded } == Self.content)
    }

    @Test func `a registry that takes only pieces gets pieces`() async throws {
        let registry = UploadRegistry()
        let content = [UInt8](repeating: 7, count: 9 << 20)
        let stub = try StubRegistry { request in
            request.method == "PATCH" && request.body.count > 8 << 20 ? .answer(413) : registry.reply(to: request)
        }
        #expect(try await push(content, stub) == .uploaded)
        #expect(registry.state.withLock { $0.patches } == 2)
        #expect(registry.state.withLock { $0.uploaded } == content)
    }

    @Test func `what another repository has is mounted or else uploaded`() async throws {
        let registry = UploadRegistry()
        let stub = try StubRegistry { registry.reply(to: $0) }
        #expect(try await push(Self.content, stub, from: "good") == .mounted)
        #expect(try await push(Self.content, stub, from: "other") == .uploaded)
        #expect(stub.requests.contains { $0.method == "DELETE" })
    }

    @Test(arguments: [500, 429])
    func `a registry that never recovers is given up`(_ status: Int) async throws {
        let stub = try StubRegistry { $0.method == "HEAD" ? .answer(404) : .answer(status) }
        let error = await registryError { _ = try await push(Self.content, stub) }
        #expect(error?.code == (status == 429 ? .rateLimited : .server))
        #expect(error?.message.contains("a/b") == true)
    }

    @Test func `a lost answer to the last PUT is found to be done`() async throws {
        let registry = UploadRegistry()
        let stub = try StubRegistry { request in
            let reply = registry.reply(to: request)
            return request.method == "PUT" ? .close : reply
        }
        #expect(try await push(Array("x".utf8), stub) == .uploaded)
        // libcurl itself repeats what a kept connection loses, once.
        #expect((1...2).contains(stub.requests.filter { $0.method == "PUT" }.count))
    }
}
