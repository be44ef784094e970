/// Values, each once, of which one is found without a look at all others.
struct HCLValueSet {
    private var buckets: [Int: [HCLValue]] = [:]

    /// Takes values; of equal ones the first.
    init(_ values: [HCLValue] = []) {
        for value in values { insert(value) }
    }

    /// Whether a value that is equal as `==` has it is there.
    func contains(_ value: HCLValue) -> Bool { Self.holds(buckets[value.looseHash] ?? [], value) }

    /// Adds a value unless an equal one is there; whether it was added.
    @discardableResult
    mutating func insert(_ value: HCLValue) -> Bool {
        let hash = value.looseHash
        guard !Self.holds(buckets[hash] ?? [], value) else { return false }
        buckets[hash, default: []].append(value)
        return true
    }

    private static func holds(_ values: [HCLValue], _ value: HCLValue) -> Bool {
        values.contains { $0.isEqual(to: value) == true }
    }
}

extension HCLValue {
    /// A number that equal values share.
    fileprivate var looseHash: Int {
        var hasher = Hasher()
        feed(&hasher)
        return hasher.finalize()
    }

    private func feed(_ hasher: inout Hasher) {
        switch content {
        case .unknown, .null: break
        case .bool(let value): hasher.combine(value)
        case .number(let number): hasher.combine(number)
        case .string(let text): hasher.combine(text)
        case .elements(let values): for value in values { value.feed(&hasher) }
        case .members(let members):
            for (name, value) in zip(members.names, members.values) {
                hasher.combine(name)
                value.feed(&hasher)
            }
        }
    }
}
