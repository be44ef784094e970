import CaissonBuildContext
import CaissonBuildModel
import NIOCore
import NIOHTTP2
import Testing

@testable import CaissonBuildKit

extension Wire {
    /// `ControlClient` against a control service that does what it is told.
    @Suite(.timeLimit(.minutes(1))) struct ControlTests {
        private static let path = "/moby.buildkit.v1.Control/"

        private static func solve(_ answer: @escaping @Sendable () async throws -> [String: String]) -> SessionHandler {
            { call in
                while try await call.reader.next() != nil {}
                var response = WireSolveResponse()
                response.exporterResponse = try await answer()
                try await call.writer.send(response)
            }
        }

        private static func status(
            _ count: Int,
            until end: @escaping @Sendable () async throws -> Void = {}
        ) -> SessionHandler {
            { call in
                for number in 0..<count {
                    var vertex = WireVertex()
                    vertex.digest = "sha256:\(number)"
                    var status = WireStatusResponse()
                    status.vertexes = [vertex]
                    try await call.writer.send(status)
                }
                try await end()
            }
        }

        /// A session that lasts until the engine's end of its call is closed.
        private static let session: SessionHandler = { call in while try await call.reader.next() != nil {} }

        private static func forever() async throws { try await Task.sleep(for: .seconds(600)) }

        private static func build(
            _ handlers: [String: SessionHandler],
            _ session: Session = Session(sharedKey: "", services: []),
            notes: Notes = Notes()
        ) async throws -> Result<[String: String], GRPCError> {
            var all: [String: SessionHandler] = [:]
            for (name, handler) in handlers { all[path + name] = handler }
            return try await withStubControl(all) { control in
                do {
                    let request = SolveRequest(ref: "r", session: session.id)
                    let response = try await control.build(request, session: session, over: .tunnelled) { status in
                        for vertex in status.vertexes { notes.add(vertex.digest) }
                    }
                    return .success(response)
                } catch let error as GRPCError {
                    return .failure(error)
                }
            }
        }

        @Test func `a build returns what the exporters said, after all of its status`() async throws {
            let notes = Notes()
            let result = try await Self.build(
                ["Session": Self.session, "Solve": Self.solve { ["k": "v"] }, "Status": Self.status(500)],
                notes: notes
            )
            #expect(try result.get() == ["k": "v"])
            #expect(notes.all == (0..<500).map { "sha256:\($0)" })
        }

        @Test func `a user who cancels doesn't wait for what the record would add`() async throws {
            let handlers = [
                Self.path + "Session": Self.session, Self.path + "Solve": Self.solve { ["k": "v"] },
                Self.path + "Status": Self.status(1),
            ]
            let start = ContinuousClock.now
            try await withStubControl(handlers) { control in
                let asked = Notes()
                var record = RecordUse()
                record.supplement = { response in
                    asked.add("asked")
                    try? await Self.forever()
                    return response
                }
                let (use, session) = (record, Session(sharedKey: "", services: []))
                let build = Task {
                    try await control.build(
                        SolveRequest(ref: "r", session: session.id),
                        session: session,
                        over: .tunnelled,
                        record: use
                    ) { _ in }
                }
                #expect(await eventually { !asked.all.isEmpty })
                build.cancel()
                let response = try await build.value
                #expect(response == ["k": "v"])
            }
            #expect(ContinuousClock.now - start < .seconds(10))
        }

        @Test func `a failing build keeps the engine's words`() async throws {
            let result = try await Self.build([
                "Session": Self.session, "Status": Self.status(1),
                "Solve": Self.solve { throw GRPCError(.unknown, "exit code: 7 — ü") },
            ])
            #expect { try result.get() } throws: { ($0 as? GRPCError)?.message == "exit code: 7 — ü" }
        }

        @Test func `status that comes after the result is still told`() async throws {
            let notes = Notes()
            let result = try await Self.build(
                [
                    "Session": Self.session, "Solve": Self.solve { [:] },
                    "Status": { call in
                        try await Task.sleep(for: .milliseconds(300))
                        try await Self.status(3)(&call)
                    },
                ],
                notes: notes
            )
            #expect(try result.get() == [:])
            #expect(notes.all.count == 3)
        }

        @Test func `status that never ends is waited for three seconds`() async throws {
            let start = ContinuousClock.now
            let result = try await Self.build([
                "Session": Self.session, "Solve": Self.solve { ["k": "v"] },
                "Status": Self.status(1, until: Self.forever),
            ])
            #expect(try result.get() == ["k": "v"])
            #expect((.seconds(2)...(.seconds(15))).contains(ContinuousClock.now - start))
        }

        @Test func `a session that is lost ends a build that waits for it`() async throws {
            let start = ContinuousClock.now
            let result = try await Self.build([
                "Session": { _ in }, "Status": Self.status(0, until: Self.forever),
                "Solve": Self.solve {
                    try await Self.forever()
                    return [:]
                },
            ])
            #expect { try result.get() } throws: { ($0 as? GRPCError)?.code == .unavailable }
            #expect(ContinuousClock.now - start < .seconds(15))
        }

        @Test func `an engine without sessions says so`() async throws {
            let result = try await Self.build([
                "Status": Self.status(0, until: Self.forever),
                "Solve": Self.solve {
                    try await Self.forever()
                    return [:]
                },
            ])
            #expect { try result.get() } throws: { ($0 as? GRPCError)?.code == .unimplemented }
        }

        @Test func `cancelling resets the build, hears the last status and is over in time`() async throws {
            let notes = Notes()
            let isReset = CancelSignal()
            let handlers: [String: SessionHandler] = [
                Self.path + "Session": Self.session,
                Self.path + "Solve": { call in
                    notes.add("solving")
                    do {
                        while true {
                            try await call.writer.send(WireSolveResponse())
                            try await Task.sleep(for: .milliseconds(20))
                        }
                    } catch {
                        isReset.fire()
                    }
                },
                Self.path + "Status": { call in
                    await isReset.wait()
                    try await Self.status(1)(&call)
                },
            ]
            let code = try await withStubControl(handlers) { control in
                await withTaskGroup(of: GRPCError.Code?.self) { group in
                    group.addTask {
                        await gRPCError {
                            let session = Session(sharedKey: "", services: [])
                            _ = try await control.build(
                                SolveRequest(ref: "r", session: session.id),
                                session: session,
                                over: .tunnelled
                            ) { _ in notes.add("status") }
                        }?.code
                    }
                    _ = await eventually { notes.all.contains("solving") }
                    let start = ContinuousClock.now
                    group.cancelAll()
                    let code = await group.next() ?? nil
                    #expect(ContinuousClock.now - start < .seconds(5))
                    return code
                }
            }
            #expect(code == .cancelled)
            #expect(isReset.isFired && notes.all.contains("status"))
        }

        @Test func `an engine that doesn't let go of a cancelled build is left in time`() async throws {
            let code = try await withStubControl([
                Self.path + "Session": Self.session, Self.path + "Status": Self.status(0, until: Self.forever),
            ]) {
                control in
                await withTaskGroup(of: GRPCError.Code?.self) { group in
                    group.addTask {
                        await gRPCError {
                            let session = Session(sharedKey: "", services: [])
                            _ = try await control.build(
                                SolveRequest(ref: "r", session: session.id),
                                session: session,
                                over: .tunnelled
                            ) { _ in }
                        }?.code
                    }
                    try? await Task.sleep(for: .milliseconds(200))
                    let start = ContinuousClock.now
                    group.cancelAll()
                    let code = await group.next() ?? nil
                    #expect(ContinuousClock.now - start < .seconds(5))
                    return code
                }
            }
            #expect(code == .cancelled || code == .unimplemented)
        }

        @Test func `an engine that goes away in mid-build is an error within seconds`() async throws {
            let (client, server) = makeSockets()
            let code = try await within {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try? await GRPCConnection.with(
                            ByteStream(descriptor: server),
                            role: .server,
                            keepalive: .minutes(6)
                        ) { connection in
                            try await withThrowingTaskGroup(of: Void.self) { inner in
                                inner.addTask {
                                    try await GRPCServer(handlers: [Self.path + "Session": Self.session]).serve(
                                        connection
                                    )
                                }
                                try await Task.sleep(for: .milliseconds(200))
                                inner.cancelAll()
                            }
                        }
                    }
                    defer { group.cancelAll() }
                    return try await withBuildKit(over: ByteStream(descriptor: client)) { control in
                        let session = Session(sharedKey: "", services: [])
                        return await gRPCError {
                            _ = try await control.build(
                                SolveRequest(ref: "r", session: session.id),
                                session: session,
                                over: .tunnelled
                            ) { _ in }
                        }?.code
                    }
                }
            }
            #expect(code == .unavailable || code == .unimplemented)
        }

        @Test func `the engine reads files through the tunnel`() async throws {
            let tree = TemporaryTree()
            tree.file("f", [UInt8](repeating: 3, count: 2_000_000))
            let sync = FileSyncService(trees: ["context": .directory(try DirectorySource(path: tree.path))]) { _ in }
            let notes = Notes()
            let isRead = CancelSignal()
            let result = try await Self.build(
                [
                    "Session": { call in
                        try await Tunnel.client(&call) { client in
                            let tree = try await client.diffCopy([("dir-name", "context")])
                            notes.add("\(tree.contents[0]?.count ?? 0)")
                            isRead.fire()
                        }
                    },
                    "Status": Self.status(0),
                    "Solve": Self.solve {
                        await isRead.wait()
                        return [:]
                    },
                ],
                Session(sharedKey: "", services: [sync])
            )
            #expect(try result.get() == [:])
            #expect(notes.all == ["2000000"])
        }

        @Test func `versions and workers are what the engine says`() async throws {
            let handlers: [String: SessionHandler] = [
                Self.path + "ListWorkers": { call in
                    var worker = WireWorkerRecord()
                    worker.id = "w"
                    worker.labels = ["a": "b"]
                    var platform = WireWorkerPlatform()
                    platform.os = "linux"
                    platform.architecture = "arm"
                    platform.variant = "v7"
                    worker.platforms = [platform]
                    var answer = WireListWorkersResponse()
                    answer.record = [worker]
                    try await call.writer.send(answer)
                }
            ]
            let (version, workers) = try await withStubControl(handlers) {
                (try await $0.version(), try await $0.workers())
            }
            #expect(version.isEmpty)
            #expect(workers.first?.labels == ["a": "b"])
            #expect(workers.first?.platforms == [Platform(os: "linux", architecture: "arm", variant: "v7")])
        }

        @Test func `a request says its first exporter twice for older engines`() {
            let exporters = [SolveRequest.Exporter(type: "local"), .init(type: "tar", attributes: ["a": "b"])]
            let wire = WireSolveRequest(SolveRequest(ref: "r", session: "s", exporters: exporters))
            #expect(wire.exporters.map(\.type) == ["local", "tar"])
            #expect(wire.exporterDeprecated == "local")
            #expect(wire.frontend == "dockerfile.v0")
        }
    }
}
