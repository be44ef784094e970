import CaissonJSON
import Testing

/// Holds a value against a JSON Schema, as far as manifests' schema uses that language.
struct SchemaValidator {
    private let root: JSON

    init(_ root: JSON) { self.root = root }

    private static let notes: Set<String> = ["$schema", "$defs", "title", "description"]

    /// The keywords of a schema that a value doesn't meet, with the value's path; empty where it meets all.
    func problems(_ value: JSON, _ schema: JSON? = nil, _ path: String = "") throws -> [String] {
        let schema = schema ?? root
        if schema == .bool(true) { return [] }
        var problems: [String] = []
        for member in try #require(schema.members) where !Self.notes.contains(member.name) {
            problems += try check(value, member.name, member.value, schema, path).map { "\(path): \($0)" }
        }
        return problems
    }

    private func check(
        _ value: JSON,
        _ keyword: String,
        _ argument: JSON,
        _ schema: JSON,
        _ path: String
    ) throws
        -> [String]
    {
        switch keyword {
        case "$ref":
            let name = try #require(argument.string?.split(separator: "/").last.map(String.init))
            return try problems(value, try #require(root["$defs"]?[name]), path)
        case "type":
            let names = argument.array?.compactMap(\.string) ?? [argument.string ?? ""]
            return names.contains { isOfType(value, $0) } ? [] : ["type"]
        case "const": return value == argument ? [] : ["const"]
        case "enum": return try #require(argument.array).contains(value) ? [] : ["enum"]
        case "pattern":
            guard let text = value.string else { return [] }
            return text.contains(try Regex(try #require(argument.string))) ? [] : ["pattern"]
        case "minimum":
            guard case .number(let text) = value, case .number(let least) = argument else { return [] }
            return try #require(Double(text)) >= (try #require(Double(least))) ? [] : ["minimum"]
        case "anyOf":
            let fits = try #require(argument.array).contains { try problems(value, $0, path).isEmpty }
            return fits ? [] : ["anyOf"]
        case "items":
            return try (value.array ?? []).flatMap { try problems($0, argument, path + "[]") }
        default: return try checkTable(value, keyword, argument, schema, path)
        }
    }

    private func checkTable(
        _ value: JSON,
        _ keyword: String,
        _ argument: JSON,
        _ schema: JSON,
        _ path: String
    ) throws
        -> [String]
    {
        let members = value.members ?? []
        switch keyword {
        case "required":
            guard value.isObject else { return [] }
            return try #require(argument.array).filter { name in !members.contains { $0.name == name.string } }
                .map { "required \($0)" }
        case "properties":
            return try members.flatMap { member in
                try argument[member.name].map { try problems(member.value, $0, "\(path).\(member.name)") } ?? []
            }
        case "patternProperties": return []
        case "propertyNames":
            return try members.flatMap { try problems(.string($0.name), argument, "\(path).\($0.name)") }
        case "additionalProperties":
            let patterns = try (schema["patternProperties"]?.members ?? []).map { try Regex($0.name) }
            let others = members.filter { member in
                schema["properties"]?[member.name] == nil && !patterns.contains { member.name.contains($0) }
            }
            if argument == .bool(false) { return others.map { "no key \($0.name)" } }
            return try others.flatMap { try problems($0.value, argument, "\(path).\($0.name)") }
        default:
            Issue.record("the validator knows no \(keyword)")
            return []
        }
    }

    private func isOfType(_ value: JSON, _ name: String) -> Bool {
        switch value {
        case .null: name == "null"
        case .bool: name == "boolean"
        case .number(let text): name == "number" || (name == "integer" && Int64(text) != nil)
        case .string: name == "string"
        case .array: name == "array"
        case .object: name == "object"
        }
    }
}
