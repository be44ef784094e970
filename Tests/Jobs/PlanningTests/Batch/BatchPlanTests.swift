import CaissonBuildModel
import Testing

@testable import CaissonPlanning

@Suite("The builds of what is asked for")
struct BatchPlanTests {
    private static let text = """
        group "default" { targets = ["web", "all"] }
        group "all" { targets = ["tools", "api", "web"] }
        group "tools" { targets = ["zip", "tools"] }
        target "tools" { contexts = { a = "target:linked-b" } }
        target "web" { contexts = { z = "target:linked-z" } }
        target "api" { contexts = { b = "target:linked-b" } }
        target "zip" {}
        target "linked-b" {}
        target "linked-z" { contexts = { b = "target:linked-b" } }
        target "alone" {}
        """

    private static let orders: [(names: [String], order: [String])] = [
        // bake sorts what is asked for.
        ([], ["zip", "tools", "api", "web", "linked-b", "linked-z"]),
        (["zip", "api"], ["api", "zip", "linked-b"]), (["tools"], ["zip", "tools", "linked-b"]),
        (["web", "linked-b"], ["linked-b", "web", "linked-z"]), (["alone", "alone"], ["alone"]),
        (["z*", "al*"], ["zip", "tools", "api", "web", "alone", "linked-b", "linked-z"]),
    ]

    @Test("Groups come in their order with the groups in them, and last what is only linked", arguments: orders)
    func order(row: (names: [String], order: [String])) throws {
        let builds = try BatchFixture.builds(Self.text, of: row.names)
        try builds.check()
        #expect(builds.plan.nodes.map(\.name) == row.order)
    }

    @Test("Without a group default it is the target of that name")
    func defaultTarget() throws {
        let builds = try BatchFixture.builds("target \"default\" { tags = [\"a\"] }\ntarget \"b\" {}", of: [])
        #expect(builds.plan.nodes.map(\.name) == ["default"])
        #expect(throws: BatchError.self) { try BatchFixture.builds("target \"b\" {}", of: []) }
    }

    private static let questions: [(call: String, question: BuildQuestion?)] = [
        ("build", nil), ("", nil), ("check", .check), ("lint", .check), ("outline", .outline), ("targets", .targets),
        ("subrequests.describe", .describe), ("check,format=json", .check),
    ]

    @Test("What is asked instead of building", arguments: questions)
    func question(row: (call: String, question: BuildQuestion?)) throws {
        let builds = try BatchFixture.builds("target \"t\" { call = \"\(row.call)\" }")
        try builds.check()
        #expect(builds.plan.nodes.map(\.question) == [row.question])
        var flags = BakeFlags()
        flags.call = row.call
        let asked = try BatchFixture.builds("target \"t\" { call = \"targets\" }", flags: flags)
        #expect(asked.plan.nodes.map(\.question) == [row.question])
    }

    @Test("Flags change all targets: no cache, looking bases up, pushing")
    func flags() throws {
        var flags = BakeFlags()
        (flags.noCache, flags.pull, flags.push, flags.sbom) = (false, true, true, "true")
        let text = "target \"a\" {\n tags = [\"a\"]\n no-cache = true\n}\ntarget \"b\" { tags = [\"b\"] }"
        let builds = try BatchFixture.builds(text, flags: flags)
        try builds.check()
        for name in ["a", "b"] {
            let request = try builds.request(name)
            #expect(request.noCache == .off)
            #expect(request.pull)
            #expect(request.exports == [.image(attributes: [:], isPushed: true)])
            #expect(request.attestations == [Attestation(kind: .sbom)])
        }
    }

    @Test(
        "A target that pushes needs a name of its own, unless it is only asked about",
        arguments: [
            ("target \"a\" { output = [\"type=registry\"] }", 1),
            ("target \"a\" {\n output = [\"type=registry\"]\n call = \"check\"\n}", 0),
            ("target \"a\" {\n output = [\"type=registry\"]\n call = \"build\"\n}", 1),
            ("target \"a\" { output = [\"type=registry,name=r.example/a\"] }", 0),
            (
                "target \"a\" {\n output = [\"type=registry\"]\n tags = [\"x\"]\n}\n"
                    + "target \"b\" {\n output = [\"type=image,push=true\"]\n "
                    + "tags = [\"docker.io/library/x:latest\"]\n}",
                1
            ),
        ]
    )
    func pushes(text: String, count: Int) throws {
        #expect(try BatchFixture.builds(text).bake.pushProblems.count == count)
    }

    @Test("What is probably misspelt is told with the builds")
    func warnings() throws {
        let compose = "services: {s: {build: {context: ., args: {A: \"$UNSET\"}}}}"
        let definition = try BatchFixture.definition([("compose.yaml", compose)])
        let inputs = BakeInputs(localPlatform: "linux/amd64")
        let builds = try definition.builds(of: [], flags: BakeFlags(), inputs: inputs)
        #expect(builds.warnings.count == 1)
        #expect(builds.warnings.first?.contains("UNSET") == true)
    }
}
