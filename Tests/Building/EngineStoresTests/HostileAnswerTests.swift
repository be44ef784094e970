import CaissonBuildModel
import CaissonEngineStores
import Glibc
import Testing

/// Answers that no engine should give.
@Suite struct HostileAnswerTests {
    private func records(_ answer: @escaping @Sendable (String) -> StubEngine.Answer) async throws -> [CacheRecord] {
        let engine = try StubEngine(answer)
        return try await EngineStore(.podman, named: "podman", at: engine.endpoint).records()
    }

    @Test(arguments: ["", "{", "{}", "3", #"[{"Id":"../../x"}]"#, #"[{}]"#, "[null]", "\u{0}"])
    func `what is no list of images is an error of the engine`(_ body: String) async {
        let error = await #expect(throws: BuildError.self) {
            _ = try await records { _ in (200, body) }
        }
        #expect(error?.code == .engine)
    }

    @Test func `a status tells what the engine says, without control characters`() async {
        let error = await #expect(throws: BuildError.self) {
            _ = try await records { _ in (500, #"{"message":"disk \u001b[31m full"}"#) }
        }
        #expect(error?.message == "podman: listing its images failed with status 500: disk  [31m full")
    }

    @Test func `no images are no records`() async throws {
        #expect(try await records { _ in (200, "[]") } == [])
        #expect(try await records { _ in (200, "null") } == [])
    }

    @Test func `parents in a circle, ids twice and absurd numbers do no harm`() async throws {
        let (a, b) = (full("a"), full("b"))
        let list = """
            [{"Id":"\(a)","ParentId":"\(b)","Size":9223372036854775807,"Created":-9223372036854775808},
             {"Id":"\(b)","ParentId":"\(a)","Size":-5,"Created":1e99},{"Id":"\(a)","Size":1},
             {"Id":"\(full("c"))","ParentId":"\(full("c"))","Size":"x","RepoTags":{}}]
            """
        let found = try await records { request in
            if request.contains("/containers/") { return (200, "[]") }
            if request.contains("/images/json") { return (200, list) }
            return (200, #"{"RootFS":{"Layers":["x",1,"x"]},"History":[{"created_by":7}]}"#)
        }
        #expect(found.map(\.id).sorted() == [a, b, full("c")])
        #expect(found.allSatisfy { $0.size >= 0 })
    }

    @Test func `an image that is gone when it is looked at is left out`() async throws {
        let found = try await records { request in
            if request.contains("/containers/") { return (200, "[]") }
            return request.contains("/images/json") ? (200, #"[{"Id":"\#(full("a"))"}]"#) : (404, "{}")
        }
        #expect(found.isEmpty)
    }

    @Test func `a description is cut and keeps what it is made of`() async throws {
        let long = "/bin/sh -c " + String(repeating: "é", count: 5_000)
        let stub = StubStore(.podman, [.init(id: "a", size: 1, layers: ["L"], command: long)])
        let found = try await records(stub.answer)
        #expect((found.first?.description.utf8.count).map { (900...1010).contains($0) } == true)
    }

    @Test func `an answer without end is an error of the engine`() async {
        let error = await #expect(throws: BuildError.self) {
            _ = try await records { _ in (200, String(repeating: " ", count: (32 << 20) + 1)) }
        }
        #expect(error?.code == .engine)
    }

    @Test func `a cancelled question ends at once, whatever the engine does`() async throws {
        let engine = try StubEngine { _ in
            sleep(3)
            return (200, "[]")
        }
        let store = EngineStore(.podman, named: "podman", at: engine.endpoint)
        let question = Task { try await store.records() }
        try await Task.sleep(for: .milliseconds(100))
        let start = ContinuousClock.now
        question.cancel()
        await #expect(throws: CancellationError.self) { _ = try await question.value }
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
