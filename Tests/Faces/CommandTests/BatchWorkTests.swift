import CaissonBuildModel
import CaissonConfiguration
import CaissonPlanning
import Testing

@testable import caisson

@Suite("The builds of a batch on their way to an engine")
struct BatchWorkTests {
    /// The work of a bake file's text, before and after this machine was looked at.
    private static func work(_ text: String, _ words: [String] = []) throws -> (BatchWork, BatchCommand) {
        let inputs = BakeInputs(localPlatform: "linux/amd64")
        let file = BakeFile(name: "docker-bake.hcl", bytes: Array(text.utf8))
        let definition = try BatchDefinition(reading: [file], in: .init(inputs: inputs) { _, _ in .missing })
        let files = BatchFiles(definition: definition, inputs: inputs, names: ["*"], base: BatchBase())
        let command = try Caisson.command(for: try CommandWords.normalised(["batch"] + words))
        return (try files.resolved(flags: BakeFlags()), try #require(command as? BatchCommand))
    }

    private static let quiet = ["BUILDX_GIT_INFO": "false"]

    /// The configuration of a machine that has none.
    private static func defaults() throws -> Configuration {
        let variables = ["XDG_CONFIG_HOME": "/nonexistent"]
        return try Configuration(
            in: ConfigurationSurroundings(
                variables: variables,
                home: "/nonexistent",
                userID: 1000,
                workingDirectory: "/nonexistent"
            )
        )
    }

    @Test("An output that removes files may, once the user was asked")
    func deletion() async throws {
        let text = """
            target "a" {
              dockerfile-inline = "FROM scratch"
              output = ["type=local,dest=out,mode=delete"]
            }
            target "b" {
              dockerfile-inline = "FROM scratch"
              output = ["out2"]
            }
            """
        var (work, command) = try Self.work(text)
        try await work.prepare(command, Self.defaults(), Self.quiet)
        #expect(work.plan.nodes.map(\.name) == ["a", "b"])
        #expect(work.plan.nodes.map { $0.request.entitlements.map(\.text) } == [["buildx.local.delete"], []])
        for node in work.plan.nodes { try node.request.check() }
    }

    @Test("Secrets whose variables aren't set are left out, and told")
    func secrets() async throws {
        let text = """
            target "a" {
              dockerfile-inline = "FROM scratch\\nRUN --mount=type=secret,id=x --mount=type=secret,id=y true"
              secret = ["id=x,env=CAISSON_X", "id=y,env=CAISSON_Y"]
            }
            """
        var (work, command) = try Self.work(text, ["--no-mask", "--registry-insecure", "r.example"])
        try await work.prepare(command, Self.defaults(), Self.quiet.merging(["CAISSON_X": "1"]) { $1 })
        let request = try #require(work.plan.nodes.first?.request)
        #expect(request.secrets.map(\.id) == ["x"])
        #expect(work.warnings == ["a: the secret \"y\" is left out: the environment has no CAISSON_Y"])
        #expect(!request.masksSecrets)
        #expect(request.insecureRegistries == ["r.example"])
    }

    @Test("A target that is only asked about does without the results of others")
    func questions() async throws {
        let text = """
            target "a" {
              dockerfile-inline = "FROM b"
              contexts = { b = "target:b" }
              call = "outline"
            }
            target "b" { dockerfile-inline = "FROM scratch" }
            """
        var (work, command) = try Self.work(text)
        try await work.prepare(command, Self.defaults(), Self.quiet)
        let asked = try #require(work.plan.nodes.first { $0.name == "a" })
        #expect(asked.question == .outline && asked.sources.isEmpty)
        guard case .directory? = asked.request.contexts["b"] else {
            Issue.record("\(asked.request.contexts)")
            return
        }
    }

    @Test("Everything that is missing is told, with the target's name where there are several")
    func missing() async throws {
        let text = """
            target "a" { context = "/none/a" }
            target "b" { context = "/none/b" }
            """
        var (work, command) = try Self.work(text)
        do {
            try await work.prepare(command, Self.defaults(), Self.quiet)
            Issue.record("it was prepared")
        } catch let error as ReportedError {
            #expect(error.error.code == .usage)
            #expect(error.report.contains("a: ") && error.report.contains("/none/a"))
            #expect(error.report.contains("b: ") && error.report.contains("/none/b"))
        }
    }
}
