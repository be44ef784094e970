import CaissonBuildModel
import CaissonRegistry
import Testing

/// Tags of images that were pushed by their digests, set together.
@Suite struct PublishingTests {
    private static let digest = ManifestCallTests.digest

    /// A registry that has the manifest in `there`, and refuses to set the tags in `forbidden`.
    private static func stub(there: Set<String>, forbidden: String? = nil) throws -> StubRegistry {
        try StubRegistry { request in
            if request.method == "PUT" {
                return request.path == forbidden
                    ? .answer(403) : .answer(201, ["Docker-Content-Digest": digest])
            }
            let isThere = there.contains { request.path == "/v2/\($0)/manifests/\(digest)" }
            return isThere ? .answer(200, ManifestCallTests.type, ManifestCallTests.bytes) : .answer(404)
        }
    }

    private static func publication(_ stub: StubRegistry, _ node: String, _ tags: String...) throws -> Publication {
        let tags = try tags.map { try ManifestCallTests.reference(stub, $0) }
        return Publication(node: node, digest: digest, tags: tags)
    }

    @Test func `a manifest is read once in each repository and put under each tag, byte by byte`() async throws {
        let stub = try Self.stub(there: ["a/app", "b/app", "a/db"])
        let list = [
            try Self.publication(stub, "app", "a/app:1", "b/app:1", "a/app:latest"),
            try Self.publication(stub, "db", "a/db:1"),
        ]
        try await publish(list, stubOptions())
        let reads = ["a/app", "b/app", "a/db"].map { "GET /v2/\($0)/manifests/\(Self.digest)" }
        let writes = ["a/app/manifests/1", "b/app/manifests/1", "a/app/manifests/latest", "a/db/manifests/1"]
        #expect(stub.lines == reads + writes.map { "PUT /v2/" + $0 })
        for request in stub.requests where request.method == "PUT" {
            #expect(request.body == ManifestCallTests.bytes)
            #expect(request.headers["content-type"] == ManifestCallTests.type["Content-Type"])
        }
    }

    @Test func `what isn't there leaves all tags as they were`() async throws {
        let stub = try Self.stub(there: ["a/app"])
        let list = [try Self.publication(stub, "app", "a/app:1"), try Self.publication(stub, "db", "a/db:1")]
        let error = await #expect(throws: BuildError.self) { try await publish(list, stubOptions()) }
        #expect(error?.message.contains("a/db") == true && error?.exitStatus == 1)
        #expect(!stub.requests.contains { $0.method == "PUT" })
    }

    @Test func `a tag that is refused after others were set is told of with these`() async throws {
        let stub = try Self.stub(there: ["a/app", "a/db"], forbidden: "/v2/a/db/manifests/1")
        let list = [
            try Self.publication(stub, "app", "a/app:1", "a/app:2"), try Self.publication(stub, "db", "a/db:1"),
        ]
        let error = await #expect(throws: BuildError.self) { try await publish(list, stubOptions()) }
        let done = "\(stub.address)/a/app:1, \(stub.address)/a/app:2"
        #expect(error?.message.hasSuffix("; these tags are set already: \(done)") == true)
        let first = try Self.publication(stub, "db", "a/db:1", "a/db:2")
        let other = await #expect(throws: BuildError.self) { try await publish([first], stubOptions()) }
        #expect(other?.message.contains("set already") == false)
    }
}
