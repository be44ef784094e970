import CaissonBuildModel
import CaissonText
import Testing

@testable import CaissonPlanning

@Suite("Services as targets of a batch")
struct ComposeTargetTests {
    /// A field of a service's build, and the field of the target that it becomes.
    struct Row: Sendable, CustomTestStringConvertible {
        /// The name of the property.
        var name: String
        var key: BakeKey
        var value: BakeValue
        var set: @Sendable (inout ComposeTarget) -> Void

        var testDescription: String { name }

        init(
            _ name: String,
            _ key: BakeKey,
            _ value: BakeValue,
            _ set: @escaping @Sendable (inout ComposeTarget) -> Void
        ) {
            (self.name, self.key, self.value, self.set) = (name, key, value, set)
        }
    }

    private static let rows: [Row] = [
        Row("context", .context, .text("app")) { $0.context = "app" },
        Row("contexts", .contexts, .pairs(["a": "target:b"])) { $0.contexts = ["a": "target:b"] },
        Row("dockerfile", .dockerfile, .text("D")) { $0.dockerfile = "D" },
        Row("dockerfileInline", .dockerfileInline, .text("FROM a")) { $0.dockerfileInline = "FROM a" },
        Row("arguments", .args, .pairs(["A": ""])) { $0.arguments = ["A": ""] },
        Row("labels", .labels, .pairs(["l": "1"])) { $0.labels = ["l": "1"] },
        Row("tags", .tags, .texts(["b", "a"])) { $0.tags = ["b", "a"] },
        Row("cacheFrom", .cacheFrom, .entries([BakeEntry(["type": "registry", "ref": "r"])])) {
            $0.cacheFrom = [["type": "registry", "ref": "r"]]
        },
        Row("cacheTo", .cacheTo, .entries([BakeEntry(["type": "inline"])])) { $0.cacheTo = [["type": "inline"]] },
        Row("target", .target, .text("stage")) { $0.target = "stage" },
        Row("secrets", .secret, .entries([BakeEntry(["id": "a", "src": "f"]), BakeEntry(["id": "b", "env": "B"])])) {
            $0.secrets = [.init(id: "a", file: "f", variable: ""), .init(id: "b", file: "", variable: "B")]
        },
        Row("ssh", .ssh, .entries([BakeEntry(["id": "default"]), BakeEntry(["id": "k"], paths: ["p"])])) {
            $0.ssh = [.init(id: "default", paths: []), .init(id: "k", paths: ["p"])]
        },
        Row("platforms", .platforms, .texts(["linux/amd64"])) { $0.platforms = ["linux/amd64"] },
        Row(
            "outputs",
            .output,
            .entries([BakeEntry(["type": "local", "dest": "out", "mode": "copy"]), BakeEntry(["type": "docker"])])
        ) {
            $0.outputs = [
                .init(type: "local", destination: "out", attributes: ["mode": "copy"]),
                .init(type: "docker", destination: "", attributes: [:]),
            ]
        },
        Row("pull", .pull, .flag(false)) { $0.pull = false },
        Row("noCache", .noCache, .flag(true)) { $0.noCache = true },
        Row("network", .network, .text("none")) { $0.network = "none" },
        Row("noCacheFilter", .noCacheFilter, .texts(["a"])) { $0.noCacheFilter = ["a"] },
        Row("shmSize", .shmSize, .text("64MiB")) { $0.shmSize = "64MiB" },
        Row("ulimits", .ulimits, .texts(["nofile=1:2"])) { $0.ulimits = ["nofile=1:2"] },
        Row("extraHosts", .extraHosts, .pairs(["a": "1.2.3.4,::1"])) { $0.extraHosts = ["a": "1.2.3.4,::1"] },
        Row(
            "attestations",
            .attest,
            .entries([
                BakeEntry(["type": "sbom", "disabled": "true"]), BakeEntry(["type": "provenance", "mode": "max"]),
            ])
        ) {
            $0.attestations = [
                .init(type: "sbom", isDisabled: true, attributes: [:]),
                .init(type: "provenance", isDisabled: false, attributes: ["mode": "max"]),
            ]
        },
    ]

    private static let plain = ComposeTarget(name: "s", place: ComposePlace("compose.yaml"))

    @Test("Every field of a service's build has a row")
    func complete() {
        let fields = Mirror(reflecting: Self.plain).children.compactMap(\.label)
        #expect(Set(fields) == Set(Self.rows.map(\.name)).union(["name", "place"]))
        #expect(fields.count == Self.rows.count + 2)
    }

    @Test("A field becomes one of the target, and nothing else is said", arguments: rows)
    func field(row: Row) {
        #expect(BakeTarget(Self.plain).values.isEmpty)
        var service = Self.plain
        row.set(&service)
        let target = BakeTarget(service)
        #expect(target.name == "s")
        #expect(target.values == [row.key: row.value])
    }

    @Test("A bake file's target goes over that of the service with its name, whatever the order of the files")
    func merged() throws {
        let compose = """
            services:
              web.app:
                image: web
                build:
                  context: web
                  args: {A: "1", B: "1"}
                  tags: [one]
                  cache_from: [a]
                  extra_hosts: {h: [1.2.3.4, "::1"]}
              db: {build: db}
            """
        let bake = """
            group "more" { targets = ["default"] }
            target "web_app" {
              args = { B = "2", C = "3" }
              tags = ["two"]
              cache-from = ["b"]
            }
            target "extra" { inherits = ["db"] }
            """
        let files = [("docker-bake.hcl", bake), ("compose.yaml", compose)]
        let inputs = BakeInputs(localPlatform: "linux/amd64")
        for files in [files, files.reversed()] {
            let definition = try BatchFixture.definition(files)
            let builds = try definition.builds(of: ["more", "extra"], flags: BakeFlags(), inputs: inputs)
            try builds.check()
            #expect(builds.plan.nodes.map(\.name) == ["db", "extra", "web_app"])
            let request = try builds.request("web_app")
            #expect(request.context == .directory("web"))
            #expect(request.buildArgs == ["A": "1", "B": "2", "C": "3"])
            #expect(request.tags.map(\.familiar) == ["two:latest"])
            #expect(request.caches.sources.map { $0.attributes["ref"] } == ["a", "b"])
            #expect(request.extraHosts.map(\.address) == ["1.2.3.4", "::1"])
            #expect(try builds.request("extra").context == .directory("db"))
        }
    }

    @Test("Later files go over earlier ones, and a file without a known name is compose's where it reads as that")
    func files() throws {
        func builds(_ files: [(String, String)]) throws -> BatchBuilds {
            let inputs = BakeInputs(localPlatform: "linux/amd64", variables: ["V": "given"])
            return try BatchFixture.definition(files, environment: ["V": "environment"], variables: ["V": "given"])
                .builds(of: ["s"], flags: BakeFlags(), inputs: inputs)
        }
        let service = "services: {s: {build: {context: ., args: {V: \"$V\"}}}}"
        let target = "variable \"V\" {}\ntarget \"s\" { args = { V = V, W = \"1\" } }"
        #expect(try builds([("-", service)]).request("s").buildArgs == ["V": "given"])
        #expect(try builds([("-", target)]).request("s").buildArgs == ["V": "given", "W": "1"])
        let later = "{\"target\": {\"s\": {\"args\": {\"W\": \"2\"}}}}"
        let both = try builds([("a.hcl", target), ("b", later), ("compose.yml", service)])
        #expect(try both.request("s").buildArgs == ["V": "given", "W": "2"])
        #expect(try builds([("b", later), ("a.hcl", target)]).request("s").buildArgs["W"] == "1")
    }

    @Test("What is wrong with compose files is told before bake files are read")
    func wrong() throws {
        let files = [("docker-bake.hcl", "target {"), ("compose.yaml", "services: {s: {build: [1]}}")]
        do throws(BatchError) {
            _ = try BatchFixture.definition(files)
            Issue.record("it was read")
        } catch {
            #expect(error.problems.count == 1)
            #expect(error.problems.first?.message.hasPrefix("compose.yaml:1:") == true)
        }
        #expect(throws: BatchError.self) { try BatchFixture.definition([("docker-bake.hcl", "target {")]) }
        #expect(throws: BatchError.self) { try BatchFixture.definition([("other", "target {")]) }
    }
}
