import CaissonJSON

/// A value of a JSON text that knows where it stands.
struct PlacedJSON {
    /// What a value is.
    indirect enum Content {
        case object([Member])
        case array([PlacedJSON])
        case scalar(JSON)
    }

    /// A name and its value in an object.
    struct Member {
        let name: String
        /// The byte at which the name begins.
        let offset: Int
        let value: PlacedJSON
    }

    /// The byte at which it begins.
    let offset: Int
    let content: Content

    /// Reads a whole text.
    init(parsing bytes: [UInt8]) throws(JSONError) {
        let value = try JSON(parsing: bytes)
        var walk = JSONWalk(bytes: bytes)
        self = walk.place(value)
    }

    fileprivate init(_ offset: Int, _ content: Content) {
        self.offset = offset
        self.content = content
    }

    /// The members, when it is an object.
    var members: [Member]? { if case .object(let members) = content { members } else { nil } }
    /// The items, when it is a list.
    var items: [PlacedJSON]? { if case .array(let items) = content { items } else { nil } }
    /// The text, when it is one.
    var text: String? { if case .scalar(.string(let text)) = content { text } else { nil } }
    /// The number as it was written, when it is one.
    var number: String? { if case .scalar(.number(let text)) = content { text } else { nil } }
    /// Whether it says nothing.
    var isNull: Bool { if case .scalar(.null) = content { true } else { false } }
}

/// Goes through a text that was read already, to find where its values stand.
private struct JSONWalk {
    let bytes: [UInt8]
    private var next = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func place(_ value: JSON) -> PlacedJSON {
        skipBlanks()
        let start = next
        switch value {
        case .object(let members):
            next += 1
            let placed = members.map { place($0) }
            skipBlanks()
            next += 1
            return PlacedJSON(start, .object(placed))
        case .array(let values):
            next += 1
            let placed = values.map { item in
                defer { skipComma() }
                return place(item)
            }
            skipBlanks()
            next += 1
            return PlacedJSON(start, .array(placed))
        case .string: skipText()
        case .null, .bool, .number: skipWord()
        }
        return PlacedJSON(start, .scalar(value))
    }

    private mutating func place(_ member: JSONMember) -> PlacedJSON.Member {
        skipBlanks()
        let start = next
        skipText()
        skipBlanks()
        // The colon.
        next += 1
        let value = place(member.value)
        skipComma()
        return PlacedJSON.Member(name: member.name, offset: start, value: value)
    }

    private mutating func skipComma() {
        skipBlanks()
        if next < bytes.count, bytes[next] == UInt8(ascii: ",") { next += 1 }
    }

    private mutating func skipText() {
        next += 1
        while next < bytes.count, bytes[next] != UInt8(ascii: "\"") {
            next += bytes[next] == UInt8(ascii: "\\") ? 2 : 1
        }
        next += 1
    }

    private mutating func skipWord() {
        while next < bytes.count, !",]} \t\r\n".utf8.contains(bytes[next]) { next += 1 }
    }

    private mutating func skipBlanks() {
        while next < bytes.count, " \t\r\n".utf8.contains(bytes[next]) { next += 1 }
    }
}
