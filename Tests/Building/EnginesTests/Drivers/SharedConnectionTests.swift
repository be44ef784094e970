import CaissonBuildModel
import Testing

@testable import CaissonEngines

/// The connection that the builds of a batch have in common.
@Suite(.timeLimit(.minutes(1))) struct SharedConnectionTests {
    /// What a dockerd before its workers have to be asked for answers to one connection: a ping, an upgrade, and nothing to
    /// the two heads that HTTP/2 begins with.
    private static let old = [
        "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "", "",
    ]

    private static func engine(_ daemon: StubDaemon) -> Engine {
        Engine(
            driver: .dockerd(DockerdConnection(endpoint: daemon.endpoint)),
            address: "\(daemon.endpoint)",
            options: EngineOptions()
        )
    }

    /// Uses as many connections at a time as asked for.
    private static func use(_ engine: Engine, times: Int, needsWorkers: Bool = false) async throws {
        guard times > 0 else { return }
        try await engine.connected(
            tar: { kind, _ in throw BuildError(.unsupported, kind.name) },
            needsWorkers: needsWorkers,
            buildKit: { connection in
                #expect(connection.features.name == "dockerd (API 1.41)")
                try await use(engine, times: times - 1)
            }
        )
    }

    @Test(
        "builds one after another and side by side use one connection, and no more of them than it has calls for",
        arguments: [(1, 1), (48, 1), (49, 2), (50, 3)]
    )
    func sharing(builds: Int, connections: Int) async throws {
        let daemon = try StubDaemon(Array(repeating: Self.old, count: 4).flatMap(\.self))
        try await Self.engine(daemon).sharing(needsWorkers: false) { engine in
            for _ in 0..<3 { try await Self.use(engine, times: 1) }
            try await Self.use(engine, times: builds)
        }
        #expect(daemon.connections == connections)
    }

    @Test func `a build for which the engine has to be asked more connects by itself`() async throws {
        let daemon = try StubDaemon(Self.old + Self.old.prefix(2))
        await #expect(throws: (any Error).self) {
            try await Self.engine(daemon).sharing(needsWorkers: false) { engine in
                try await Self.use(engine, times: 1, needsWorkers: true)
            }
        }
        #expect(daemon.connections == 2)
    }

    @Test func `a connection that broke is not used again`() async throws {
        // Nothing is left to be said to what HTTP/2 begins with: the daemon hangs up.
        let daemon = try StubDaemon(Array(Self.old.prefix(2)))
        await #expect(throws: (any Error).self) {
            try await Self.engine(daemon).sharing(needsWorkers: false) { engine in
                while daemon.requests.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
                try await Task.sleep(for: .milliseconds(200))
                try await Self.use(engine, times: 1)
            }
        }
        #expect(daemon.connections == 2)
    }

    @Test func `an engine that can't be reached is each build's failure`() async throws {
        let daemon = try StubDaemon([])
        let told = try await Self.engine(daemon).sharing(needsWorkers: false) { engine in
            await #expect(throws: (any Error).self) { try await Self.use(engine, times: 1) }
            return engine.shared == nil
        }
        #expect(told)
        #expect(daemon.connections == 2)
    }

    @Test func `what fails with the connection isn't tried without it`() async throws {
        let daemon = try StubDaemon(Self.old)
        var runs = 0
        await #expect(throws: BuildError.self) {
            try await Self.engine(daemon).sharing(needsWorkers: false) { _ in
                runs += 1
                throw BuildError(.step, "no")
            }
        }
        #expect(runs == 1)
    }
}
