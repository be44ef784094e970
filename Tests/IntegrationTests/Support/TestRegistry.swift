import Foundation

/// A real registry on a loopback port of its own, with its data in the scratch space.
struct TestRegistry: Sendable {
    /// Who may use a protected registry.
    static let user = "tester"
    /// The password of `user`.
    static let password = "open sesame"

    /// The registry's host and port, to begin an image's name with.
    let address: String
    private let process: RunningProcess

    /// Runs the body with a registry that ends afterwards.
    static func with<Result>(
        protected: Bool = false,
        _ body: (TestRegistry) async throws -> Result
    ) async throws -> Result {
        let registry = try await start(protected: protected)
        defer { registry.process.closeInput() }
        return try await body(registry)
    }

    /// Starts a registry that ends with the test process at the latest.
    static func start(protected: Bool = false) async throws -> TestRegistry {
        let directory = TestPaths.uniquePath("registry")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        // bcrypt of `password`
        let account = user + #":$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW"#
        try Data((account + "\n").utf8).write(to: URL(filePath: directory + "/htpasswd"))
        let configuration = directory + "/config.yml"
        try Data(configurationText(directory, protected).utf8).write(to: URL(filePath: configuration))
        let program = TestPaths.cache + "/engines/registry/bin/docker-registry"
        // The shell ends the registry when its own standard input ends.
        let script = #""$@" </dev/null & child=$!; cat >/dev/null; kill -KILL "$child"; wait"#
        let process = try RunningProcess.start(
            Command("/bin/bash", ["-c", script, "bash", program, "serve", configuration], input: .held)
        )
        let marker = "listening on 127.0.0.1:"
        let log = try await process.awaitText(marker, within: .seconds(30))
        let port = log.components(separatedBy: marker).dropFirst().first?.prefix(while: \.isNumber) ?? ""
        guard !port.isEmpty else { throw TestSupportError("the registry names no port: \(log)") }
        return TestRegistry(address: "127.0.0.1:\(port)", process: process)
    }

    /// What the registry logged: one line per request among others.
    var log: String { String(decoding: process.errorOutputSoFar + process.outputSoFar, as: UTF8.self) }

    private static func configurationText(_ directory: String, _ protected: Bool) -> String {
        let access = "auth:\n  htpasswd:\n    realm: tests\n    path: \(directory)/htpasswd\n"
        return """
            version: 0.1
            log:
              level: info
            storage:
              filesystem:
                rootdirectory: \(directory)/data
              delete:
                enabled: true
            validation:
              manifests:
                urls:
                  allow: ["^http://"]
            http:
              addr: 127.0.0.1:0

            """ + (protected ? access : "")
    }
}
