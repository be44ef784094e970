import CaissonBuildModel
import CaissonJSON
import CaissonText

/// How values stand in a dossier of a bundle; what isn't as it should be reads as if it weren't there.
extension JSON {
    /// An object without the members that are nil.
    static func object(_ members: [(name: String, value: JSON?)]) -> JSON {
        .object(members.compactMap { member in member.value.map { JSONMember(member.name, $0) } })
    }

    /// A whole number.
    static func integer(_ value: Int64) -> JSON { .number(String(value)) }
    /// A whole number; nil for zero.
    static func count(_ value: Int64) -> JSON? { value == 0 ? nil : .number(String(value)) }
    /// A list of texts; nil for none.
    static func texts(_ texts: [String]) -> JSON? { texts.isEmpty ? nil : .array(texts.map { .string($0) }) }
    /// True; nil for false.
    static func flag(_ flag: Bool) -> JSON? { flag ? .bool(true) : nil }
    /// A list; nil for none.
    static func list<Item>(_ items: [Item], _ item: (Item) -> JSON) -> JSON? {
        items.isEmpty ? nil : .array(items.map(item))
    }

    /// A point in time: `[seconds,nanoseconds]`.
    static func time(_ time: Timestamp) -> JSON { .array([.integer(time.seconds), .integer(Int64(time.nanoseconds))]) }

    /// A span of time: `[seconds,attoseconds]`.
    static func span(_ duration: Duration) -> JSON {
        .array([.integer(duration.components.seconds), .integer(duration.components.attoseconds)])
    }

    /// Bytes, in base64.
    static func bytes(_ bytes: [UInt8]) -> JSON { .string(String(decoding: Base64.encode(bytes), as: UTF8.self)) }

    /// A point in time; nil where it is none.
    var time: Timestamp? {
        guard let (seconds, nanoseconds) = pair else { return nil }
        return Timestamp(seconds: seconds, nanoseconds: Int32(clamping: nanoseconds))
    }

    /// A span of time; nil where it is none, and for more than thirty thousand years.
    var span: Duration? {
        guard let (seconds, attoseconds) = pair, seconds.magnitude < 1 << 40,
            attoseconds.magnitude < 1_000_000_000_000_000_000
        else { return nil }
        return Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)
    }

    /// Bytes that stand in base64; none where there are none.
    var base64: [UInt8] { string.flatMap { Base64.decode($0) } ?? [] }
    /// A number of things: from 0 to what 32 bits hold.
    var count: Int { Int(min(max(integer ?? 0, 0), Int64(Int32.max))) }
    /// A number of bytes, which isn't negative.
    var size: Int64 { max(integer ?? 0, 0) }
    /// The texts in a list.
    var list: [String] { array?.compactMap(\.string) ?? [] }

    private var pair: (Int64, Int64)? {
        guard let numbers = array?.compactMap(\.integer), numbers.count == 2, let first = numbers.first,
            let last = numbers.last
        else { return nil }
        return (first, last)
    }
}

extension JSON? {
    /// The texts in a list; none where there is none.
    var list: [String] { self?.list ?? [] }
    /// The items of a list; none where there is none.
    var items: [JSON] { self?.array ?? [] }
    /// Whether it is true.
    var isTrue: Bool { self?.isTrue ?? false }
    /// A number of things; 0 where there is none.
    var count: Int { self?.count ?? 0 }
    /// A number of bytes; 0 where there is none.
    var size: Int64 { self?.size ?? 0 }
}
