/// Any JSON, with the members of objects in their order and numbers as they were written.
///
/// Manifests are named by their digests, so what isn't understood must survive being read and written.
package indirect enum JSON: Sendable, Hashable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number, by its text.
    case number(String)
    /// A text.
    case string(String)
    /// A list.
    case array([JSON])
    /// An object.
    case object([JSONMember])

    /// The member of that name; of several the last, as Go's decoder has it.
    package subscript(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text, when it is one.
    package var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The list, when it is one.
    package var array: [JSON]? { if case .array(let values) = self { values } else { nil } }
    /// The members, when it is an object.
    package var members: [JSONMember]? { if case .object(let members) = self { members } else { nil } }
    /// The whole number, when it is one that fits.
    package var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }
    /// Whether it is an object.
    package var isObject: Bool { members != nil }
    /// Whether it is true.
    package var isTrue: Bool { self == .bool(true) }

    /// The texts of an object's members that are texts.
    package var texts: [String: String]? {
        members.map { members in
            members.reduce(into: [:]) { texts, member in
                if let text = member.value.string { texts[member.name] = text }
            }
        }
    }

    /// An object of texts, sorted by name.
    package init(_ texts: [String: String]) {
        self = .object(texts.sorted { Self.precedes($0.key, $1.key) }.map { JSONMember($0.key, .string($0.value)) })
    }

    /// An object of values, sorted by name.
    package init(_ values: [String: JSON]) {
        self = .object(values.sorted { Self.precedes($0.key, $1.key) }.map { JSONMember($0.key, $0.value) })
    }

    /// The order in which Go writes the keys of maps: by bytes.
    package static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}

/// A name and its value in an object.
package struct JSONMember: Sendable, Hashable {
    /// The name.
    package var name: String
    /// The value.
    package var value: JSON

    /// Makes a member.
    package init(_ name: String, _ value: JSON) {
        self.name = name
        self.value = value
    }
}

extension JSON {
    /// The bytes that Go's `json.Marshal` makes of it, or with an indent of two spaces `json.MarshalIndent`.
    ///
    /// Indexes that we make have the bytes, and so the digests, of those that docker buildx makes.
    package func goBytes(indented: Bool) -> [UInt8] {
        var writer = JSONWriter(.go, indented: indented)
        writer.write(self)
        return writer.bytes
    }

    /// The same as a text.
    package func goText(indented: Bool = true) -> String {
        String(decoding: goBytes(indented: indented), as: UTF8.self)
    }
}

extension JSONWriter {
    /// Writes a value with all that is in it.
    package mutating func write(_ value: JSON) {
        switch value {
        case .null: word("null")
        case .bool(let isTrue): word(isTrue ? "true" : "false")
        case .number(let text): word(text)
        case .string(let text): string(text)
        case .array(let values): list(values) { json, value in json.write(value) }
        case .object(let members):
            object { json in
                for member in members {
                    json.key(text: member.name)
                    json.write(member.value)
                }
            }
        }
    }
}
