import CaissonBuildKit
import CaissonBuildModel
import Foundation
import Testing

@testable import CaissonSecrets

/// Keys that OpenSSH made, in a folder that goes with the test.
private func withKeys<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let directory = NSTemporaryDirectory() + "caisson-keys-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    for (name, arguments) in [
        ("plain", ["-t", "ed25519", "-N", ""]), ("locked", ["-t", "ed25519", "-N", "open sesame"]),
        ("old", ["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""]),
        ("oldlocked", ["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "open sesame"]),
    ] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        process.arguments = ["-q", "-C", "key \(name)", "-f", "\(directory)/\(name)"] + arguments
        try process.run()
        process.waitUntilExit()
    }
    return try await body(directory)
}

private let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
private let hasOpenSSH = FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-agent")

@Suite(.timeLimit(.minutes(1)), .enabled(if: hasOpenSSH, "openssh-client isn't installed")) struct SSHAgentTests {
    private func source(_ text: String) throws -> SSHSource {
        try SSHSource(try SSHSpec(parsing: text), environment: environment, home: "/")
    }

    private func open(_ texts: [String], _ body: (SSHAgents) async throws -> Void) async throws {
        var request = BuildRequest(context: .empty)
        request.ssh = try texts.map { try SSHSpec(parsing: $0) }
        try await SSHAgents.with(request, environment: environment, home: "/", body)
    }

    private func processes(with word: String) -> Int {
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { Int($0) != nil } ?? []
        return ids.filter { id in
            let data = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
            return String(decoding: data, as: UTF8.self).contains(word)
        }.count
    }

    @Test func `keys of files are in an agent that ends with the build`() async throws {
        try await withKeys { directory in
            var socket = ""
            try await open(["default=\(directory)/plain,\(directory)/old"]) { agents in
                socket = try #require(agents.agents["default"]).socket
                let keys = try await AgentConnection.keys(at: socket)
                #expect(keys.count == 2)
                #expect(processes(with: socket) >= 1)
            }
            for _ in 0..<100 where processes(with: socket) != 0 { try await Task.sleep(for: .milliseconds(50)) }
            #expect(processes(with: socket) == 0)
            #expect(!FileManager.default.fileExists(atPath: (socket as NSString).deletingLastPathComponent))
        }
    }

    @Test func `the agent ends with a build that fails`() async throws {
        try await withKeys { directory in
            var socket = ""
            await #expect(throws: CancellationError.self) {
                try await open(["default=\(directory)/plain"]) { agents in
                    socket = agents.agents["default"]?.socket ?? ""
                    throw CancellationError()
                }
            }
            #expect(!socket.isEmpty)
            // The shell has ended; the kernel may still be taking the agent away.
            for _ in 0..<100 where processes(with: socket) != 0 { try await Task.sleep(for: .milliseconds(50)) }
            #expect(processes(with: socket) == 0)
        }
    }

    @Test(arguments: ["locked", "oldlocked"])
    func `a key with a passphrase is refused with what to do`(name: String) async throws {
        try await withKeys { directory in
            let error = #expect(throws: BuildError.self) { try source("a=\(directory)/\(name)") }
            #expect(error?.exitStatus == 2)
            #expect(error?.message.contains("passphrase") == true && error?.message.contains("ssh-add") == true)
        }
    }

    @Test func `what is no key, no socket or no agent is wrong input`() async throws {
        try await withKeys { directory in
            try Data("nothing".utf8).write(to: URL(filePath: directory + "/text"))
            let cases = [
                ("a", "SSH_AUTH_SOCK"), ("a=\(directory)/gone", "No such file"), ("a=\(directory)", "neither"),
                ("a=\(directory)/text", "neither a private nor a public key"),
                ("a=\(directory)/plain,\(directory)/plain.pub", "can't be joined"),
                ("a=\(directory)/plain.pub", "SSH_AUTH_SOCK"),
            ]
            for (text, problem) in cases {
                let error = #expect(throws: BuildError.self) { try source(text) }
                #expect(error?.exitStatus == 2)
                #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
            }
            let twice = await #expect(throws: BuildError.self) {
                try await open(["a=\(directory)/plain", "a=\(directory)/old"]) { _ in }
            }
            #expect(twice?.message.contains("twice") == true)
        }
    }

    @Test func `a socket is narrowed to public keys, which the agent must have`() async throws {
        try await withKeys { directory in
            try await open(["own=\(directory)/plain,\(directory)/old"]) { agents in
                let socket = try #require(agents.agents["own"]).socket
                try await open(["a=\(socket),\(directory)/plain.pub"]) { narrowed in
                    #expect(narrowed.agents["a"]?.socket == socket)
                    #expect(narrowed.agents["a"]?.allowedKeys?.count == 1)
                }
                let error = await #expect(throws: BuildError.self) {
                    try await open(["a=\(socket),\(directory)/locked.pub"]) { _ in }
                }
                #expect(error?.message.contains("hasn't the key SHA256:") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func `fingerprints are those of ssh`() async throws {
        try await withKeys { directory in
            let text = try String(contentsOfFile: directory + "/plain.pub", encoding: .utf8)
            let blob = try #require(Data(base64Encoded: String(text.split(separator: " ")[1])))
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
            process.arguments = ["-l", "-f", directory + "/plain.pub"]
            process.standardOutput = pipe
            try process.run()
            process.waitUntilExit()
            let shown = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(shown.contains(" \(Fingerprint.of([UInt8](blob))) "))
        }
    }

    @Test(arguments: ["default", "a=b", "a=b,c d", "x=/run/a.sock"]) func `flags are read and printed`(
        text: String
    ) throws {
        #expect(try SSHSpec(parsing: text).description == text)
    }

    @Test(arguments: ["", "=x", "a=b,,c", "a=b,", "a\nb"]) func `flags that mean nothing are refused`(text: String) {
        #expect(throws: ParseError.self) { try SSHSpec(parsing: text) }
    }
}
