import CaissonBuildModel
import Testing

@testable import CaissonPlanning

@Suite("Where a target's files come from")
struct TargetSourceTests {
    private static let remote: [(String, ContextSource, DockerfileSource)] = [
        (#"context = "https://a.example/x.git#v1""#, .remote("https://a.example/x.git#v1"), .inContext("Dockerfile")),
        (
            "context = \"https://a.example/x.git\"\ndockerfile = \"sub//app\"",
            .remote("https://a.example/x.git"), .inContext("sub/app")
        ),
        (
            "context = \"https://a.example/x.git\"\ndockerfile = \"/etc/app\"",
            .remote("https://a.example/x.git"), .file("/etc/app")
        ),
        (
            "context = \"https://a.example/x.git\"\ndockerfile = \"cwd://sub/../app\"",
            .remote("https://a.example/x.git"), .file("app")
        ),
        ("context = \"cwd://sub/\"", .directory("sub"), .file("sub/Dockerfile")),
        ("context = \"cwd://\"", .directory("."), .file("Dockerfile")),
        ("context = \"sub\"\ndockerfile = \"cwd://app\"", .directory("sub"), .file("app")),
        ("context = \"sub\"\ndockerfile = \"../app\"", .directory("sub"), .file("app")),
        ("context = \"/srv/a/../b\"\ndockerfile = \"/etc/app\"", .directory("/srv/b"), .file("/etc/app")),
        (
            "context = \"sub\"\ndockerfile = \"app\"\ndockerfile-inline = \"FROM a\"",
            .directory("sub"), .text(Array("FROM a".utf8))
        ),
    ]

    @Test("A context and a Dockerfile", arguments: remote)
    func sources(lines: String, context: ContextSource, dockerfile: DockerfileSource) throws {
        let request = try BatchFixture.request("target \"t\" {\n\(lines)\n}\n")
        #expect(request.context == context)
        #expect(request.dockerfile == dockerfile)
    }

    @Test(
        "An address of a Dockerfile is fetched, unless its text is there",
        arguments: [
            ("dockerfile = \"https://a.example/D\"", "https://a.example/D"),
            ("dockerfile = \"http://a.example/D\"\ncontext = \"https://b.example/x.git\"", "http://a.example/D"),
            ("dockerfile = \"https://a.example/D\"\ndockerfile-inline = \"\"", "https://a.example/D"),
            ("dockerfile = \"https://a.example/D\"\ndockerfile-inline = \"FROM a\"", nil), ("dockerfile = \"D\"", nil),
        ]
    )
    func addresses(lines: String, address: String?) throws {
        let builds = try BatchFixture.builds("target \"t\" {\n\(lines)\n}\n")
        #expect(builds.dockerfiles["t"] == address)
    }

    @Test("Named contexts of every kind, under the names that a FROM is matched with")
    func contexts() throws {
        let builds = try BatchFixture.builds(
            """
            target "t" {
              contexts = {
                "docker.io/library/alpine:latest" = "target:base"
                "r.example/app:1" = "target:base"
                image = "docker-image://alpine:3.20@sha256:\(String(repeating: "a", count: 64))"
                layout = "oci-layout://dir/l:v1"
                here = "cwd://a/../b"
                dir = "/srv"
                git = "git@a.example:x/y.git"
              }
            }
            target "base" { entitlements = ["security.insecure"] }
            """,
            of: ["t"]
        )
        try builds.check()
        let request = try builds.request("t")
        let image = try ImageReference(parsing: "alpine:3.20@sha256:\(String(repeating: "a", count: 64))")
        #expect(
            request.contexts == [
                "alpine": .target("base"), "r.example/app:1": .target("base"), "image": .image(image),
                "layout": .layout(path: "dir/l", tag: "v1", digest: nil), "here": .directory("b"),
                "dir": .directory("/srv"), "git": .remote("git@a.example:x/y.git"),
            ]
        )
        #expect(request.entitlements.map(\.text) == ["security.insecure"])
        #expect(try builds.request("base").exports == [.cacheOnly])
        #expect(builds.plan.nodes.first { $0.name == "t" }?.sources == ["base"])
    }

    @Test("A git context over SSH asks for the agent, unless one is named")
    func agents() throws {
        func ssh(_ lines: String) throws -> [SSHSpec] { try BatchFixture.request("target \"t\" {\n\(lines)\n}\n").ssh }
        #expect(try ssh("context = \"git@a.example:x.git\"") == [SSHSpec()])
        #expect(try ssh("context = \"deploy@a.example:x.git\"") == [SSHSpec()])
        #expect(try ssh("context = \"ssh://git@a.example/x.git\"") == [SSHSpec()])
        #expect(try ssh("context = \"ssh://a.example/x.git\"\nssh = [\"k=key\"]") == [SSHSpec(id: "k", paths: ["key"])])
        for context in ["https://a.example/x.git", "github.com/x/y", ".", "git://a.example/x"] {
            #expect(try ssh("context = \"\(context)\"") == [], "\(context)")
        }
    }

    @Test("The token of the definition's server goes to contexts at that server only")
    func tokens() throws {
        let token = SecretSpec(id: "GIT_AUTH_TOKEN.a.example", source: .environment("T"))
        let base = BatchBase(address: "https://A.example/x.git", secrets: [token])
        func secrets(_ lines: String) throws -> [SecretSpec] {
            try BatchFixture.request("target \"t\" {\n\(lines)\n}\n", from: base).secrets
        }
        #expect(try secrets("") == [token])
        #expect(try secrets("context = \"sub\"") == [token])
        #expect(try secrets("context = \"https://a.example/other.git\"") == [token])
        #expect(try secrets("context = \"git@a.example:other.git\"") == [token])
        let others = [
            "https://b.example/x.git", "https://a.example.evil/x.git", "https://a.example:8443/x.git", "cwd://.",
            "git@b.example:a.example/x.git", "https://b.example/a.example",
        ]
        for context in others { #expect(try secrets("context = \"\(context)\"") == [], "\(context)") }
        let own = SecretSpec(id: token.id, source: .file("token"))
        #expect(try secrets("secret = [\"id=\(token.id),src=token\"]") == [own])
        let withUser = BatchBase(address: "ssh://git@a.example:22/x.git", secrets: [token])
        #expect(withUser.secrets(for: .remote("git@a.example:x.git")) == [])
        #expect(withUser.secrets(for: .remote("ssh://a.example:22/y.git")) == [token])
        #expect(withUser.secrets(for: .directory(".")) == [])
    }
}
