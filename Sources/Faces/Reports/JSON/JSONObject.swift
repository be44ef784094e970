import CaissonBuildModel
import CaissonJSON
import CaissonReporting

/// An object of JSON as it grows: what isn't known is left out.
struct JSONObject {
    private var members: [JSONMember] = []

    /// The object.
    var value: JSON { .object(members) }

    mutating func add(_ name: String, _ value: JSON?) {
        if let value { members.append(JSONMember(name, value)) }
    }

    mutating func add(_ name: String, _ text: String?) { add(name, text.map { JSON.string($0) }) }

    mutating func add(_ name: String, _ time: Timestamp?) { add(name, time?.rfc3339) }

    mutating func add(_ name: String, count: Int64?) { add(name, count.map { JSON.number("\(max(0, $0))") }) }

    mutating func add(_ name: String, seconds: Double?) {
        add(name, Figure.bounded(seconds).map { JSON.number(Self.decimal($0)) })
    }

    mutating func add(_ name: String, share: Double?) {
        add(name, Figure.share(share).map { JSON.number(Self.share($0)) })
    }

    /// Adds a list; one without items is left out.
    mutating func add<Item>(_ name: String, _ items: [Item], _ body: (Item) -> JSON) {
        if !items.isEmpty { add(name, .array(items.map(body))) }
    }

    /// A number with three decimals at most.
    private static func decimal(_ value: Double) -> String {
        trimmed(Quantity.decimal(value, 3))
    }

    /// A share with four decimals at most.
    private static func share(_ share: Double) -> String {
        let parts = Int((share * 10_000).rounded())
        let digits = String(String(parts % 10_000 + 10_000).dropFirst())
        return trimmed("\(parts / 10_000).\(digits)")
    }

    private static func trimmed(_ number: String) -> String {
        var number = number
        while number.hasSuffix("0") { number.removeLast() }
        if number.hasSuffix(".") { number.removeLast() }
        return number
    }
}
