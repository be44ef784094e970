/// The texts in a value, found by looking into it: whatever is added to a type is found, too.
struct OutgoingTexts {
    /// A text and the field that it is in, such as `Vertex.name`; nil where the field is empty or nil.
    struct Found {
        var field: String
        var text: String?
    }

    private(set) var all: [Found] = []

    /// Looks into a value.
    init(in value: Any) {
        look(into: value, field: "\(type(of: value))")
    }

    private mutating func look(into value: Any, field: String) {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional || mirror.displayStyle == .collection, mirror.children.isEmpty {
            return all.append(Found(field: field))
        }
        if let text = Self.text(value) { return all.append(Found(field: field, text: text)) }
        switch mirror.displayStyle {
        case .optional, .collection, .set, .tuple, .dictionary:
            for child in mirror.children { look(into: child.value, field: field) }
            if mirror.displayStyle == .dictionary, mirror.children.isEmpty { all.append(Found(field: field)) }
        default:
            for child in mirror.children {
                look(into: child.value, field: "\(mirror.subjectType).\(child.label ?? "")")
            }
        }
    }

    private static func text(_ value: Any) -> String? {
        switch value {
        case let text as String: text
        case let text as Substring: String(text)
        case let bytes as [UInt8]: String(decoding: bytes, as: UTF8.self)
        case let bytes as ArraySlice<UInt8>: String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }
}
