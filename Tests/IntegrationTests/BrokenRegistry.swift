import Foundation

/// A registry that fails in one way; see `Fixtures/integration/tools/broken-registry.py`.
struct BrokenRegistry: Sendable {
    /// What it does.
    enum Mode: String, Sendable, CaseIterable {
        case hang, busy, error, missing, garbage
    }

    /// The registry's host and port, to begin an image's name with.
    let address: String
    private let process: RunningProcess

    /// Runs the body with a registry that fails.
    static func with<Result>(_ mode: Mode, _ body: (BrokenRegistry) async throws -> Result) async throws -> Result {
        try await with([mode.rawValue], body)
    }

    /// Runs the body with a registry that is busy for a few requests, and from then on is another one.
    static func with<Result>(
        passingTo registry: TestRegistry,
        _ body: (BrokenRegistry) async throws -> Result
    ) async throws -> Result {
        try await with(["passing", registry.address], body)
    }

    /// Runs the body with another registry behind one that is killed once so many bytes came to it.
    static func with<Result>(
        passingTo registry: TestRegistry,
        killedAfter bytes: Int,
        _ body: (BrokenRegistry) async throws -> Result
    ) async throws -> Result {
        try await with(["breaking", registry.address, String(bytes)], body)
    }

    /// Runs the body with another registry at an address of this machine that is none of its loopback's.
    static func with<Result>(
        passingTo registry: TestRegistry,
        at host: String,
        _ body: (BrokenRegistry) async throws -> Result
    ) async throws -> Result {
        try await with(["open", registry.address, host], at: host, body)
    }

    private static func with<Result>(
        _ words: [String],
        at host: String = "127.0.0.1",
        _ body: (BrokenRegistry) async throws -> Result
    ) async throws -> Result {
        let command = Command("python3", [Tools.tool("broken-registry.py")] + words, input: .held)
        let process = try RunningProcess.start(command)
        defer { process.closeInput() }
        let text = try await process.awaitText("\n", within: .seconds(20))
        let port = text.split(whereSeparator: \.isWhitespace).dropFirst().first ?? ""
        return try await body(BrokenRegistry(address: "\(host):\(port)", process: process))
    }

    /// The requests that came, one a line.
    var requests: String { String(decoding: process.errorOutputSoFar, as: UTF8.self) }
}
