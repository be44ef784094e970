import CaissonText

/// A value of HCL with its type.
package struct HCLValue: Sendable {
    /// What a value holds.
    enum Content: Sendable {
        /// Nothing that can be known, as after an error.
        case unknown
        case null
        case bool(Bool)
        case number(HCLNumber)
        case string(String)
        /// The elements of a list, a set (in its order) or a tuple.
        case elements([HCLValue])
        /// The elements of a map or the attributes of an object.
        case members(HCLMembers)
    }

    /// The type.
    package var type: HCLType { storage.type }
    var content: Content { storage.content }
    /// How deep it is nested: 0 where nothing is in it.
    var depth: Int { storage.depth }
    /// How large it is: the bytes of its texts and `leastWeight` for each value in it, as if none were shared.
    var weight: Int { storage.weight }

    /// What each value counts, whatever it is.
    static let leastWeight = 32

    /// All of it in one place: values are handed on much more often than they are looked into.
    private let storage: Storage

    init(_ type: HCLType, _ content: Content) { storage = Storage(type, content) }

    private final class Storage: Sendable {
        let type: HCLType
        let content: Content
        let depth: Int
        let weight: Int

        init(_ type: HCLType, _ content: Content) {
            self.type = type
            self.content = content
            switch content {
            case .elements(let values):
                depth = 1 + (values.lazy.map(\.depth).max() ?? 0)
                weight = values.reduce(HCLValue.leastWeight) { $0.clampedAdding($1.weight) }
            case .members(let members):
                depth = 1 + (members.values.lazy.map(\.depth).max() ?? 0)
                let names = members.names.reduce(HCLValue.leastWeight) { $0.clampedAdding($1.utf8.count) }
                weight = members.values.reduce(names) { $0.clampedAdding($1.weight) }
            case .string(let text):
                (depth, weight) = (0, HCLValue.leastWeight + text.utf8.count)
            case .number(let number):
                (depth, weight) = (0, HCLValue.leastWeight + number.textSize)
            case .unknown, .null, .bool:
                (depth, weight) = (0, HCLValue.leastWeight)
            }
        }
    }
}

// MARK: - Making values

extension HCLValue {
    /// `true` or `false`.
    package static func bool(_ value: Bool) -> HCLValue { HCLValue(.bool, .bool(value)) }
    /// A number.
    package static func number(_ value: HCLNumber) -> HCLValue { HCLValue(.number, .number(value)) }
    /// A whole number.
    package static func number(_ value: Int) -> HCLValue { .number(HCLNumber(value)) }
    /// A text, in Unicode's composed form.
    package static func string(_ text: String) -> HCLValue { HCLValue(.string, .string(text.composed)) }
    /// Nothing, of a type.
    package static func null(_ type: HCLType = .any) -> HCLValue { HCLValue(type.withoutOptional, .null) }
    /// What can't be known, of a type.
    static func unknown(_ type: HCLType = .any) -> HCLValue { HCLValue(type.withoutOptional, .unknown) }
    /// Values in order, each with its type.
    package static func tuple(_ values: [HCLValue]) -> HCLValue {
        HCLValue(.tuple(values.map(\.type)), .elements(values))
    }
    /// Values by name, each with its type.
    package static func object(_ attributes: [String: HCLValue]) -> HCLValue {
        object(HCLMembers(attributes))
    }
    /// The same from what is sorted already.
    static func object(_ members: HCLMembers) -> HCLValue {
        let types = Dictionary(zip(members.names, members.values.lazy.map(\.type))) { _, last in last }
        return HCLValue(.object(types), .members(members))
    }
    /// Values of one type; they are of the type given.
    package static func list(_ values: [HCLValue], of element: HCLType) -> HCLValue {
        HCLValue(.list(values.first?.type ?? element), .elements(values))
    }
    /// Values of one type by name; they are of the type given.
    package static func map(_ values: [String: HCLValue], of element: HCLType) -> HCLValue {
        map(HCLMembers(values), of: element)
    }
    /// The same from what is sorted already.
    static func map(_ members: HCLMembers, of element: HCLType) -> HCLValue {
        HCLValue(.map(members.values.first?.type ?? element), .members(members))
    }
    /// A list of texts.
    package static func strings(_ texts: [String]) -> HCLValue { .list(texts.map { .string($0) }, of: .string) }
}

// MARK: - Looking into values

extension HCLValue {
    /// Whether it is nothing.
    package var isNull: Bool { if case .null = content { true } else { false } }
    /// Whether it is something that can't be known; what is in it doesn't matter.
    var isUnknown: Bool { if case .unknown = content { true } else { false } }
    /// Whether something in it can't be known.
    var hasUnknown: Bool {
        switch content {
        case .unknown: true
        case .elements(let values): values.contains(where: \.hasUnknown)
        case .members(let members): members.values.contains(where: \.hasUnknown)
        default: false
        }
    }
    /// The truth value, when it is one.
    package var bool: Bool? { if case .bool(let value) = content { value } else { nil } }
    /// The number, when it is one.
    package var number: HCLNumber? { if case .number(let value) = content { value } else { nil } }
    /// The text, when it is one.
    package var string: String? { if case .string(let value) = content { value } else { nil } }
    /// The elements of a list, a set or a tuple, in order.
    package var elements: [HCLValue]? { if case .elements(let values) = content { values } else { nil } }
    /// The elements of a map or the attributes of an object, sorted by name.
    package var members: HCLMembers? { if case .members(let members) = content { members } else { nil } }

    /// The values in it: elements, or the values of members in the order of their names.
    var children: [HCLValue] { elements ?? members?.values ?? [] }

    /// The values in it with what they are found by: whole numbers, names, and in a set the values themselves.
    var entries: [(key: HCLValue, value: HCLValue)] {
        if let members { return zip(members.names, members.values).map { (.string($0), $1) } }
        guard let elements else { return [] }
        if type.isSet { return elements.map { ($0, $0) } }
        return elements.enumerated().map { (.number($0), $1) }
    }

    /// Whether it has elements or members to go through.
    var isIterable: Bool { type.isCollection || type.isTuple || type.isObject }
}
