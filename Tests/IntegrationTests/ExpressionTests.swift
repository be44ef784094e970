import CaissonHCL
import CaissonJSON
import CaissonPlanning
import Foundation
import Testing

/// Random expressions of HCL, whose values here are those that docker-buildx computes.
@Suite(
    .enabled(
        if: BuildxHelp.isThere || TestPaths.enginesAreRequired,
        "skipped: no docker-buildx (Scripts/install-engines 28)"
    )
)
struct ExpressionTests {
    private static let seeds: [UInt64] = [1, 2, 3, 4, 5]
    private static let expressionsOfSeed = 1200

    /// Where buildx 0.29 answers otherwise than 0.36, as which we answer: what such an expression has in it, and why.
    private static let known = [
        ("&&", "0.36 decides by one side where the other fails"),
        ("||", "0.36 decides by one side where the other fails"),
        ("element(", "0.36 counts from the end"), ("optional(", "0.29 has no optional attributes"),
        ("semvercmp(", "0.29 doesn't have it"), ("formattimestamp(", "0.29 doesn't have it"),
        ("unixtimestampparse(", "0.29 doesn't have it"),
    ]

    @Test func `the values of random expressions are those of docker buildx`() async throws {
        var counts: [String: Int] = [:]
        var reasons: [String: Int] = [:]
        var differences: [String] = []
        var (total, valued) = (0, 0)
        for seed in Self.seeds {
            var generator = ExpressionGenerator(seed: seed)
            let expressions = (0..<Self.expressionsOfSeed).map { _ in generator.next() }
            counts.merge(generator.counts) { $0 + $1 }
            let (ours, peers) = try await Self.answers(expressions)
            for (index, expression) in expressions.enumerated() {
                total += 1
                if ours[index] != Self.failed { valued += 1 }
                guard ours[index] != peers[index] else { continue }
                if let reason = Self.reason(expression, peers[index]) {
                    reasons[reason, default: 0] += 1
                } else {
                    let answers = "ours is \(ours[index] ?? "missing"), the peer's \(peers[index] ?? "missing")"
                    differences.append("seed \(seed): \(expression)\n  \(answers)")
                }
            }
        }
        print("seeds \(Self.seeds): \(total) expressions, \(valued) with a value; known to differ: \(reasons)")
        #expect(differences.isEmpty, "\(differences.prefix(20).joined(separator: "\n"))")
        #expect(total >= 5000 && valued > total / 2, "\(valued) of \(total) have a value")
        Self.check(counts)
    }

    /// Every operator, form and function has to have occurred.
    private static func check(_ counts: [String: Int]) {
        #expect(Set(HCLFunction.standard.keys) == Set(ExpressionRows.functions.map(\.name)))
        let wanted = Set((ExpressionRows.functions + ExpressionRows.forms).map(\.name))
        let rare = wanted.filter { counts[$0, default: 0] < 20 }
        #expect(wanted.count >= 106 + 30 && rare.isEmpty, "less than 20 times: \(rare.sorted())")
        let least = wanted.min { counts[$0, default: 0] < counts[$1, default: 0] } ?? ""
        print("\(wanted.count) functions, operators and forms; the rarest is \(least), \(counts[least] ?? 0) times")
    }

    /// Why an expression may have another answer there.
    private static func reason(_ expression: String, _ peer: String?) -> String? {
        guard peer == failed || expression.contains("try(") || expression.contains("can(") else { return nil }
        return known.first { expression.contains($0.0) }?.1
    }
}

// MARK: - Files

extension ExpressionTests {
    /// What stands for the value of an expression that has none; JSON texts have quotation marks.
    private static let failed = "error"

    /// The variables, and those names of types that buildx 0.29 takes for variables.
    private static let variables = """
        text = "Tëxt"
        amount = 42
        flag = false
        texts = ["p", "q", "r"]
        numbers = [4, 5, 6]
        table = { a = "A", z = "Z" }
        nothing = null
        string = ""
        number = 0
        bool = true
        any = ""

        """

    /// A file with an expression in each argument, 50 of them to a target.
    private static func file(_ expressions: [String]) -> String {
        var text = variables
        for start in stride(from: 0, to: expressions.count, by: 50) {
            text += "target \"t\(start)\" {\n  args = {\n"
            for index in start..<min(start + 50, expressions.count) {
                text += "    e\(index) = try(jsonencode(\(expressions[index])), \"\(failed)\")\n"
            }
            text += "  }\n}\n"
        }
        return text
    }

    /// What becomes of expressions here and there.
    private static func answers(_ expressions: [String]) async throws -> (ours: [String?], peers: [String?]) {
        let text = file(expressions)
        let folder = TestPaths.uniquePath("expressions")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: folder + "/docker-bake.hcl"))
        var command = Command(BuildxHelp.program, ["bake", "--print", "*"])
        command.directory = folder
        let home = try #require(command.environment["HOME"])
        let peers = try JSON(parsing: [UInt8](try await runSuccessfully(command).standardOutput))
        return (answers(try printed(text, home: home), expressions.count), answers(peers, expressions.count))
    }

    private static func printed(_ text: String, home: String) throws -> JSON {
        var inputs = BakeInputs(localPlatform: "linux/amd64")
        inputs.machine.home = { home }
        let file = BakeFile(name: "docker-bake.hcl", bytes: Array(text.utf8))
        let configuration = try BakeConfiguration(reading: [file], inputs: inputs)
        return try BakePlan(configuration, names: ["*"], inputs: inputs).printed
    }

    private static func answers(_ printed: JSON, _ count: Int) -> [String?] {
        (0..<count).map { printed["target"]?["t\($0 / 50 * 50)"]?["args"]?["e\($0)"]?.string }
    }
}
