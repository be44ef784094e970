import CaissonJSON
import CaissonText

/// Reads JSON with the places of all values.
struct HCLJSONParser {
    /// How deep arrays and objects may be nested.
    private static let deepest = 64

    private let source: HCLSource
    private let bytes: [UInt8]
    private var next = 0
    private(set) var diagnostics: [HCLDiagnostic] = []

    init(_ source: HCLSource) {
        self.source = source
        bytes = source.bytes
    }

    /// What is wrong; there is nothing to be read after it.
    private struct Failure: Error {
        let diagnostic: HCLDiagnostic
    }

    /// Reads the whole text: an object, or an array of objects.
    mutating func document() -> HCLJSONNode {
        do throws(Failure) {
            let node = try value(depth: 0)
            skipBlanks()
            if next < bytes.count {
                let detail = "Extra characters appear after the JSON value."
                throw failure("Extraneous data after value", detail)
            }
            switch node.kind {
            case .object, .array: return node
            default:
                let detail =
                    "The root value in a JSON-based configuration must be either a JSON object or a JSON array of "
                    + "objects."
                throw Failure(diagnostic: HCLDiagnostic("Root value must be object", detail, at: node.start))
            }
        } catch {
            diagnostics.append(error.diagnostic)
            return HCLJSONNode(.object([]), HCLRange(source, 0, 0))
        }
    }

    private func failure(_ summary: String, _ detail: String, at place: HCLRange? = nil) -> Failure {
        let here = HCLRange(source, next, min(next + 1, bytes.count))
        return Failure(diagnostic: HCLDiagnostic(summary, detail, at: place ?? here))
    }

    private var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { next += 1 }
    }

    private mutating func value(depth: Int) throws(Failure) -> HCLJSONNode {
        skipBlanks()
        guard depth < Self.deepest else {
            throw failure("Too deeply nested", "JSON may be nested \(Self.deepest) deep at most.")
        }
        let hint = "A JSON value must start with a brace, a bracket, a number, a string, or a keyword."
        switch peek {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""):
            let (text, range) = try string()
            return HCLJSONNode(.string(text), range)
        case let byte? where byte.isDigit || [0x2B, 0x2D, 0x2E].contains(byte): return try number()
        case let byte? where byte.isLowercase || byte.isUppercase: return try word()
        case nil: throw failure("Missing value", "The JSON data ends prematurely.")
        case UInt8(ascii: "}"): throw failure("Missing JSON value", hint)
        case UInt8(ascii: "]"): throw failure("Missing array element value", hint)
        default: throw failure("Invalid start of value", hint)
        }
    }

    private mutating func number() throws(Failure) -> HCLJSONNode {
        let start = next
        while let byte = peek, byte.isDigit || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) { next += 1 }
        let range = HCLRange(source, start, next)
        guard case .number(let text)? = try? JSON(parsing: Array(range.bytes)), let number = HCLNumber(parsing: text)
        else {
            throw failure("Invalid JSON number", "There is a syntax error in the given JSON number.", at: range)
        }
        return HCLJSONNode(.number(number), range)
    }

    private mutating func word() throws(Failure) -> HCLJSONNode {
        let start = next
        while let byte = peek, byte.isLowercase || byte.isUppercase || byte == UInt8(ascii: "_") { next += 1 }
        let range = HCLRange(source, start, next)
        switch range.text {
        case "true": return HCLJSONNode(.bool(true), range)
        case "false": return HCLJSONNode(.bool(false), range)
        case "null": return HCLJSONNode(.null, range)
        case let word where ["undefined", "NaN", "Infinity"].contains(word):
            let detail = "The JavaScript identifier \(word.goQuoted) cannot be used in JSON."
            throw failure("Invalid JSON keyword", detail, at: range)
        case let word:
            let meant = HCLSuggestion.text(for: word, among: ["true", "false", "null"])
            let detail = "\(word.goQuoted) is not a valid JSON keyword.\(meant)"
            throw failure("Invalid JSON keyword", detail, at: range)
        }
    }

    private mutating func string() throws(Failure) -> (text: String, range: HCLRange) {
        let start = next
        next += 1
        var isEscaped = false
        while let byte = peek, byte >= 0x20 {
            next += 1
            if byte == UInt8(ascii: "\""), !isEscaped { break }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        let range = HCLRange(source, start, next)
        guard case .string(let text)? = try? JSON(parsing: Array(range.bytes)) else {
            throw failure("Invalid JSON string", "There is a syntax error in the given JSON string.", at: range)
        }
        return (text, range)
    }
}

// MARK: - Arrays and objects

extension HCLJSONParser {
    private mutating func array(_ depth: Int) throws(Failure) -> HCLJSONNode {
        let start = next
        next += 1
        var values: [HCLJSONNode] = []
        skipBlanks()
        while peek != UInt8(ascii: "]") {
            values.append(try value(depth: depth + 1))
            try separator("]", "array", start)
        }
        next += 1
        return HCLJSONNode(.array(values), HCLRange(source, start, next))
    }

    private mutating func object(_ depth: Int) throws(Failure) -> HCLJSONNode {
        let start = next
        next += 1
        var members: [HCLJSONNode.Member] = []
        skipBlanks()
        while peek != UInt8(ascii: "}") {
            members.append(try member(depth))
            try separator("}", "object", start)
        }
        next += 1
        return HCLJSONNode(.object(members), HCLRange(source, start, next))
    }

    private mutating func member(_ depth: Int) throws(Failure) -> HCLJSONNode.Member {
        guard peek == UInt8(ascii: "\"") else {
            if peek == nil { throw failure("Missing value", "The JSON data ends prematurely.") }
            throw failure("Invalid object property name", "A JSON object property name must be a string")
        }
        let (name, range) = try string()
        skipBlanks()
        guard peek == UInt8(ascii: ":") else { throw missingColon() }
        next += 1
        return .init(name: name, nameRange: range, value: try value(depth: depth + 1))
    }

    private func missingColon() -> Failure {
        switch peek {
        case UInt8(ascii: "}"), UInt8(ascii: ","):
            let detail = "A JSON object attribute must have a value, introduced by a colon."
            return failure("Missing object value", detail)
        case UInt8(ascii: "="):
            let detail = "JSON uses a colon as its name/value delimiter, not an equals sign."
            return failure("Missing property value colon", detail)
        default:
            let detail = "A colon must appear between an object property's name and its value."
            return failure("Missing property value colon", detail)
        }
    }

    /// Takes the comma behind a value; what closes stays.
    private mutating func separator(_ close: Unicode.Scalar, _ what: String, _ start: Int) throws(Failure) {
        skipBlanks()
        let isArray = what == "array"
        switch peek {
        case UInt8(ascii: ","):
            next += 1
            skipBlanks()
            guard peek == UInt8(ascii: close) else { return }
            let last = isArray ? "value in an array" : "property in an object"
            throw failure("Trailing comma in \(what)", "JSON does not permit a trailing comma after the final \(last).")
        case UInt8(ascii: close): return
        case nil:
            let bracket = isArray ? "bracket" : "brace"
            let detail = "No closing \(bracket) was found for this JSON \(what)."
            throw failure("Unclosed object", detail, at: HCLRange(source, start, start + 1))
        case UInt8(ascii: "]"):
            throw failure("Mismatched braces", "A JSON object must be closed with a brace, not a bracket.")
        case UInt8(ascii: "}"):
            throw failure("Mismatched brackets", "A JSON array must be closed with a bracket, not a brace.")
        case UInt8(ascii: ":") where isArray:
            throw failure("Invalid array value", "A colon is not used to introduce values in a JSON array.")
        default:
            let between = isArray ? "each value in an array" : "each property definition in an object"
            throw failure("Missing attribute seperator comma", "A comma must appear between \(between).")
        }
    }
}
