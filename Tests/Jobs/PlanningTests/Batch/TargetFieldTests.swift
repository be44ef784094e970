import CaissonBuildModel
import CaissonText
import Testing

@testable import CaissonPlanning

@Suite("What each field of a target becomes")
struct TargetFieldTests {
    /// A field with lines of a target, and what they change in its build.
    struct Row: Sendable, CustomTestStringConvertible {
        var key: BakeKey
        var lines: String
        var change: @Sendable (inout BuildRequest) throws -> Void

        var testDescription: String { key.rawValue }

        init(_ key: BakeKey, _ lines: String, _ change: @escaping @Sendable (inout BuildRequest) throws -> Void) {
            self.key = key
            self.lines = lines
            self.change = change
        }
    }

    private static let rows: [Row] = sources + image + results + limits

    private static let sources: [Row] = [
        Row(.description, #"description = "An app.""#) { _ in },
        Row(.inherits, #"inherits = ["base"]"#) { $0.buildArgs = ["FROM": "base"] },
        Row(.context, #"context = "./sub/""#) {
            ($0.context, $0.dockerfile) = (.directory("sub"), .file("sub/Dockerfile"))
        },
        Row(.contexts, #"contexts = { "docker.io/library/go:latest" = "../go", up = "https://a.example/x.git" }"#) {
            $0.contexts = ["go": .directory("../go"), "up": .remote("https://a.example/x.git")]
        },
        Row(.dockerfile, #"dockerfile = "dir/../app.Dockerfile""#) { $0.dockerfile = .file("app.Dockerfile") },
        Row(.dockerfileInline, #"dockerfile-inline = "FROM scratch""#) {
            $0.dockerfile = .text(Array("FROM scratch".utf8))
        },
        Row(.args, #"args = { A = "1", B = null, C = "" }"#) { $0.buildArgs = ["A": "1", "C": ""] },
        Row(.target, #"target = "stage""#) { $0.target = "stage" },
        // A question stands beside the build; see BatchPlanTests.
        Row(.call, #"call = "outline""#) { _ in },
    ]

    private static let image: [Row] = [
        Row(.annotations, #"annotations = ["index:a=b"]"#) {
            $0.exports = [.image(attributes: ["annotation-index.a": "b"], isPushed: false)]
        },
        Row(.attest, #"attest = ["type=provenance,mode=max", "type=sbom,disabled=true"]"#) {
            $0.attestations = [Attestation(kind: .provenance, parameters: ["mode": "max"])]
        },
        Row(.labels, #"labels = { a = "1", b = null, c = "" }"#) { $0.labels = ["a": "1", "c": ""] },
        Row(.tags, #"tags = ["app:1", "", "app:1", "r.example/app"]"#) {
            $0.tags = [try ImageReference(parsing: "app:1"), try ImageReference(parsing: "r.example/app")]
        },
        Row(.platforms, #"platforms = ["linux/amd64", "local,linux/arm/v7", "linux/x86_64"]"#) {
            $0.platforms = [
                Platform(os: "linux", architecture: "amd64"), Platform.host, try Platform(parsing: "linux/arm/v7"),
            ].reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        },
    ]

    private static let results: [Row] = [
        Row(.cacheFrom, #"cache-from = ["r.example/c", { type = "local", src = "c" }]"#) {
            $0.caches.sources = [
                CacheSpec(kind: .registry, attributes: ["ref": "r.example/c"]),
                CacheSpec(kind: .local, attributes: ["src": "c"]),
            ]
        },
        Row(.cacheTo, #"cache-to = ["type=local,dest=c,mode=max"]"#) {
            $0.caches.destinations = [CacheSpec(kind: .local, attributes: ["dest": "c", "mode": "max"])]
        },
        Row(.secret, #"secret = ["id=a,src=f", { id = "b", env = "B" }, "id=c"]"#) {
            $0.secrets = [
                SecretSpec(id: "a", source: .file("f")), SecretSpec(id: "b", source: .environment("B")),
                SecretSpec(id: "c"),
            ]
        },
        Row(.ssh, #"ssh = ["default", { id = "k", paths = ["one", "two"] }]"#) {
            $0.ssh = [SSHSpec(), SSHSpec(id: "k", paths: ["one", "two"])]
        },
        Row(.output, #"output = ["type=registry", { type = "local", dest = "out" }, "type=tar", "type=cacheonly"]"#) {
            $0.exports = [
                .image(attributes: ["unpack": "false"], isPushed: true), .local(directory: "out", attributes: [:]),
                .tar(.standardOutput, attributes: [:]), .cacheOnly,
            ]
            // What is pushed needs a name.
            $0.tags = [try ImageReference(parsing: "app")]
        },
        Row(.pull, "pull = true") { $0.pull = true },
        Row(.noCache, "no-cache = true") { $0.noCache = .all },
        Row(.noCacheFilter, #"no-cache-filter = ["a", "b", "a"]"#) { $0.noCache = .stages(["a", "b"]) },
        Row(.policy, "policy = [{ disabled = true }]") { _ in },
    ]

    private static let limits: [Row] = [
        Row(.network, #"network = "host""#) {
            $0.network = .host
            $0.entitlements = [try Entitlement(parsing: "network.host")]
        },
        Row(.shmSize, #"shm-size = "64m""#) { $0.shmSize = 64 << 20 },
        Row(.ulimits, #"ulimits = ["nproc=3", "nofile=1:2", "nofile=4"]"#) {
            $0.ulimits = [Ulimit(name: "nofile", soft: 4, hard: 4), Ulimit(name: "nproc", soft: 3, hard: 3)]
        },
        Row(.resources, #"resources = { memory = "1g", cpu-shares = 5, cpuset-cpus = "0,2" }"#) {
            $0.resources = try ResourceLimits(parsing: #"memory=1g,cpu-shares=5,"cpuset-cpus=0,2""#)
        },
        Row(.entitlements, #"entitlements = ["security.insecure", "device=gpu"]"#) {
            $0.entitlements = [
                try Entitlement(parsing: "security.insecure"), try Entitlement(parsing: "device=gpu"),
            ]
        },
        Row(.extraHosts, #"extra-hosts = { b = "1.2.3.4,::1", a = "host-gateway", c = null }"#) {
            $0.extraHosts = [
                ExtraHost(name: "a", address: "host-gateway"), ExtraHost(name: "b", address: "1.2.3.4"),
                ExtraHost(name: "b", address: "::1"),
            ]
        },
    ]

    private static let base = "target \"base\" { args = { FROM = \"base\" } }\n"

    @Test("Every field of a target has a row, and only groups have the others")
    func complete() {
        #expect(Set(Self.rows.map(\.key)) == Set(BakeField.target.map(\.key)))
        #expect(Set(Self.rows.map(\.key)).union([.targets]) == Set(BakeKey.allCases))
    }

    @Test("A field changes its part of the build and nothing else", arguments: rows)
    func field(row: Row) throws {
        var expected = BuildRequest(context: .directory("."), dockerfile: .file("Dockerfile"))
        try row.change(&expected)
        let tags = row.key == .output ? "tags = [\"app\"]\n" : ""
        let found = try BatchFixture.request("\(Self.base)target \"t\" {\n\(tags)\(row.lines)\n}\n")
        #expect(found == expected)
    }

    @Test(
        "A value that says nothing leaves the build as it is",
        arguments: [
            "context = \"\"", "dockerfile = \"\"", "dockerfile-inline = \"\"", "target = \"\"", "network = \"\"",
            "network = \"default\"", "shm-size = \"0\"", "no-cache = false", "pull = false", "tags = [\"\"]",
            "platforms = []", "output = []", "call = \"\"", "contexts = { a = \"\" }", "args = { A = null }",
            "labels = { A = null }", "cache-from = [\"\"]", "attest = [\"type=sbom,disabled=true\"]", "ssh = []",
        ]
    )
    func nothing(line: String) throws {
        let plain = BuildRequest(context: .directory("."), dockerfile: .file("Dockerfile"))
        #expect(try BatchFixture.request("target \"t\" {\n\(line)\n}\n") == plain)
    }
}
