import CaissonHCL
import CaissonJSON
import CaissonText
import CaissonYAML
import Testing

@testable import CaissonPlanning

@Suite("The JSON Schema of manifests")
struct ManifestSchemaTests {
    private let schema = ManifestSchema()

    @Test("It is JSON, names the draft, and is the same each time")
    func text() throws {
        let json = try JSON(parsing: Array(schema.text.utf8))
        #expect(json["$schema"] == .string("https://json-schema.org/draft/2020-12/schema"))
        #expect(schema.text == ManifestSchema().text)
        #expect(schema.text.hasSuffix("}\n"))
        let defined = Set(json["$defs"]?.members?.map(\.name) ?? [])
        #expect(defined == Set(ManifestPlace.allCases.map(\.rawValue)).subtracting(["top"]).union(["attributes"]))
    }

    @Test("Every key is in it with its sentence")
    func keys() throws {
        let json = schema.json
        for place in ManifestPlace.allCases {
            let table = place == .top ? json : try #require(json["$defs"]?[place.rawValue])
            let keys = ManifestKey.keys(at: place)
            #expect(table["properties"]?.members?.map(\.name) == keys.map(\.name))
            for key in keys {
                #expect(table["properties"]?[key.name]?["description"] == .string(key.description))
                #expect(key.description.hasSuffix("."))
            }
        }
    }

    @Test("The keys of another kind of job are in it, and the kind")
    func kinds() throws {
        let key = ManifestKey("config", .text, of: "kernel", "The configuration.")
        let kernel = ManifestKind("kernel", hasBuildFields: false, keys: [key], "A Linux kernel.")
        let target = try #require(ManifestSchema(kinds: [.build, kernel]).json["$defs"]?["target"]?["properties"])
        #expect(target["config"] != nil)
        #expect(target["kind"]?["anyOf"]?.array?.first?["enum"] == .array([.string("build"), .string("kernel")]))
    }

    @Test("What is read it accepts", arguments: try ManifestCase.all().filter { !$0.isBad })
    func accepts(_ one: ManifestCase) throws {
        let value = try YAMLValue(parsing: one.text).json
        #expect(try SchemaValidator(schema.json).problems(value) == [])
    }

    @Test(
        "Of all changes of one key it refuses those that the reader refuses, and no others than are refused in the end",
        arguments: try ManifestCase.all().filter { !$0.isBad }
    )
    func mutations(_ one: ManifestCase) throws {
        let validator = SchemaValidator(schema.json)
        var refused = 0
        for mutant in try YAMLValue(parsing: one.text).json.mutants {
            let file = BakeFile(name: "caisson.yaml", bytes: mutant.goBytes(indented: false))
            let isWrong = !ManifestReader(file, kinds: [.build]).problems.isEmpty
            let problems = try validator.problems(mutant)
            if isWrong { refused += 1 }
            #expect(!isWrong || !problems.isEmpty, "only the reader refuses \(mutant.goText(indented: false))")
            if !isWrong, !problems.isEmpty {
                #expect(
                    throws: BakeError.self,
                    "only the schema refuses \(mutant.goText(indented: false)): \(problems)"
                ) {
                    _ = try Manifest(reading: file, inputs: one.inputs)
                }
            }
        }
        #expect(refused > 20)
    }
}

extension YAMLValue {
    /// The value as JSON has it.
    fileprivate var json: JSON {
        switch kind {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .number(String(number))
        case .float(let number): .number(String(number))
        case .string(let text, _): .string(text)
        case .list(let values): .array(values.map(\.json))
        case .map(let entries): .object(entries.map { JSONMember($0.key, $0.value.json) })
        }
    }
}

extension JSON {
    /// The value with one key more, or with another value in one place.
    fileprivate var mutants: [JSON] {
        let others: [JSON] = [
            .null, .bool(true), .number("12"), .string("text"), .array([]), .array([.array([])]), .object([]),
            .object([JSONMember("zzz", .object([]))]),
        ]
        switch self {
        case .object(let members):
            var mutants: [JSON] = [.object(members + [JSONMember("zzz", .string("x"))])]
            for (index, member) in members.enumerated() {
                for other in others + member.value.mutants {
                    var changed = members
                    changed[index].value = other
                    mutants.append(.object(changed))
                }
            }
            return mutants
        case .array(let values):
            return values.indices.flatMap { index in
                (others + values[index].mutants).map { other in
                    var changed = values
                    changed[index] = other
                    return .array(changed)
                }
            }
        default: return []
        }
    }
}
