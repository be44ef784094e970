import CaissonBuildModel
import Foundation
import Testing

@testable import caisson

@Suite struct DockerPluginTests {
    private static let file = "/x/cli-plugins/docker-caisson"

    @Test(arguments: [
        (["caisson", "build", "."], ["build", "."], [:]),
        (["-D", "caisson", "build", "caisson"], ["-D", "build", "caisson"], [:]),
        (["-H", "unix:///a", "caisson", "version"], ["version"], ["CAISSON_HOST": "unix:///a"]),
        (["--host=tcp://a:1", "caisson"], [], ["CAISSON_HOST": "tcp://a:1"]),
        (["--config", "/d", "-l", "debug", "caisson", "lint"], ["lint"], ["DOCKER_CONFIG": "/d"]),
        (["-c", "there", "caisson", "build"], ["build"], ["BUILDX_BUILDER": "there", "CAISSON_HOST": ""]),
        (["--tlsverify", "--tls=false", "caisson"], [], ["DOCKER_TLS_VERIFY": "1", "DOCKER_TLS": ""]),
        (["--tlscacert", "x", "caisson"], [], [:]),
        // What docker wouldn't say stays for the parser.
        (["build", "caisson"], ["build", "caisson"], [:]), ([], [], [:]), (["-H"], [], [:]),
        (["--help"], ["--help"], [:]),
    ])
    func `docker's own options come before the plugin's name`(
        given: [String],
        words: [String],
        variables: [String: String]
    ) {
        let plugin = DockerPluginWords(given, program: Self.file)
        #expect(plugin.words == words)
        #expect(plugin.variables == variables)
        #expect(plugin.warnings.isEmpty == !given.contains("--tlscacert"))
        #expect(DockerPluginWords(given, program: "/usr/bin/caisson").words == given)
    }

    @Test func `it answers what it is`() async throws {
        let report = await Main.ending(of: ["docker-cli-plugin-metadata"])
        let said = try #require(try JSONSerialization.jsonObject(with: Data(report.output.utf8)) as? [String: String])
        #expect(said["SchemaVersion"] == "0.1.0" && said["Version"] == Version.number && report.status == 0)
    }

    private func withInstallation(_ body: (DockerPluginInstallation, URL) throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let home = URL(filePath: directory + "/docker")
            try body(DockerPluginInstallation(directory: home.path, program: "/opt/bin/caisson"), home)
        }
    }

    @Test func `the link is made, made anew for another program, and removed`() async throws {
        try await withInstallation { installation, home in
            try installation.link(to: "/opt/bin/caisson")
            try installation.link(to: "/usr/bin/caisson")
            let link = home.appending(path: "cli-plugins/docker-caisson").path
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/usr/bin/caisson")
            #expect(try installation.unlink())
            #expect(try !installation.unlink())
        }
    }

    @Test func `a file that isn't ours stays`() async throws {
        try await withInstallation { installation, home in
            let folder = home.appending(path: "cli-plugins")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let file = folder.appending(path: "docker-caisson")
            for make in [
                { try Data("other".utf8).write(to: file) },
                { try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false) },
                { try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/bin/sh") },
                { try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/nowhere/x") },
            ] as [() throws -> Void] {
                try make()
                #expect(throws: BuildError.self) { try installation.link(to: "/opt/bin/caisson") }
                #expect(throws: BuildError.self) { try installation.unlink() }
                try FileManager.default.removeItem(at: file)
            }
        }
    }

    @Test(arguments: [
        (
            #"{"auths":{"a":{}},"aliases":{"x":"y"},"z":1.50}"#,
            #"{"auths":{"a":{}},"aliases":{"x":"y","builder":"caisson"},"z":1.50}"#
        ),
        (#"{"z":1}"#, #"{"z":1,"aliases":{"builder":"caisson"}}"#), ("{}", #"{"aliases":{"builder":"caisson"}}"#),
    ])
    func `the alias is set and taken away, and all else stays`(before: String, after: String) async throws {
        try await withInstallation { installation, home in
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            let file = home.appending(path: "config.json")
            let place = home.appending(path: "elsewhere.json")
            try Data(before.utf8).write(to: place)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: place.path)
            try FileManager.default.createSymbolicLink(at: file, withDestinationURL: place)
            func text() throws -> String {
                try String(contentsOf: file, encoding: .utf8).filter { !$0.isWhitespace }
            }
            for _ in 0..<2 {
                try installation.setBuilder()
                #expect(try text() == after)
            }
            let mode = try FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions] as? Int
            #expect(mode == 0o640)
            #expect(try installation.clearBuilder())
            #expect(try text() == before)
            #expect(try !installation.clearBuilder())
        }
    }

    @Test(arguments: [#"{"aliases":{"builder":"buildx"}}"#, "[]", "{", #"{"aliases":{"builder":1}}"#])
    func `another's alias, and what can't be read, stays`(content: String) async throws {
        try await withInstallation { installation, home in
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            let file = home.appending(path: "config.json")
            try Data(content.utf8).write(to: file)
            #expect(throws: BuildError.self) { try installation.checkBuilder() }
            #expect(throws: BuildError.self) { try installation.setBuilder() }
            #expect((try? installation.clearBuilder()) != true)
            #expect(try String(contentsOf: file, encoding: .utf8) == content)
        }
    }

    @Test func `without a configuration one is made that its owner alone reads`() async throws {
        try await withInstallation { installation, home in
            #expect(try !installation.clearBuilder())
            try installation.setBuilder()
            let path = home.appending(path: "config.json").path
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }
}
