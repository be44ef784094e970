import Foundation
import Testing

/// BuildKit's own protocol through `caisson dial-stdio`.
@Suite struct DialStdioTests {
    /// The beginning of every client's side of HTTP/2, and empty SETTINGS.
    private static let preface = Data("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Data([0, 0, 0, 4, 0, 0, 0, 0, 0])

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `what is written goes to the engine, and its answer comes back until the input ends`(
        kind: EngineKind
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        let said = try await runCaisson(["dial-stdio"], on: engine, input: .data(Self.preface), within: .seconds(30))
        #expect(said.succeeded, "\(said.errorOutput)")
        #expect(said.errorOutput == "")
        let head = [UInt8](said.standardOutput.prefix(9))
        // The first frame is SETTINGS, of the connection.
        #expect(head.count == 9 && head[3] == 4 && head[5...] == [0, 0, 0, 0], "\(head)")
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `the engine's first words come where nothing is written at all`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        // It was one run of three in which they were lost.
        for _ in 0..<10 {
            let said = try await runCaisson(["dial-stdio"], on: engine, input: .data(Data()), within: .seconds(30))
            #expect(said.succeeded && said.standardOutput.count >= 9, "\(said.errorOutput)")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `the engine that is named is the one`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        let named = try await runCaisson(["--builder", engine.address, "dial-stdio"], input: .data(Self.preface))
        #expect(named.succeeded && named.standardOutput.count >= 9, "\(named.errorOutput)")
        let nobody = try await runCaisson(["dial-stdio", "--builder", "unix:///no/such.sock"], on: engine)
        #expect(nobody.status == .exited(1) && nobody.errorOutput.contains("/no/such.sock"), "\(nobody.errorOutput)")
        #expect(nobody.standardOutput.isEmpty)
    }
}
