import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel
import Foundation
import CaissonHTTPClient
import Synchronization
import Testing

/// The session inside the control connection, which is buildkitd's way, over dockerd's `/grpc`: the same code, for real.
@Suite struct TunnelTests {
    /// Builds a folder with its session tunnelled; returns the exporter's answer and the steps' names.
    private func build(
        _ directory: URL,
        on engine: TestEngine,
        exporting file: FileSendService,
        as type: String
    ) async throws -> [String] {
        let source = try DirectorySource(path: directory.path)
        let files = FileSyncService(trees: ["context": .directory(source), "dockerfile": .directory(source)]) { _ in }
        let session = Session(sharedKey: source.sharedKey(), services: [files, file])
        let stream = try await dial(try Endpoint(parsing: engine.address)).upgrade("/grpc")
        let (descriptor, alreadyRead) = try stream.take()
        let names = Mutex<[String]>([])
        _ = try await withBuildKit(over: ByteStream(descriptor: descriptor, alreadyRead: alreadyRead)) { client in
            let request = SolveRequest(
                ref: Session.makeID(),
                session: session.id,
                frontendAttributes: ["filename": "Dockerfile"],
                exporters: [.init(type: type)]
            )
            return try await client.build(request, session: session, over: .tunnelled) { status in
                names.withLock { $0 += status.vertexes.map(\.name) }
            }
        }
        return names.withLock { $0 }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a context goes in and files come out through the tunnel`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            try TestContext.write("FROM scratch\nCOPY . /all/\n", to: context, files: ["deep/down/file": "content"])
            // More than any window of HTTP/2, in both directions.
            let large = Data((0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
            try large.write(to: context.appending(path: "large"))
            let output = directory.appending(path: "out")
            let exports = FileSendService(targets: [0: .directory(output.path)])
            let steps = try await build(context, on: engine, exporting: exports, as: "local")
            #expect(steps.contains("[internal] load build context"))
            let before = try await Tools.listing(of: context.path)
            let after = try await Tools.listing(of: output.appending(path: "all").path)
            #expect(after == before)
        }
    }
}
