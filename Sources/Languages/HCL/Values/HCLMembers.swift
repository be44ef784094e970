/// Values by name, sorted by the bytes of the names.
package struct HCLMembers: Sendable {
    /// The names.
    package let names: [String]
    /// The values, in the order of the names.
    package let values: [HCLValue]

    /// Sorts values by their names.
    package init(_ values: [String: HCLValue]) {
        let sorted = values.map { (name: $0.key.composed, value: $0.value) }.sorted { $0.name < $1.name }
        names = sorted.map(\.name)
        self.values = sorted.map(\.value)
    }

    private init(names: [String], values: [HCLValue]) {
        self.names = names
        self.values = values
    }

    /// The value of a name.
    package subscript(_ name: String) -> HCLValue? {
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if names[middle] == name { return values[middle] }
            if names[middle] < name { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The same names with other values.
    func mapValues<Failure>(
        _ transform: (String, HCLValue) throws(Failure) -> HCLValue
    ) throws(Failure) -> HCLMembers {
        var changed: [HCLValue] = []
        changed.reserveCapacity(values.count)
        for (name, value) in zip(names, values) { changed.append(try transform(name, value)) }
        return HCLMembers(names: names, values: changed)
    }

    /// The values by name.
    package var dictionary: [String: HCLValue] { Dictionary(zip(names, values)) { _, last in last } }
}

extension HCLValue {
    /// A set of values of one type, each once, in the order that go-cty gives them.
    package static func set(_ values: [HCLValue], of element: HCLType) -> HCLValue {
        let type = values.first?.type ?? element
        var seen = HCLValueSet()
        let unique = values.filter { seen.insert($0) }
        let sorted = unique.map { (key: $0.type.isPrimitive ? "" : $0.setKey, value: $0) }.sorted(by: Self.precedes)
        return HCLValue(.set(type), .elements(sorted.map(\.value)))
    }

    private static func precedes(
        _ left: (key: String, value: HCLValue),
        _ right: (key: String, value: HCLValue)
    ) -> Bool {
        if left.value.isNull != right.value.isNull { return right.value.isNull }
        switch (left.value.content, right.value.content) {
        case (.string(let one), .string(let other)): return one < other
        case (.number(let one), .number(let other)): return one < other
        case (.bool(let one), .bool(let other)): return !one && other
        default: return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
        }
    }

    /// A text by which values in a set are sorted; values with the same one needn't be equal.
    private var setKey: String {
        var key = ""
        appendSetKey(to: &key)
        return key
    }

    private func appendSetKey(to key: inout String) {
        switch content {
        case .unknown: key += "?"
        case .null: key += "~"
        case .bool(let value): key += value ? "T" : "F"
        case .number(let number): key += number.text(.general, digits: 10) ?? "#"
        case .string(let text): key += text.goQuoted
        case .elements(let values):
            key += type.isTuple ? "<" : "["
            for value in values {
                value.appendSetKey(to: &key)
                key += ";"
            }
            key += type.isTuple ? ">" : "]"
        case .members(let members):
            key += type.isObject ? "<" : "{"
            for (name, value) in zip(members.names, members.values) {
                if type.isMap { key += name.goQuoted + ":" }
                value.appendSetKey(to: &key)
                key += ";"
            }
            key += type.isObject ? ">" : "}"
        }
    }

    /// Whether a set has an equal element.
    func setContains(_ value: HCLValue) -> Bool { elements?.contains { $0.isEqual(to: value) == true } ?? false }
}
