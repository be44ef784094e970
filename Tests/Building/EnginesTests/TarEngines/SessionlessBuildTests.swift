import CaissonBuildModel
import Foundation
import Synchronization
import Testing

@testable import CaissonEngines

private let id = String(repeating: "0123456789abcdef", count: 4)

/// Builds against a stub that takes a tar.
@Suite("Builds on a tar engine", .timeLimit(.minutes(2))) struct SessionlessBuildTests {
    private static let good: [TarStub.Act] = [
        .raw(TarStub.ok), .chunk(#"{"stream":"STEP 1/1: FROM scratch\n"}"# + "\n"),
        .chunk(#"{"stream":"COMMIT\n"}"# + "\n" + #"{"stre"#), .chunk(#"am":"\#(id)\n"}"# + "\n"), .end,
    ]

    /// A directory with a Dockerfile and a file, gone when the body returns.
    private static func withContext<R>(
        _ files: [String: String],
        _ body: (String) async throws -> R
    ) async throws -> R {
        let path = NSTemporaryDirectory() + "caisson-tarbuild-\(UUID().uuidString)"
        for (name, content) in files {
            let file = URL(filePath: path + "/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(content.utf8).write(to: file)
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    private static func build(
        _ request: BuildRequest,
        on stub: TarStub,
        classic: Bool = false,
        input: (@Sendable () async throws -> [UInt8])? = nil,
        events: any BuildEventSink = Ignored()
    ) async throws -> BuildResult {
        var request = request
        request.input = input.map { BuildInput($0) }
        var options = EngineOptions(environment: [:], home: "/nonexistent")
        options.usesClassicBuilder = classic
        let engine = Engine(
            driver: .dockerd(DockerdConnection(endpoint: stub.endpoint)),
            address: "\(stub.endpoint)",
            options: options
        )
        return try await engine.build(request, events: events)
    }

    private static func failure(
        _ acts: [TarStub.Act],
        isPodman: Bool = true,
        takesContext: Bool = true
    ) async throws -> BuildError? {
        try await withContext(["Dockerfile": "FROM scratch\nRUN x\n", "a": "b"]) { path in
            let stub = try TarStub(isPodman: isPodman, takesContext: takesContext, acts)
            do {
                _ = try await build(BuildRequest(context: .directory(path)), on: stub, classic: !isPodman)
                return nil
            } catch {
                return error as? BuildError
            }
        }
    }

    @Test("podman gets the tar and gives the image's id and digest")
    func podman() async throws {
        try await Self.withContext([
            "Dockerfile": "FROM scratch\n", "a": "text of a", ".dockerignore": "b", "b": "hidden",
        ]) { path in
            let stub = try TarStub(isPodman: true, Self.good)
            let result = try await Self.build(BuildRequest(context: .directory(path)), on: stub)
            #expect(result.imageID == "sha256:" + id && result.digest == "sha256:beef")
            #expect(stub.build.target.hasPrefix("/v4.0.0/libpod/build?"))
            #expect(stub.build.head.contains("Content-Type: application/x-tar"))
            let body = String(decoding: stub.build.body, as: UTF8.self)
            #expect(body.contains("text of a") && !body.contains("hidden"))
            #expect(stub.build.body.count % 512 == 0)
        }
    }

    @Test("a tar on standard input is passed on as it is")
    func input() async throws {
        let stub = try TarStub(isPodman: true, Self.good)
        let pieces = Mutex([[UInt8](repeating: 1, count: 700_000), [2, 3]])
        let result = try await Self.build(BuildRequest(context: .tarOnInput, dockerfile: .inContext("x/D")), on: stub) {
            pieces.withLock { $0.isEmpty ? [] : $0.removeFirst() }
        }
        #expect(result.imageID == "sha256:" + id)
        // Not compared as a whole: the difference of two long arrays takes minutes to work out.
        let body = stub.build.body
        #expect(body.count == 700_002)
        #expect(body.prefix(700_000).allSatisfy { $0 == 1 } && body.suffix(2).elementsEqual([2, 3]))
        #expect(stub.build.target.contains("dockerfile=%5B%22x%2FD%22%5D"))
    }

    @Test("a Dockerfile from elsewhere is in the tar under a name that no step sees")
    func elsewhere() async throws {
        try await Self.withContext(["ctx/a": "b", "ctx/.dockerignore": "*.o", "D": "FROM scratch # mine"]) { path in
            for isPodman in [true, false] {
                let stub = try TarStub(isPodman: isPodman, Self.good)
                let request = BuildRequest(context: .directory(path + "/ctx"), dockerfile: .file(path + "/D"))
                _ = try? await Self.build(request, on: stub, classic: !isPodman)
                let body = String(decoding: stub.build.body, as: UTF8.self)
                let name = try #require(body.ranges(of: ".dockerfile.").first.map { body[$0.lowerBound...].prefix(32) })
                #expect(body.contains("FROM scratch # mine"))
                #expect(stub.build.target.contains(name))
                // The classic builder reads what to hide from the ignore file, podman from the request.
                #expect(body.contains("*.o\n\(name)\n") != isPodman)
                #expect(stub.build.target.contains("excludes=%5B%22\(name)") == isPodman)
            }
        }
    }

    @Test("an answer that ends without a result is an error, cleanly ended or not")
    func noResult() async throws {
        for acts in [[TarStub.Act.raw(TarStub.ok), .end], Self.good.dropLast(2) + [.raw("0\r\n\r\n")]] {
            let error = try await Self.failure(acts)
            #expect(error?.code == .engine, "\(error?.message ?? "none")")
        }
        let broken = try await Self.failure(Array(Self.good.dropLast(2)) + [.raw("ffff\r\nabc"), .close])
        #expect(broken?.code == .engine)
    }

    @Test("an engine that refuses is quoted, with the place in the Dockerfile")
    func refusal() async throws {
        let message = #"{"message":"dockerfile parse error line 2: unknown instruction: FOO"}"#
        let error = try await Self.failure(
            [.raw("HTTP/1.1 400 Bad Request\r\nContent-Length: \(message.utf8.count)\r\n\r\n\(message)")],
            isPodman: false
        )
        #expect(error?.code == .usage && error?.excerpts.first?.ranges.first?.startLine == 2)
        #expect(error?.message == "dockerfile parse error line 2: unknown instruction: FOO")
    }

    @Test("an answer that is no build's is an error that shows its beginning")
    func garbage() async throws {
        let error = try await Self.failure([.raw(TarStub.ok), .chunk("<html>\n"), .hang])
        #expect(error?.code == .engine && error?.message.contains("<html>") == true)
    }

    @Test("a step that fails is the build's error")
    func failingStep() async throws {
        let error = try await Self.failure(
            [
                .raw(TarStub.ok), .chunk(#"{"stream":"Step 2/2 : RUN x\n"}"# + "\n"),
                .chunk(#"{"errorDetail":{"code":7,"message":"x returned a non-zero code: 7"},"error":"…"}"# + "\n"),
                .end,
            ],
            isPodman: false
        )
        #expect(error?.code == .step && error?.step?.exitCode == 7 && error?.step?.name == "[2/2] RUN x")
        #expect(error?.excerpts.first?.ranges.first?.startLine == 2)
    }

    @Test("cancelling ends the request, and the open step says so")
    func cancelling() async throws {
        try await Self.withContext(["Dockerfile": "FROM scratch\n"]) { path in
            let stub = try TarStub(
                isPodman: true,
                [.raw(TarStub.ok), .chunk(#"{"stream":"STEP 1/1: FROM scratch\n"}"# + "\n"), .hang]
            )
            let seen = Collected()
            let error = await withTaskGroup(of: BuildError?.self) { group in
                group.addTask {
                    do {
                        _ = try await Self.build(BuildRequest(context: .directory(path)), on: stub, events: seen)
                        return nil
                    } catch {
                        return error as? BuildError
                    }
                }
                while !seen.hasStep { try? await Task.sleep(for: .milliseconds(5)) }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error?.code == .cancelled)
            #expect(seen.errors.contains("context canceled"))
            for _ in 0..<200 where !stub.clientHasLeft { try await Task.sleep(for: .milliseconds(10)) }
            #expect(stub.clientHasLeft)
        }
    }

    @Test("an engine that stops taking the context is given up")
    func stall() async throws {
        let stall = UploadStall()
        await #expect {
            try await stall.withLimit(.milliseconds(100)) {
                try await stall.watch { try await Task.sleep(for: .seconds(60)) }
            }
        } throws: {
            ($0 as? BuildError)?.code == .deadlineExceeded
        }
    }

    @Test("what an engine lacks is refused before anything is sent")
    func refused() async throws {
        let stub = try TarStub(isPodman: true, Self.good)
        var request = BuildRequest(context: .tarOnInput)
        request.noCache = .stages(["a"])
        await #expect {
            _ = try await Self.build(request, on: stub) { [] }
        } throws: {
            ($0 as? BuildError)?.code == .unsupported && ($0 as? BuildError)?.fields.first == .noCacheStages
        }
        #expect(stub.build.target.isEmpty)
        await #expect {
            _ = try await Self.build(BuildRequest(context: .tarOnInput), on: stub, classic: true) { [] }
        } throws: {
            ($0 as? BuildError)?.code == .unsupported && ($0 as? BuildError)?.fields == [.classicBuilder]
        }
    }

    @Test("a context that can't be read is the error, not what the engine makes of the half")
    func unreadable() async throws {
        try await Self.withContext(["Dockerfile": "FROM scratch\n", "a": "b"]) { path in
            let stub = try TarStub(isPodman: true, Self.good)
            await #expect {
                _ = try await Self.build(
                    BuildRequest(context: .directory(path), dockerfile: .file(path + "/none")),
                    on: stub
                )
            } throws: {
                ($0 as? BuildError)?.code == .usage && "\($0)".contains("none")
            }
            #expect(stub.build.target.isEmpty)
        }
    }
}

private struct Ignored: BuildEventSink {
    func receive(_ event: BuildEvent) {}
}

private final class Collected: BuildEventSink {
    private let state = Mutex((hasStep: false, errors: [String]()))

    var hasStep: Bool { state.withLock { $0.hasStep } }
    var errors: [String] { state.withLock { $0.errors } }

    func receive(_ event: BuildEvent) {
        guard case .status(let status) = event.kind else { return }
        state.withLock { state in
            for vertex in status.vertexes {
                if vertex.name.hasPrefix("[1/1]") { state.hasStep = true }
                state.errors.append(vertex.error)
            }
        }
    }
}
