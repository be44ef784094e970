import CaissonBuildKit
import CaissonBuildModel
import Testing

@testable import CaissonEngines

@Suite struct RetryTests {
    private static func steps(_ name: String) -> StepTracker {
        let tracker = StepTracker { _ in }
        let vertex = Vertex(digest: "v", name: name, started: .now, completed: .now, error: "failed")
        tracker.receive(.status(SolveStatus(vertexes: [vertex])))
        return tracker
    }

    @Test(arguments: [
        "unexpected status from HEAD request to https://r/v2/a/manifests/b: 429 Too Many Requests",
        "failed to do request: Head \"https://r\": dial tcp 127.0.0.1:1: connect: connection refused",
        "failed to copy: httpReadSeeker: failed open: unexpected status code: 503 Service Unavailable",
        "read tcp 1.2.3.4:5->6.7.8.9:443: read: connection reset by peer", "net/http: TLS handshake timeout",
        "fatal: unable to access 'https://x/': Could not resolve host: x", "unexpected EOF",
        "error parsing HTTP 429 response body: unexpected end of JSON input",
        "failed to fetch oauth token: unexpected status: 500 Internal Server Error",
    ])
    func `what the network did may pass`(message: String) {
        #expect(NetworkFailure.isPassing(message))
        #expect(NetworkFailure.isPassing(GRPCError(.unknown, message), steps: Self.steps("[internal] load metadata")))
    }

    @Test(arguments: [
        "not found", "pull access denied", "unauthorized: authentication required", "dockerfile parse error on line 1",
        "failed to compute cache key: \"/x\": not found", "unexpected status: 401 Unauthorized",
    ])
    func `all else stays as it is`(message: String) {
        #expect(!NetworkFailure.isPassing(message))
    }

    @Test func `a RUN step is never tried again, whatever it says`() {
        let run = "process \"/bin/sh -c curl x\" did not complete successfully: exit code: 7: connection refused"
        #expect(!NetworkFailure.isPassing(GRPCError(.unknown, run), steps: Self.steps("[2/3] RUN curl x")))
        let quiet = GRPCError(.unknown, "connection refused")
        #expect(!NetworkFailure.isPassing(quiet, steps: Self.steps("[2/3] RUN curl x")))
        #expect(!NetworkFailure.isPassing(GRPCError(.cancelled, "connection refused"), steps: Self.steps("x")))
        #expect(!NetworkFailure.isPassing(CancellationError(), steps: Self.steps("x")))
    }

    @Test func `waits grow, vary by a half, and are at least what the server asks for`() {
        let backoff = Backoff()
        #expect(backoff.delay(after: 1, chance: 0.5) == .milliseconds(500))
        #expect(backoff.delay(after: 3, chance: 0.5) == .seconds(2))
        #expect(backoff.delay(after: 2, chance: 0) == .milliseconds(500))
        #expect(backoff.delay(after: 90, chance: 0.5) == .seconds(20))
        #expect(backoff.delay(after: 1, retryAfter: .seconds(7), chance: 0) == .seconds(7))
        #expect(backoff.delay(after: 1, retryAfter: .seconds(86_400), chance: 0) == .seconds(60))
    }

    @Test func `the stages that were done are known by their steps`() {
        let steps = [
            ("[internal] load build definition from Dockerfile", true), ("[build 1/2] FROM a", true),
            ("[build 2/2] RUN make", true), ("[test 1/3] RUN t", true), ("[test 2/3] RUN t", false),
            ("[linux/arm64 stage-2 1/1] COPY x", true), ("[3/3] RUN x", true), ("exporting", true), ("[", true),
            ("[x 1/0] y", true),
        ]
        #expect(CompletedStages(steps.map { (name: $0.0, isDone: $0.1) }).targets == ["build", "2"])
    }

    @Test func `a cache is known by its step, and its stall by what doesn't happen`() throws {
        let entry = CachePlan.Entry(
            spec: CacheSpec(kind: .registry, attributes: ["ref": "a"]),
            wire: .init(type: "registry")
        )
        let watch = CacheWatch(exports: [entry], session: "s")
        let digest = SHA256.digest(Array("s-cache-0".utf8))
        #expect(watch.stall == nil)
        watch.receive(SolveStatus(vertexes: [Vertex(digest: digest, name: "any", started: .now)]))
        #expect(watch.stall != nil)
        #expect(watch.running == [0])
        watch.receive(SolveStatus(vertexes: [Vertex(digest: "other", name: "[1/1] RUN x", started: .now)]))
        #expect(watch.stall == nil)
        #expect(watch.hasRunStep)
        let failed = Vertex(digest: digest, name: "any", started: .now, completed: .now, error: "why")
        watch.receive(SolveStatus(vertexes: [failed]))
        #expect(watch.exportErrors == [0: "why"])
        #expect(watch.running.isEmpty)
        let imported = Vertex(
            digest: "i",
            name: "importing cache manifest from r/a",
            started: .now,
            completed: .now,
            error: "gone"
        )
        watch.receive(SolveStatus(vertexes: [imported]))
        #expect(watch.importErrors == ["r/a": "gone"])
    }

    @Test func `the files that are written aren't written again`() {
        var plan = ExportPlan()
        plan.exporters = [.init(type: "local"), .init(type: "oci"), .init(type: "image")]
        plan.targets = [0: .directory("d"), 1: .file(.standardOutput)]
        let rest = plan.withoutFiles([0, 1])
        #expect(rest.exporters.map(\.type) == ["oci", "image"])
        #expect(rest.targets == [0: .discard])
        #expect(plan.withoutFiles([]).targets == plan.targets)
    }
}
