extension HCLValue {
    /// Whether two values are equal as `==` has it: of the same type, all in them equal.
    ///
    /// Nil where it can't be known.
    func isEqual(to other: HCLValue) -> Bool? {
        if isUnknown || other.isUnknown { return nil }
        if isNull || other.isNull { return isNull && other.isNull }
        guard type == other.type else { return hasUnknown || other.hasUnknown ? nil : false }
        switch (content, other.content) {
        case (.bool(let left), .bool(let right)): return left == right
        case (.number(let left), .number(let right)): return left == right
        case (.string(let left), .string(let right)): return left == right
        case (.elements(let left), .elements(let right)):
            return left.count == right.count ? Self.areEqual(left, right) : false
        case (.members(let left), .members(let right)):
            return left.names == right.names ? Self.areEqual(left.values, right.values) : false
        default: return false
        }
    }

    private static func areEqual(_ left: [HCLValue], _ right: [HCLValue]) -> Bool? {
        for (one, other) in zip(left, right) {
            guard let isEqual = one.isEqual(to: other) else { return nil }
            if !isEqual { return false }
        }
        return true
    }

    /// Whether it is `null` of no known type, as the word alone is.
    var isBareNull: Bool { isNull && type == .any }
}
