import BuildModel
import FoundationEssentials

/// What `--metadata-file` holds: the exporters' answers by buildx's keys.
enum Metadata {
    /// The answers as one JSON object with sorted keys; an answer that is JSON in base64, such as a descriptor, is put in
    /// as what it is.
    static func json(of result: BuildResult) -> [UInt8] {
        var fields = result.exporterResponse.mapValues(value)
        fields["buildx.build.ref"] = fields["buildx.build.ref"] ?? .text(result.ref)
        if let digest = result.digest {
            fields["containerimage.digest"] = fields["containerimage.digest"] ?? .text(digest)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(fields) else { return Array("{}\n".utf8) }
        return Array(data) + [0x0A]
    }

    private static func value(of answer: String) -> JSONValue {
        guard let data = Data(base64Encoded: answer), let value = try? JSONDecoder().decode(JSONValue.self, from: data)
        else { return .text(answer) }
        switch value {
        case .object(let fields) where !fields.isEmpty: return value
        case .list(let values) where !values.isEmpty && values.allSatisfy(\.isObject): return value
        default: return .text(answer)
        }
    }
}

/// Any JSON.
enum JSONValue: Codable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// Whether it is an object.
    var isObject: Bool { if case .object = self { true } else { false } }

    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let value = try? box.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? box.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? box.decode(Double.self) {
            self = .number(value)
        } else if let value = try? box.decode(String.self) {
            self = .text(value)
        } else if let value = try? box.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try box.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .null: try box.encodeNil()
        case .bool(let value): try box.encode(value)
        case .integer(let value): try box.encode(value)
        case .number(let value): try box.encode(value)
        case .text(let value): try box.encode(value)
        case .list(let value): try box.encode(value)
        case .object(let value): try box.encode(value)
        }
    }
}
