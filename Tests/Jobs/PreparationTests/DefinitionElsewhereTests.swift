import CaissonBuildModel
import CaissonPlanning
import FoundationEssentials
import Testing

@testable import CaissonPreparation

@Suite("Definitions at addresses")
struct DefinitionElsewhereTests {
    /// What a build makes, played: the files that the output gets.
    private static func reading(
        _ address: String,
        _ names: [String] = [],
        environment: [String: String] = [:],
        files: [String: String] = [:]
    ) async throws -> (files: [BakeFile], request: BuildRequest) {
        var asked: BuildRequest?
        let found = try await RemoteDefinition(address, environment: environment).files(names) { request in
            asked = request
            let directory = try #require(request.exports.first?.path)
            for (name, text) in files { try write(text, to: "\(directory)/\(name)") }
        }
        return (found, try #require(asked))
    }

    private static func dockerfile(_ request: BuildRequest) -> String {
        if case .text(let bytes) = request.dockerfile { String(decoding: bytes, as: UTF8.self) } else { "" }
    }

    @Test("The default files are those that are there")
    func defaults() async throws {
        let files = ["docker-bake.hcl": "a", "compose.yaml": "b"]
        let (found, request) = try await Self.reading("https://a.example/x.git", files: files)
        #expect(found.map(\.name) == ["compose.yaml", "docker-bake.hcl"])
        #expect(found.map { String(decoding: $0.bytes, as: UTF8.self) } == ["b", "a"])
        #expect(request.context == .remote("https://a.example/x.git"))
        #expect(
            Self.dockerfile(request).hasPrefix(
                "FROM scratch\nCOPY caisson.yam[l] caisson.ym[l] compose.yam[l] compose.ym[l] "
            )
        )
        #expect(request.secrets.isEmpty && request.ssh.isEmpty)
        #expect(request.attestations == [Attestation(kind: .provenance, isDisabled: true)])
        let directory = try #require(request.exports.first?.path)
        #expect(!FileManager.default.fileExists(atPath: directory))
        await #expect(throws: BuildError.self) { try await Self.reading("https://a.example/x.git") }
    }

    @Test("Named files are copied whatever is in their names")
    func named() async throws {
        let names = ["sub/a.hcl", "b*[?\\\".json"]
        let flat = ["sub_a.hcl": "1", "b*[?\\\".json": "2"]
        let (found, request) = try await Self.reading("git@a.example:x.git", names, files: flat)
        #expect(found.map(\.name) == names)
        #expect(
            Self.dockerfile(request) == #"""
                FROM scratch
                COPY ["sub/a.hcl", "/sub_a.hcl"]
                COPY ["b\\*\\[\\?\\\\\".json", "/b*[?\\\".json"]

                """#
        )
        #expect(request.ssh == [SSHSpec()])
    }

    @Test("A name that isn't there is told, without a token of the address")
    func missing() async throws {
        let definition = RemoteDefinition("https://token@a.example/x.git", environment: [:])
        await #expect(
            throws: BuildError(.usage, "there is no definition \"a.hcl\" or \"b\" at https://***@a.example/x.git")
        ) {
            try await definition.files(["a.hcl", "b"]) { _ in throw BuildError(.step, "not found") }
        }
        await #expect(throws: BuildError(.engine, "away")) {
            try await definition.files(["a.hcl"]) { _ in throw BuildError(.engine, "away") }
        }
    }

    @Test("Tokens and keys are those of buildx's variables")
    func credentials() async throws {
        let environment = [
            "BUILDX_BAKE_GIT_AUTH_TOKEN": "t", "BUILDX_BAKE_GIT_AUTH_HEADER": "h", "BUILDX_BAKE_GIT_SSH": "one,,two",
        ]
        let files = ["docker-bake.hcl": ""]
        let web = try await Self.reading("https://a.example:1/x.git", environment: environment, files: files).request
        let secrets = [
            SecretSpec(id: "GIT_AUTH_TOKEN.a.example:1", source: .environment("BUILDX_BAKE_GIT_AUTH_TOKEN")),
            SecretSpec(id: "GIT_AUTH_HEADER.a.example:1", source: .environment("BUILDX_BAKE_GIT_AUTH_HEADER")),
        ]
        #expect(web.secrets == secrets)
        #expect(web.ssh.isEmpty)
        let shell = try await Self.reading("deploy@a.example:x", environment: environment, files: files).request
        #expect(shell.ssh == [SSHSpec(paths: ["one", "two"])])
        let archive = try await Self.reading("https://a.example/x.tar", environment: environment, files: files).request
        #expect(archive.secrets.isEmpty)
        let base = RemoteDefinition("https://a.example:1/x.git", environment: environment).base(isSingleFile: false)
        #expect(base == BatchBase(address: "https://a.example:1/x.git", secrets: secrets))
        let other = RemoteDefinition("https://a.example/x.tar", environment: environment)
        #expect(other.base(isSingleFile: false) == BatchBase(address: "https://a.example/x.tar", isArchive: true))
        #expect(other.base(isSingleFile: true) == BatchBase())
    }
}
