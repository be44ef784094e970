import CaissonBuildModel
import CaissonHTTPClient
import CaissonRegistry
import Testing

@Suite struct ManifestCallTests {
    static let bytes = Array(
        #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#.utf8
    )
    static let digest = ContentDigest(of: bytes).description
    static let type = ["Content-Type": "application/vnd.oci.image.index.v1+json"]

    static func reference(_ stub: StubRegistry, _ rest: String = "a/b:1") throws -> ImageReference {
        try ImageReference(parsing: "\(stub.address)/\(rest)")
    }

    @Test func `a manifest is read over plain HTTP on loopback`() async throws {
        let stub = try StubRegistry { _ in .answer(200, Self.type, Self.bytes) }
        let manifest = try await withRegistryClient(stubOptions()) { try await $0.manifest(Self.reference(stub)) }
        #expect(manifest.bytes == Self.bytes)
        #expect(stub.lines == ["GET /v2/a/b/manifests/1"])
    }

    @Test(arguments: [429, 500, 502, 503, 504, 408])
    func `what may pass is tried again`(_ status: Int) async throws {
        let count = Counter()
        let stub = try StubRegistry { _ in
            count.next() < 3 ? .answer(status, ["Retry-After": "0"]) : .answer(200, Self.type, Self.bytes)
        }
        _ = try await withRegistryClient(stubOptions()) { try await $0.manifest(Self.reference(stub)) }
        #expect(stub.requests.count == 3)
    }

    @Test(arguments: [
        (401, RegistryError.Code.unauthorized), (403, .denied), (404, .notFound), (429, .rateLimited), (500, .server),
        (418, .refused),
    ])
    func `refusals name registry and reference`(_ status: Int, _ code: RegistryError.Code) async throws {
        let stub = try StubRegistry { _ in
            .answer(status, [:], Array(#"{"errors":[{"code":"SOME","message":"because\u001b[31m"}]}"#.utf8))
        }
        let error = await registryError {
            _ = try await withRegistryClient(stubOptions()) { try await $0.manifest(Self.reference(stub)) }
        }
        #expect(error?.code == code)
        #expect(error?.message.contains(stub.address) == true)
        #expect(error?.message.contains("a/b:1") == true)
        #expect(error?.message.contains("SOME: because [31m") == true)
        #expect(stub.requests.count == ([429, 500].contains(status) ? 4 : 1))
    }

    @Test func `a long retry after is not waited for`() async throws {
        let stub = try StubRegistry { _ in .answer(429, ["Retry-After": "3600"]) }
        let error = await registryError {
            _ = try await withRegistryClient(stubOptions()) { try await $0.manifest(Self.reference(stub)) }
        }
        #expect(error?.code == .rateLimited)
        #expect(error?.message.contains("3600 s") == true)
        #expect(stub.requests.count == 1)
    }

    @Test func `silence ends within its deadline`() async throws {
        let stub = try StubRegistry { _ in .silence }
        let start = ContinuousClock.now
        var options = stubOptions()
        options.retry.retries = 1
        options.silenceLimit = .milliseconds(500)
        let error = await registryError {
            _ = try await withRegistryClient(options) { try await $0.manifest(Self.reference(stub)) }
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(ContinuousClock.now - start < .seconds(15))
        #expect(stub.requests.count == 2)
    }

    @Test(arguments: [StubRegistry.Reply.garbage, .close, .short(200, ManifestCallTests.type, [1], announced: 10)])
    func `broken answers are errors`(_ reply: StubRegistry.Reply) async throws {
        let stub = try StubRegistry { _ in reply }
        let error = await registryError {
            _ = try await withRegistryClient(stubOptions()) { try await $0.manifest(Self.reference(stub)) }
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains(stub.address) == true)
    }

    @Test func `content of another digest is refused`() async throws {
        let stub = try StubRegistry { _ in .answer(200, Self.type, Array("{}".utf8)) }
        let error = await registryError {
            _ = try await withRegistryClient(stubOptions()) {
                try await $0.manifest(Self.reference(stub, "a@" + Self.digest))
            }
        }
        #expect(error?.code == .digestMismatch)
    }

    @Test func `a huge manifest is not read`() async throws {
        let stub = try StubRegistry { _ in .answer(200, Self.type, [UInt8](repeating: 0x20, count: 5 << 20)) }
        let error = await registryError {
            _ = try await withRegistryClient(stubOptions()) { try await $0.manifest(Self.reference(stub)) }
        }
        #expect(error?.message.contains("larger than") == true)
    }

    @Test func `tags are paged and circles end`() async throws {
        let stub = try StubRegistry { request in
            let isSecond = request.target.contains("last=b")
            let link = ["Link": #"</v2/a/b/tags/list?n=1000&last=b>; rel="next""#]
            return isSecond ? .json(#"{"tags":["c"]}"#, link) : .json(#"{"tags":["b","a"]}"#, link)
        }
        let repository = Repository(host: stub.address, path: "a/b")
        let tags = try await withRegistryClient(stubOptions()) { try await $0.tags(repository) }
        #expect(tags == ["a", "b", "c"])
        #expect(stub.requests.count == 2)
    }

    @Test func `mirrors are asked first and forgiven their failures`() async throws {
        let mirror = try StubRegistry { _ in .answer(500) }
        let working = try StubRegistry { _ in .answer(200, Self.type, Self.bytes) }
        let registry = try StubRegistry { _ in .answer(200, Self.type, Self.bytes) }
        var options = stubOptions()
        options.mirrors = [registry.address: ["http://\(mirror.address)", "http://\(working.address)/proxy/"]]
        _ = try await withRegistryClient(options) { try await $0.manifest(Self.reference(registry)) }
        #expect(mirror.requests.count == 1)
        #expect(working.lines == ["GET /proxy/v2/a/b/manifests/1"])
        #expect(registry.requests.isEmpty)
    }
}
