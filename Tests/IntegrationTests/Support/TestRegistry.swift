import Foundation
import Glibc

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
    /// - Parameter host: The address to listen at.
    static func with<Result>(
        protected: Bool = false,
        host: String = "127.0.0.1",
        _ body: (TestRegistry) async throws -> Result
    ) async throws -> Result {
        let registry = try await start(protected: protected, host: host)
        defer { registry.process.closeInput() }
        return try await body(registry)
    }

    /// Starts a registry that ends with the test process at the latest.
    static func start(protected: Bool = false, host: String = "127.0.0.1") async throws -> TestRegistry {
        let directory = TestPaths.uniquePath("registry")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        // bcrypt of `password`
        let account = user + #":$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW"#
        try Data((account + "\n").utf8).write(to: URL(filePath: directory + "/htpasswd"))
        let configuration = directory + "/config.yml"
        try Data(configurationText(directory, protected, host).utf8).write(to: URL(filePath: configuration))
        let program = TestPaths.cache + "/engines/registry/bin/docker-registry"
        // The shell ends the registry when its own standard input ends.
        let script = #""$@" </dev/null & child=$!; cat >/dev/null; kill -KILL "$child"; wait"#
        let process = try RunningProcess.start(
            Command("/bin/bash", ["-c", script, "bash", program, "serve", configuration], input: .held)
        )
        let marker = "listening on \(host):"
        let log = try await process.awaitText(marker, within: .seconds(30))
        let port = log.components(separatedBy: marker).dropFirst().first?.prefix(while: \.isNumber) ?? ""
        guard !port.isEmpty else { throw TestSupportError("the registry names no port: \(log)") }
        return TestRegistry(address: "\(host):\(port)", process: process)
    }

    /// An address of this machine that is none of its loopback; nil where it has no network.
    static var ownAddress: String? {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return nil }
        defer { freeifaddrs(list) }
        for entry in sequence(first: list, next: { $0?.pointee.ifa_next }).compactMap({ $0?.pointee }) {
            // Those of bridges go with their engines.
            guard let address = entry.ifa_addr, Int32(address.pointee.sa_family) == AF_INET,
                String(cString: entry.ifa_name).hasPrefix("e")
            else { continue }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = getnameinfo(address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            if result == 0 { return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self) }
        }
        return nil
    }

    /// What the registry logged: one line per request among others.
    var log: String { String(decoding: process.errorOutputSoFar + process.outputSoFar, as: UTF8.self) }

    private static func configurationText(_ directory: String, _ protected: Bool, _ host: String) -> String {
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
              addr: \(host):0

            """ + (protected ? access : "")
    }
}
