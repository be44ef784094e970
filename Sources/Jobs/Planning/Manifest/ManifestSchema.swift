import CaissonJSON
import CaissonText

/// The JSON Schema of manifests, made of the same table of keys that they are read by; editors use it.
package struct ManifestSchema: Sendable {
    private let kinds: [ManifestKind]

    /// Describes manifests with jobs of these kinds.
    package init(kinds: [ManifestKind] = [.build]) { self.kinds = kinds }

    /// The schema's text, with a line end; the same each time.
    package var text: String { json.goText() + "\n" }

    /// The schema, in the draft of 2020-12.
    var json: JSON {
        let definitions = ManifestPlace.allCases.filter { $0 != .top }.map { JSONMember($0.rawValue, table($0)) }
        let attributes = JSON([
            "type": .string("object"), "required": .array([.string("type")]), "additionalProperties": Self.text,
        ])
        let all = (definitions + [JSONMember("attributes", attributes)]).sorted { JSON.precedes($0.name, $1.name) }
        return .object(
            [
                JSONMember("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
                JSONMember("title", .string("caisson.yaml")),
            ] + (table(.top).members ?? []) + [
                JSONMember("patternProperties", JSON(["^x-": .bool(true)])),
                JSONMember("$defs", .object(all)),
            ]
        )
    }

    private func table(_ place: ManifestPlace) -> JSON {
        var keys = ManifestKey.keys(at: place)
        if place == .target { keys += kinds.flatMap(\.keys) }
        var members = [
            JSONMember("type", .string("object")),
            JSONMember("additionalProperties", .bool(false)),
            JSONMember("properties", .object(keys.map { JSONMember($0.name, property($0, place)) })),
        ]
        let required = keys.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { members.append(JSONMember("required", .array(required))) }
        return .object(members)
    }

    private func property(_ key: ManifestKey, _ place: ManifestPlace) -> JSON {
        var schemas = alternatives(key.form)
        switch (place, key.name) {
        case (.top, "version"): schemas = [JSON(["const": .number("1")])]
        case (.target, "kind"): schemas = [JSON(["enum": .array(kinds.map { .string($0.name) })])]
        case (.top, "targets"), (.top, "groups"): schemas = schemas.map { Self.named("^[A-Za-z0-9_-]+$", $0) }
        case (.top, "variables"): schemas = schemas.map { Self.named("^[A-Za-z_][A-Za-z0-9_-]*$", $0) }
        default: if !key.form.isStructural { schemas.append(Self.template) }
        }
        if key.isRequired, case .anything = key.form { schemas = [Self.something] }
        if !key.isRequired { schemas.append(Self.type("null")) }
        return .object([JSONMember("description", .string(key.description))] + (Self.any(schemas).members ?? []))
    }

    private static func named(_ pattern: String, _ schema: JSON) -> JSON {
        .object((schema.members ?? []) + [JSONMember("propertyNames", JSON(["pattern": .string(pattern)]))])
    }

    /// A value within lists and tables, which may be a template where the form isn't part of the manifest's make.
    private func value(_ form: ManifestForm, allowsNull: Bool = false) -> JSON {
        let template = form.isStructural ? [] : [Self.template]
        return Self.any(alternatives(form) + template + (allowsNull ? [Self.type("null")] : []))
    }

    private func alternatives(_ form: ManifestForm) -> [JSON] {
        switch form {
        case .text: [Self.text]
        case .flag: [Self.type("boolean"), Self.pattern("^(true|false)$")]
        case .number: [Self.type("number")]
        case .whole: [Self.type("integer")]
        case .duration:
            [
                JSON(["type": .string("integer"), "minimum": .number("0")]),
                Self.pattern("^([0-9]+|([0-9.]+(ns|us|ms|s|m|h))+|P[0-9WDTHMS]+)$"),
            ]
        case .size: [Self.type("number"), Self.pattern("^[0-9.]+ *([kKmMgGtTpP]?[iI]?[bB]?)$")]
        case .word(let words, let orNumber):
            [JSON(["enum": .array(words.map { .string($0) })])]
                + (orNumber
                    ? [JSON(["type": .string("integer"), "minimum": .number("0")]), Self.pattern("^[0-9]+$")] : [])
        case .anything: [JSON([:] as [String: JSON])]
        case .plain:
            [JSON(["type": .array(["string", "number", "boolean", "array"].map { .string($0) })])]
        case .list(let item): [JSON(["type": .string("array"), "items": value(item)])]
        case .map(let inner, let allowsNull):
            [JSON(["type": .string("object"), "additionalProperties": value(inner, allowsNull: allowsNull)])]
        case .table(let place): [Self.reference(place.rawValue)]
        case .attributes: [Self.reference("attributes")]
        case .either(let forms): forms.flatMap { alternatives($0) }
        }
    }

    // MARK: Parts

    private static let text = JSON(["type": .array(["string", "number", "boolean"].map { .string($0) })])
    private static let something = JSON([
        "type": .array(["string", "number", "boolean", "array", "object"].map { .string($0) })
    ])
    private static let template = pattern("[$%][{]")

    private static func type(_ name: String) -> JSON { JSON(["type": .string(name)]) }
    private static func pattern(_ pattern: String) -> JSON {
        JSON(["type": .string("string"), "pattern": .string(pattern)])
    }
    private static func reference(_ name: String) -> JSON { JSON(["$ref": .string("#/$defs/\(name)")]) }

    /// One of several; a template is none of its own where any text or any value will do.
    private static func any(_ schemas: [JSON]) -> JSON {
        if let one = schemas.first(where: { $0.members?.isEmpty == true }) { return one }
        let isText = schemas.contains(text)
        let left = schemas.filter { !isText || $0 != template }
        return left.count == 1 ? left[0] : JSON(["anyOf": .array(left)])
    }
}
