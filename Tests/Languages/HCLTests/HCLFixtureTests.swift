import CaissonHCL
import CaissonJSON
import Foundation
import Testing

/// A row of the fixtures: an expression and what bake makes of it.
struct HCLRow: Sendable, CustomStringConvertible {
    var expression: String
    /// The text, nil for null.
    var value: String?
    var isError: Bool

    var description: String { expression }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/hcl").path()

    static let topics = [
        "access", "collections", "computing", "conversions", "encodings", "for", "formats", "heredocs", "networks",
        "numbers", "one-argument", "operators", "random", "special", "splat", "syntax", "templates", "texts", "times",
        "two-arguments",
    ]

    static func rows(_ topic: String) throws -> [HCLRow] {
        let data = try Data(contentsOf: URL(filePath: "\(folder)/\(topic).json"))
        let rows = try #require(try JSON(parsing: [UInt8](data)).array)
        return try rows.map { row in
            HCLRow(
                expression: try #require(row["expression"]?.string),
                value: row["value"]?.string,
                isError: row["error"]?.isTrue ?? false
            )
        }
    }
}

/// What an expression becomes as an argument of a target.
enum HCLAnswer: Hashable, CustomStringConvertible {
    case value(String?)
    case error(String)

    init(_ text: String, in context: HCLContext = HCLContext()) {
        let (expression, diagnostics) = HCLExpression.parse(text + "\n", name: "test.hcl")
        if let first = diagnostics.first {
            self = .error(first.description)
            return
        }
        let result = expression.value(in: context)
        if let first = result.diagnostics.first {
            self = .error(first.description)
            return
        }
        do {
            self = .value(try result.value.converted(to: .string).string)
        } catch {
            self = .error(error.message)
        }
    }

    var isError: Bool { if case .error = self { true } else { false } }

    var description: String {
        switch self {
        case .value(let text): text ?? "null"
        case .error(let text): "error: \(text)"
        }
    }
}

@Suite("Expressions of HCL are what bake makes of them")
struct HCLFixtureTests {
    @Test("Recorded expressions", arguments: HCLRow.topics)
    func recorded(_ topic: String) throws {
        let rows = try HCLRow.rows(topic)
        #expect(rows.count >= 25)
        var differences: [String] = []
        for row in rows {
            let answer = HCLAnswer(row.expression)
            if row.isError ? !answer.isError : answer != .value(row.value) {
                differences.append("\(row.expression): \(answer)")
            }
        }
        #expect(differences == [])
    }

    @Test("Every file of rows is looked at")
    func topics() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: HCLRow.folder)
        #expect(files.filter { $0.hasSuffix(".json") }.sorted() == HCLRow.topics.map { $0 + ".json" })
    }

    @Test("Every function has rows of both kinds, or tests of its own")
    func functions() throws {
        var values: Set<String> = []
        var errors: Set<String> = []
        for topic in HCLRow.topics {
            for row in try HCLRow.rows(topic) {
                let names = HCLExpression.parse(row.expression + "\n", name: "x").expression.functions
                if row.isError { errors.formUnion(names) } else { values.formUnion(names) }
            }
        }
        // Newer than what the rows were recorded with, or different each time, or without a value that they could have.
        let elsewhere: Set = [
            "formattimestamp", "unixtimestampparse", "semvercmp", "timestamp", "homedir", "byteslen", "bytesslice",
        ]
        let names = Set(HCLFunction.standard.keys).subtracting(elsewhere)
        #expect(names.subtracting(values).sorted() == [])
        #expect(names.subtracting(errors).subtracting(["can", "uuidv4"]).sorted() == [])
        #expect(HCLFunction.standard.count == 106)
        #expect(HCLFunction.standard.values.allSatisfy { $0.description.hasSuffix(".") })
    }
}
