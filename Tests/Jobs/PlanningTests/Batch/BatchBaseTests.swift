import CaissonBuildModel
import CaissonJSON
import Testing

@testable import CaissonPlanning

@Suite("Where relative contexts begin")
struct BatchBaseTests {
    private static let rows: [(address: String, context: String, remote: String?)] = [
        ("https://a.example/x.git", ".", "https://a.example/x.git"),
        ("https://a.example/x.git", "./", "https://a.example/x.git"),
        ("https://a.example/x.git", "sub/../other/", "https://a.example/x.git#:other"),
        ("https://a.example/x.git#v1", ".", "https://a.example/x.git#v1"),
        ("https://a.example/x.git#v1", "sub", "https://a.example/x.git#v1:sub"),
        ("https://a.example/x.git#v1:dir", ".", "https://a.example/x.git#v1:dir"),
        ("https://a.example/x.git#v1:dir", "sub", "https://a.example/x.git#v1:dir/sub"),
        ("https://a.example/x.git#v1:dir", "../sub", "https://a.example/x.git#v1:sub"),
        ("https://a.example/x.git#:dir", "sub", "https://a.example/x.git#:dir/sub"),
        ("git@a.example:x.git", "sub", "git@a.example:x.git#:sub"),
        ("https://a.example/x.git", "cwd://sub", nil), ("https://a.example/x.git", "/srv", nil),
        ("https://a.example/x.git", "https://b.example/y.git", nil),
        ("https://a.example/x.git", "git@b.example:y.git", nil), ("https://a.example/x.git", "target:a", nil),
        ("https://a.example/x.git", "docker-image://a", nil), ("https://a.example/x.git", "oci-layout://a", nil),
    ]

    @Test("A relative context is within the definition's repository", arguments: rows)
    func remote(row: (address: String, context: String, remote: String?)) {
        #expect(BatchBase(address: row.address).remote(row.context) == row.remote)
        #expect(BatchBase().remote(row.context) == nil)
    }

    @Test("A target's contexts are at the address, and so are the printed ones")
    func target() throws {
        let base = BatchBase(address: "https://a.example/x.git#v1")
        let text = """
            target "t" { 
              context = "app"
              contexts = { lib = "lib", here = "cwd://lib", all = ".", base = "target:base" }
            }
            target "base" {}
            target "here" { context = "cwd://here" }
            """
        let builds = try BatchFixture.builds(text, isElsewhere: true, from: base)
        try builds.check()
        let request = try builds.request("t")
        #expect(request.context == .remote("https://a.example/x.git#v1:app"))
        #expect(request.dockerfile == .inContext("Dockerfile"))
        #expect(
            request.contexts == [
                "lib": .remote("https://a.example/x.git#v1:lib"), "here": .directory("lib"),
                "all": .remote("https://a.example/x.git#v1"), "base": .target("base"),
            ]
        )
        #expect(try builds.request("base").context == .remote("https://a.example/x.git#v1"))
        #expect(try builds.request("here").context == .directory("here"))
        #expect(try builds.request("here").dockerfile == .file("here/Dockerfile"))
        let printed = builds.bake.printed["target"]
        #expect(printed?["t"]?["context"] == .string("https://a.example/x.git#v1:app"))
        #expect(printed?["base"]?["context"] == .string("https://a.example/x.git#v1"))
        #expect(printed?["here"]?["context"] == .string("here"))
    }

    @Test("Of an archive only the whole can be a context")
    func archives() throws {
        let base = BatchBase(address: "https://a.example/x.tar.gz", isArchive: true)
        let whole = try BatchFixture.request("target \"t\" { contexts = { a = \"cwd://a\" } }", from: base)
        #expect(whole.context == .remote("https://a.example/x.tar.gz"))
        #expect(
            try BatchFixture.problems(
                "context = \"sub\"\ncontexts = { a = \"./lib\", b = \".\", c = \"/srv\" }",
                from: base
            ) == [
                "context: the directory \"sub\" of an archive can't be a context; write \".\"",
                "contexts: the directory \"./lib\" of an archive can't be a context; write \".\"",
            ]
        )
    }

    @Test(
        "The host of an address, with its port",
        arguments: [
            ("https://a.example/x", "a.example"), ("https://a.example:8443/x", "a.example:8443"),
            ("ssh://git@a.example:22/x", "a.example:22"), ("git@a.example:x/y.git", "a.example"),
            ("https://u:p@a.example#v", "a.example"), ("https://a.example?x", "a.example"), ("https:///x", nil),
            ("github.com/x/y", "github.com"),
        ]
    )
    func hosts(address: String, host: String?) {
        #expect(BatchBase.host(of: address) == host)
    }

    @Test("Paths relative to the files that name them, where buildx's variable says so")
    func fileRelative() throws {
        let files = [
            (
                "sub/docker-bake.hcl",
                "target \"t\" {\n context = \"a\"\n contexts = { l = \"../l\", c = \"cwd://c\" }\n}"
            ),
            ("other/compose.yaml", "services: {s: {build: {context: .}}}"),
        ]
        let environment = ["BUILDX_BAKE_FILE_RELATIVE_PATHS": "1"]
        let inputs = BakeInputs(localPlatform: "linux/amd64", environment: environment)
        let definition = try BatchFixture.definition(files, environment: environment)
        let builds = try definition.builds(of: ["t", "s"], flags: BakeFlags(), inputs: inputs)
        try builds.check()
        #expect(try builds.request("t").context == .directory("sub/a"))
        #expect(try builds.request("t").contexts == ["l": .directory("l"), "c": .directory("c")])
        #expect(try builds.request("s").context == .directory("other"))
    }
}
