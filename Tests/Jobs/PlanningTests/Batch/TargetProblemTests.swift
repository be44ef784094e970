import CaissonBuildModel
import CaissonText
import Testing

@testable import CaissonPlanning

@Suite("What is said of targets that can't be built")
struct TargetProblemTests {
    private static let rows: [(lines: String, problem: String)] = [
        (
            "context = \"https://user:word@a.example/x.git\"",
            #"context: invalid build context "https://***@a.example/x.git": a user name, password or "#
                + #"token in an address would be kept in the engine's history; leave it out, and give the token "#
                + #"as the secret GIT_AUTH_TOKEN"#
        ),
        (
            "contexts = { \"Up Per\" = \"dir\" }",
            #"contexts: invalid named context "Up Per=dir": "Up Per" can't be a name: repository name "Up "#
                + #"Per" must be lowercase, such as "up per"; expected NAME=DIRECTORY, a git or http(s) "#
                + #"address, docker-image://NAME or oci-layout://DIRECTORY[:TAG]"#
        ),
        (
            "contexts = { a = \"docker-image://Upper\" }",
            #"contexts: invalid image reference "Upper": repository name "Upper" must be lowercase, such "#
                + #"as "upper"; expected [REGISTRY[:PORT]/]REPOSITORY[:TAG][@DIGEST]"#
        ),
        (
            "tags = [\"App\"]",
            #"tags: invalid image reference "App": repository name "App" must be lowercase, such as "#
                + #""app"; expected [REGISTRY[:PORT]/]REPOSITORY[:TAG][@DIGEST]"#
        ),
        (
            "platforms = [\"linux/sparc\"]",
            #"platforms: invalid platform "linux/sparc": unknown architecture "sparc"; expected "#
                + #"OS[(VERSION)]/ARCH[/VARIANT], e.g. linux/arm64"#
        ),
        (
            "cache-from = [\"type=registri,ref=a\"]",
            #"cache-from: invalid cache "type=registri,ref=a": unknown type "registri" (did you mean "#
                + #"registry?); expected type=registry|local|inline|gha|s3|azblob[,KEY=VALUE…], or a name at a "#
                + #"registry"#
        ),
        (
            "cache-from = [\"type=inline\"]",
            #"cache-from: invalid cache "type=inline": an inline cache is read from the image that holds "#
                + #"it: type=registry,ref=IMAGE; expected "#
                + #"type=registry|local|inline|gha|s3|azblob[,KEY=VALUE…], or a name at a registry"#
        ),
        (
            "cache-to = [\"type=local\"]",
            #"cache-to: invalid cache "type=local": type=local needs dest=…; expected "#
                + #"type=registry|local|inline|gha|s3|azblob[,KEY=VALUE…], or a name at a registry"#
        ),
        (
            "secret = [{ src = \"f\" }]",
            #"secret: invalid secret "src=f": id is missing; expected "#
                + #"id=NAME[,src=FILE|,env=VARIABLE][,type=file|env][,rotate=true], or NAME"#
        ),
        (
            "output = [\"type=locl,dest=a\"]",
            #"output: invalid output "type=locl,dest=a": unknown type "locl" (did you mean local?); "#
                + #"expected type=local|tar|oci|docker|image|registry|cacheonly[,KEY=VALUE…], a directory, or -"#
        ),
        (
            "attest = [\"type=provenance,mode=most\"]",
            #"attest: invalid attestation "type=provenance,mode=most": mode=most must be min or max; "#
                + #"expected type=provenance|sbom[,KEY=VALUE…]"#
        ),
        (
            "annotations = [\"indx:a=b\"]",
            #"annotations: invalid annotation "indx:a=b": unknown type "indx" (did you mean index?); "#
                + #"expected [manifest|index|manifest-descriptor|index-descriptor:]KEY=VALUE"#
        ),
        (
            "no-cache-filter = [\"a b\"]",
            #"no-cache-filter: invalid stage list "a b": a stage's name is empty or has blanks; expected "#
                + #"STAGE[,STAGE…]"#
        ),
        (
            "network = \"bridge\"",
            #"network: invalid network mode "bridge": BuildKit has no such network for RUN steps; "#
                + #"expected default, none or host"#
        ),
        (
            "shm-size = \"64q\"",
            #"shm-size: invalid size "64q": unknown unit "q"; expected a number with b, k, m, g, t or p "#
                + #"after it, e.g. 64m"#
        ),
        (
            "ulimits = [\"nofil=1\"]",
            #"ulimits: invalid ulimit "nofil=1": unknown limit "nofil" (did you mean nofile?); expected "#
                + #"NAME=SOFT[:HARD], e.g. nofile=1024:2048"#
        ),
        (
            "resources = { memory = \"much\" }",
            #"resources: invalid size "much": it has no number; expected a number with b, k, m, g, t or p "#
                + #"after it, e.g. 64m"#
        ),
        (
            "entitlements = [\"network.hst\"]",
            #"entitlements: invalid entitlement "network.hst": unknown power "network.hst" (did you mean "#
                + #"network.host?); expected network.host, security.insecure, device, buildx.local.delete or "#
                + #"device=…"#
        ),
        (
            "extra-hosts = { a = \"1.2.3\" }",
            #"extra-hosts: invalid extra host "a=1.2.3": "1.2.3" is no IP address; expected HOST:IP or "#
                + #"HOST=IP, IP an address or host-gateway"#
        ),
        (
            "extra-hosts = { a = \"1.2.3.4,\" }",
            #"extra-hosts: invalid extra host "a=": "" is no IP address; expected HOST:IP or HOST=IP, IP "#
                + #"an address or host-gateway"#
        ),
        (
            "policy = [\"filename=a.rego\"]",
            #"policy: policies in Rego can't be evaluated here, and building without them isn't meant; "#
                + #"leave them out"#
        ),
        ("call = \"outlin\"", #"call: "outlin" is no question (did you mean outline?)"#),
        ("context = \"-\"", #"context from stdin not allowed in bake."#),
        ("dockerfile = \"-\"", #"dockerfile from stdin not allowed in bake."#),
    ]

    @Test("Each wrong value has a message that names its field", arguments: rows)
    func message(row: (lines: String, problem: String)) throws {
        let found = try BatchFixture.problems(row.lines)
        #expect(found == [row.problem])
    }

    @Test("Everything that is wrong is told in one run, with its place")
    func everything() throws {
        let text = """
            target "a" {
              tags = ["A", "b", "C"]
              shm-size = "x"
            }
            target "b" {
              network = "bridge"
              output = ["type=registry"]
            }
            """
        let builds = try BatchFixture.builds(text)
        let form = "expected [REGISTRY[:PORT]/]REPOSITORY[:TAG][@DIGEST]"
        func name(_ name: String) -> String {
            "docker-bake.hcl:1,1-13: Invalid target; target a: tags: invalid image reference \(name.quoted): "
                + "repository name \(name.quoted) must be lowercase, such as \(name.lowercased().quoted); \(form)"
        }
        let expected = [
            name("A"), name("C"),
            #"docker-bake.hcl:1,1-13: Invalid target; target a: shm-size: invalid size "x": it has no number; "#
                + "expected a number with b, k, m, g, t or p after it, e.g. 64m",
            #"docker-bake.hcl:5,1-13: Invalid target; target b: network: invalid network mode "bridge": "#
                + "BuildKit has no such network for RUN steps; expected default, none or host",
            "docker-bake.hcl:5,1-13: Push without a name; target b pushes its image but gives it no name. Add tags.",
        ]
        #expect(throws: BatchError.self) { try builds.check() }
        do throws(BatchError) { try builds.check() } catch {
            #expect(error.problems.map(\.message) == expected)
            #expect(error.problems.allSatisfy { $0.excerpt.contains(">>>") })
        }
    }

    @Test("What docker-buildx prints is printed, though it can't be built")
    func printing() throws {
        let lenient = try BatchFixture.builds("target \"t\" { network = \"bridge\" }")
        try lenient.checkForPrinting()
        #expect(throws: BatchError.self) { try lenient.check() }
        let wrong = try BatchFixture.builds("target \"t\" { shm-size = \"x\" }")
        #expect(throws: BatchError.self) { try wrong.checkForPrinting() }
    }

    @Test("Annotations without an image to go to are warned of, but not those of targets that are only linked")
    func annotations() throws {
        let text = """
            target "t" {
              output = ["out"]
              annotations = ["a=b"]
            }
            target "user" { contexts = { l = "target:linked" } }
            target "linked" { annotations = ["a=b"] }
            """
        let builds = try BatchFixture.builds(text, of: ["t", "user"])
        try builds.check()
        #expect(builds.warnings == ["target t: the annotations have no effect: no output is an image"])
        #expect(try builds.request("t").exports == [.local(directory: "out", attributes: [:])])
        #expect(try builds.request("linked").exports == [.cacheOnly])
    }
}
