import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonJSON
import Foundation
import Synchronization
import Testing

@testable import CaissonEngineContainers

/// What a dockerd is asked so that a builder's container runs, is stopped and removed.
@Suite(.timeLimit(.minutes(1)))
struct EngineContainerTests {
    private static let image = "docker.io/moby/buildkit:buildx-stable-1"

    private static func container(
        _ dockerd: StubDockerd,
        _ settings: NodeContainer = NodeContainer(),
        variables: [String: String] = [:],
        lock: String? = nil
    ) throws -> EngineContainer {
        var node = try BuilderNode(name: "n", address: dockerd.address)
        node.container = settings
        return try #require(try EngineContainer(of: node, variables: variables, lock: { _ in lock }))
    }

    @Test func `a node without settings has no container of ours`() throws {
        let node = try BuilderNode(name: "n", address: "docker-container://bk")
        #expect(try EngineContainer(of: node, variables: [:]) == nil)
    }

    @Test func `one that isn't there is made with its files and started, and waited for`() async throws {
        let dockerd = StubDockerd(.init(failures: 2))
        let settings = NodeContainer(
            options: ["env.A": "b"],
            arguments: ["--debug"],
            files: [NodeContainer.configuration: Data("debug = true\n".utf8)]
        )
        try await Self.container(dockerd, settings).ensureRunning(.init())
        let asked = ["POST /containers/bk/exec", "POST /exec/abc/start", "GET /exec/abc/json"]
        let looked = ["GET /containers/bk/json"]
        let made = [
            "GET /images/\(Self.image)/json", "GET /info", "POST /containers/create?name=bk",
            "PUT /containers/bk/archive?path=/", "POST /containers/bk/start",
        ]
        let state = dockerd.now
        #expect(state.requests == looked + made + asked + looked + asked + looked + asked)
        let tar = try #require(state.bodies["PUT /containers/bk/archive?path=/"])
        #expect(String(decoding: tar.prefix(27), as: UTF8.self) == "etc/buildkit/buildkitd.toml")
        #expect(String(decoding: tar[512..<525], as: UTF8.self) == "debug = true\n")
        let body = try JSON(parsing: try #require(state.bodies["POST /containers/create?name=bk"]))
        #expect(body["Image"]?.string == "moby/buildkit:buildx-stable-1")
        #expect(body["Env"] == .array([.string("A=b")]))
        #expect(body["Cmd"] == .array(["--config", NodeContainer.configuration, "--debug"].map(JSON.string)))
        #expect(body["HostConfig"]?["Privileged"]?.isTrue == true)
        #expect(body["HostConfig"]?["Mounts"]?.array?.first?["Source"]?.string == "bk_state")
        #expect(body["HostConfig"]?["CgroupParent"]?.string == "/docker/buildx")
        #expect(body["HostConfig"]?["UsernsMode"] == nil)
    }

    @Test func `one that runs is left alone, and one that was stopped is started as it is`() async throws {
        for (state, requests) in [("running", 0), ("exited", 4)] {
            let dockerd = StubDockerd(.init(container: state))
            try await Self.container(dockerd).ensureRunning(.init())
            #expect(dockerd.now.requests.count == 1 + requests, "\(dockerd.now.requests)")
            #expect(dockerd.now.container == "running")
        }
    }

    @Test func `an image that isn't there is pulled, with a notice and the user's login`() async throws {
        let dockerd = StubDockerd(.init(hasImage: false))
        let notices = Mutex<[String]>([])
        try await Self.container(dockerd).ensureRunning(
            .init(authentication: { $0.domain }, notice: { notice in notices.withLock { $0.append("\(notice)") } })
        )
        let pull = "POST /images/create?fromImage=docker.io/moby/buildkit&tag=buildx-stable-1"
        #expect(dockerd.now.requests.contains(pull))
        let said = notices.withLock { $0 }
        #expect(said.count == 2 && said[0].hasPrefix("pulling the image moby/buildkit:buildx-stable-1"), "\(said)")
    }

    @Test(arguments: [
        ("POST /images/create", 200, "{\"status\":\"x\"}\n{\"error\":\"no route\"}", "no route"),
        ("POST /images/create", 404, #"{"message":"manifest unknown"}"#, "manifest unknown"),
        ("POST /containers/create", 400, #"{"message":"invalid CPU set"}"#, "invalid CPU set"),
        ("GET /containers/bk/json", 500, #"{"message":"broken"}"#, "broken"),
    ])
    func `what dockerd refuses is told in its words`(request: String, status: Int, body: String, said: String) async {
        let dockerd = StubDockerd(.init(hasImage: false, answers: [request: (status, body)]))
        let error = await #expect(throws: EngineError.self) {
            try await Self.container(dockerd).ensureRunning(.init())
        }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
        #expect(dockerd.now.container == nil)
    }

    @Test func `one that can't be started doesn't stay`() async {
        let answer = (status: 500, body: #"{"message":"no network x"}"#)
        let dockerd = StubDockerd(.init(answers: ["POST /containers/bk/start": answer]))
        let error = await #expect(throws: EngineError.self) {
            try await Self.container(dockerd).ensureRunning(.init())
        }
        #expect(error?.message.contains("no network x") == true)
        #expect(dockerd.now.container == nil)
    }

    @Test func `one that ends says so at once, with its log`() async {
        let dockerd = StubDockerd(.init(afterStart: "exited"))
        let error = await #expect(throws: EngineError.self) {
            try await Self.container(dockerd).ensureRunning(.init())
        }
        #expect(error?.code == .startFailed)
        #expect(error?.message.contains("ended at once; its log ends: no disk") == true, "\(error?.message ?? "")")
    }

    @Test func `one that doesn't answer is given up at its limit`() async {
        let dockerd = StubDockerd(.init(failures: .max))
        let start = ContinuousClock.now
        let error = await #expect(throws: EngineError.self) {
            try await Self.container(dockerd).ensureRunning(.init(limit: .milliseconds(300)))
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `two who want it at once make it once`() async throws {
        let lock = FileManager.default.temporaryDirectory.appending(path: "caisson-\(UUID().uuidString).lock").path
        defer { unlink(lock) }
        let dockerd = StubDockerd()
        let container = try Self.container(dockerd, lock: lock)
        async let one: Void = container.ensureRunning(.init())
        async let two: Void = container.ensureRunning(.init())
        _ = try await (one, two)
        #expect(dockerd.now.requests.filter { $0.hasPrefix("POST /containers/create") }.count == 1)
        #expect(dockerd.now.requests.filter { $0.hasPrefix("POST /containers/bk/start") }.count == 1)
    }

    @Test func `it is stopped where it runs`() async throws {
        let dockerd = StubDockerd(.init(container: "running"))
        let container = try Self.container(dockerd)
        #expect(try await container.stop())
        #expect(dockerd.now.container == "exited")
        #expect(try await !container.stop())
    }

    @Test(arguments: [false, true])
    func `it is removed with its state, or without`(keepsState: Bool) async throws {
        let dockerd = StubDockerd(.init(container: "running"))
        let container = try Self.container(dockerd)
        try await container.remove(keepsState: keepsState)
        #expect(dockerd.now.container == nil)
        #expect(dockerd.now.requests.contains("DELETE /containers/bk?force=1&v=1"))
        #expect(dockerd.now.requests.contains("DELETE /volumes/bk_state") == !keepsState)
        // Where there is none, nothing is left to be done.
        try await container.remove(keepsState: keepsState)
    }

    @Test func `a workflow on GitHub is told to provenance, unless that isn't wanted`() async throws {
        let event = FileManager.default.temporaryDirectory.appending(path: "caisson-event-\(UUID().uuidString)")
        try Data(#"{"ref":"refs/heads/main"}"#.utf8).write(to: event)
        defer { try? FileManager.default.removeItem(at: event) }
        let variables = [
            "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": event.path,
            "GITHUB_ACTOR": "a", "GITHUB_ACTOR_ID": "1", "GITHUB_TRIGGERING_ACTOR": "b", "GITHUB_REF": "no others",
        ]
        let content = try #require(try WorkflowContext.content(variables))
        let expected = """
            {"github_actor":"a","github_actor_id":"1","github_event_name":"push","github_event_payload":\
            {"ref":"refs/heads/main"},"github_triggering_actor":"b"}
            """
        #expect(String(decoding: content, as: UTF8.self) == expected)
        for (options, isTold) in [([:], true), (["provenance-add-gha": "false"], false)] {
            let dockerd = StubDockerd()
            let settings = NodeContainer(options: options)
            try await Self.container(dockerd, settings, variables: variables).ensureRunning(.init())
            let tar = dockerd.now.bodies["PUT /containers/bk/archive?path=/"]
            #expect((tar != nil) == isTold)
            if let tar { #expect(String(decoding: tar, as: UTF8.self).contains(expected)) }
        }
    }
}
