import CaissonBuildModel
import Synchronization
import Testing

@Suite("What the builds of a batch have of each other", .timeLimit(.minutes(1)))
struct BuildLinksTests {
    private let links = BuildLinks(dependents: ["base": ["app", "tool"]])
    private let made = BuildLinks.Result(definitions: ["": [1]], configurations: ["": [2]])
    private func key(_ target: String, _ node: String = "n") -> BuildLinks.Key { BuildLinks.Key(target, on: node) }

    @Test("targets that are sources or have one are concerned")
    func concern() {
        #expect(["base", "app", "tool", "other"].map(links.concern) == [true, true, true, false])
    }

    @Test("a result is waited for")
    func waiting() async throws {
        async let result = links.result(of: key("base"))
        try await Task.sleep(for: .milliseconds(20))
        links.publish(made, of: key("base"))
        let waited = try await result
        #expect(waited == made)
        #expect(try await links.result(of: key("base")) == made)
    }

    @Test("parts are put together, and a part has what was made of the whole")
    func parts() async throws {
        func key(_ target: String, _ platforms: Set<String>) -> BuildLinks.Key {
            BuildLinks.Key(target, on: "n", for: platforms)
        }
        let both: Set = ["linux/386", "linux/amd64"]
        links.publish(made, of: key("base", ["linux/386"]))
        #expect(try await links.result(of: key("base", ["linux/386"])) == made)
        async let whole = links.result(of: key("base", both))
        async let ready: Void = links.dependentsAreReady(of: key("base", ["linux/386"]))
        try await Task.sleep(for: .milliseconds(20))
        links.publish(.init(definitions: ["": [3]], configurations: [:]), of: key("base", ["linux/amd64"]))
        let joined = try await whole
        #expect(joined.definitions == ["linux/386": [1], "linux/amd64": [3]])
        #expect(joined.configurations == ["linux/386": [2]])
        links.isReady(key("app", both))
        links.isReady(key("tool", []))
        try await ready
        links.publish(joined, of: key("tool", both))
        #expect(try await links.result(of: key("tool", ["linux/amd64"])) == joined)
    }

    @Test("a target that ends without a result fails those that wait, on any node")
    func ended() async throws {
        links.publish(made, of: key("base", "other"))
        let waiting = Task { try await links.result(of: key("base")) }
        try await Task.sleep(for: .milliseconds(20))
        links.end("base")
        let error = await #expect(throws: BuildError.self) { try await waiting.value }
        #expect(error?.message.contains("base") == true)
    }

    @Test("steps begin when all that use them are known, or have ended")
    func readiness() async throws {
        links.isReady(key("app"))
        links.isReady(key("tool", "other"))
        async let ready: Void = links.dependentsAreReady(of: key("base"))
        try await Task.sleep(for: .milliseconds(20))
        links.end("tool")
        try await ready
        try await links.dependentsAreReady(of: key("app"))
    }

    @Test("what was made before a target is begun anew isn't lent, and it isn't ready")
    func restarted() async throws {
        let other = BuildLinks.Result(definitions: ["": [3]], configurations: [:])
        links.publish(made, of: key("base"))
        links.publish(made, of: key("tool"))
        links.isReady(key("app"))
        links.isReady(key("tool"))
        links.restart("base")
        links.restart("app")
        async let result = links.result(of: key("base"))
        async let ready: Void = links.dependentsAreReady(of: key("base"))
        try await Task.sleep(for: .milliseconds(20))
        links.publish(other, of: key("base"))
        links.isReady(key("app"))
        let waited = try await result
        try await ready
        #expect(waited == other)
        #expect(try await links.result(of: key("tool")) == made)
    }

    @Test("who lacks a source is known, and when a target waits")
    func places() async throws {
        var place = BatchPlace("app", in: links)
        let waits = Mutex<[Bool]>([])
        place.waits = { isWaiting in waits.withLock { $0.append(isWaiting) } }
        try await place.lend(made, on: "n")
        #expect(try await links.result(of: key("app"), for: "x") == made)
        links.end("base")
        let fixed = place
        await #expect(throws: BuildError.self) { try await fixed.result(of: "base", on: "n") }
        #expect(links.missing(for: "app") == "base" && links.missing(for: "x") == nil)
        // Nobody uses what it lends; it only waits for the source.
        #expect(waits.withLock { $0 } == [true, false])
        links.restart("app")
        #expect(links.missing(for: "app") == nil)
    }

    @Test("who is cancelled waits no longer")
    func cancelled() async {
        let waiting = Task { try await links.result(of: key("base")) }
        let ready = Task { try await links.dependentsAreReady(of: key("base")) }
        try? await Task.sleep(for: .milliseconds(20))
        waiting.cancel()
        ready.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        await #expect(throws: CancellationError.self) { try await ready.value }
    }
}
