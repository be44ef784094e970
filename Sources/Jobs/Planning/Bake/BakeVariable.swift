import CaissonBuildModel
import CaissonHCL
import CaissonJSON
import CaissonText

/// A variable of a definition with its value.
package struct BakeVariable: Sendable, Hashable {
    /// The name.
    package let name: String
    /// What it is for; empty where nothing is said.
    package let description: String
    /// The name of the declared type; nil where none is declared.
    package let type: String?
    /// The value as it is listed; nil for null.
    package let value: String?

    init(name: String, description: String, type: HCLType?, value: HCLValue) {
        self.name = name
        self.description = description
        self.type = type?.constraintName
        self.value = value.isNull ? nil : Self.text(of: value, type)
    }

    /// A text as it is, everything else as JSON; a text of a declared type with JSON's escapes, as bake has it.
    private static func text(of value: HCLValue, _ type: HCLType?) -> String {
        if type == nil, value.type.isPrimitive { return (try? value.converted(to: .string))?.string ?? "" }
        guard let json = try? value.json(declaredAs: type ?? value.type) else { return "" }
        let text = json.goText(indented: false)
        guard type == .string else { return text }
        let trimmed = text.drop { $0 == "\"" }.reversed().drop { $0 == "\"" }.reversed()
        return String(trimmed)
    }
}

/// The text that a variable is set to on the command line or by the environment.
struct BakeVariableOverride {
    let text: String
    /// Whether it was given as `NAME_JSON`.
    let isJSON: Bool

    /// The value that it gives a variable, by its declared type or, without one, by that of its default.
    func value(named name: String, type: HCLType?, initial: HCLValue?) throws(BakeValueError) -> HCLValue {
        if let type {
            if isJSON { return try json(type) }
            if let elements = try commaValue(type) { return elements }
            guard type.isPrimitive else { throw BakeValueError("a \(type) is set with \(name)_JSON") }
            return try primitive(text, type)
        }
        guard let initial, initial.type != .any else { return .string(text) }
        guard initial.type.isPrimitive else {
            throw BakeValueError("it has no type and its default is a \(initial.type), which can't be set from outside")
        }
        return try primitive(text, initial.type)
    }

    private func primitive(_ text: String, _ type: HCLType) throws(BakeValueError) -> HCLValue {
        switch type {
        case .bool:
            guard let flag = GoBoolean.parse(text) else {
                throw BakeValueError("\(text.quoted) is neither true nor false")
            }
            return .bool(flag)
        case .number:
            guard let number = Self.number(text) else { throw BakeValueError("\(text.quoted) is no number") }
            return .number(number)
        case .string: return .string(text)
        default: throw BakeValueError("elements of the type \(type) can't be set so; use JSON")
        }
    }

    /// A number as Go's `ParseFloat` reads it, with the precision of machine numbers.
    private static func number(_ text: String) -> HCLNumber? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "_") }
        let isPlain = digits.allSatisfy { $0.isDigit || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
        let hasFineUnderscores = text.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty }
        guard isPlain, hasFineUnderscores, let double = Double(String(decoding: digits, as: UTF8.self)), double.isFinite
        else { return nil }
        return HCLNumber(double)
    }
}

// MARK: - Comma-separated values

extension BakeVariableOverride {
    /// The elements of a list, a set, a map or a tuple; nil for other types.
    private func commaValue(_ type: HCLType) throws(BakeValueError) -> HCLValue? {
        switch type {
        case .list, .set:
            let element = type.element ?? .any
            var values: [HCLValue] = []
            for field in try fields { values.append(try primitive(field, element)) }
            return try HCLValue.list(values, of: element).brought(to: type)
        case .map(let element):
            var values: [String: HCLValue] = [:]
            for field in try fields {
                guard let (key, value) = Self.keyAndValue(field) else {
                    throw BakeValueError("\(field.quoted) is no pair of the form KEY:VALUE")
                }
                values[key] = try primitive(value, element)
            }
            return .map(values, of: element)
        case .tuple(let elements):
            let fields = try fields
            guard fields.count == elements.count else {
                throw BakeValueError("\(elements.count) elements are expected, not \(fields.count)")
            }
            var values: [HCLValue] = []
            for (field, element) in zip(fields, elements) { values.append(try primitive(field, element)) }
            return .tuple(values)
        default: return nil
        }
    }

    private var fields: [String] {
        get throws(BakeValueError) {
            guard !text.isEmpty else { throw BakeValueError("it is empty") }
            guard let fields = CommaFields.parse(text) else { throw BakeValueError("its quotes don't match") }
            return fields
        }
    }

    private static func keyAndValue(_ field: String) -> (String, String)? {
        let parts = field.pieces(at: ":")
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}

// MARK: - JSON

extension BakeVariableOverride {
    private func json(_ type: HCLType) throws(BakeValueError) -> HCLValue {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: Array(text.utf8))
        } catch {
            throw BakeValueError("it is no JSON: \(error)")
        }
        return try Self.value(json, type).brought(to: type)
    }

    /// The value that JSON describes as one of a type, as go-cty reads it: `any` is an object of a value and its type.
    private static func value(_ json: JSON, _ type: HCLType) throws(BakeValueError) -> HCLValue {
        if json == .null { return .null(type) }
        switch type {
        case .any: return try typed(json)
        case .list(let element), .set(let element):
            var values: [HCLValue] = []
            guard let elements = json.array else { throw BakeValueError("an array is required") }
            for json in elements { values.append(try value(json, element)) }
            return .tuple(values)
        case .tuple(let elements):
            guard let array = json.array, array.count == elements.count else {
                throw BakeValueError("an array of \(elements.count) elements is required")
            }
            var values: [HCLValue] = []
            for (json, element) in zip(array, elements) { values.append(try value(json, element)) }
            return .tuple(values)
        case .map(let element): return .object(try members(json) { _ throws(BakeValueError) in element })
        case .object(let attributes, _):
            var values = try members(json) { name throws(BakeValueError) in
                guard let type = attributes[name] else { throw BakeValueError("unsupported attribute \(name.quoted)") }
                return type
            }
            for (name, type) in attributes where values[name] == nil { values[name] = .null(type) }
            return .object(values)
        default: return try plain(json)
        }
    }

    private static func members(
        _ json: JSON,
        _ type: (String) throws(BakeValueError) -> HCLType
    ) throws(BakeValueError) -> [String: HCLValue] {
        guard let members = json.members else { throw BakeValueError("an object is required") }
        var values: [String: HCLValue] = [:]
        for member in members { values[member.name] = try value(member.value, try type(member.name)) }
        return values
    }

    private static func plain(_ json: JSON) throws(BakeValueError) -> HCLValue {
        guard json.array == nil, json.members == nil else { throw BakeValueError("a single value is required") }
        do throws(HCLConversionError) {
            return try HCLValue(json: json)
        } catch {
            throw BakeValueError(error.message)
        }
    }

    private static func typed(_ json: JSON) throws(BakeValueError) -> HCLValue {
        guard let value = json["value"], let type = json["type"].flatMap(HCLType.init(json:)) else {
            throw BakeValueError("for the type any, an object with value and type is required")
        }
        return try self.value(value, type).brought(to: type)
    }
}
