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
