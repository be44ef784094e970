// MARK: - Conditions

extension HCLEvaluator {
    /// One of two values, brought to the type that both can have.
    func conditional(_ node: HCLExpression.Conditional) -> HCLValue {
        let (one, oneCaptured) = capture(node.whenTrue)
        let (other, otherCaptured) = capture(node.whenFalse)
        charge([one, other])
        guard let (type, conversions) = Self.unified(one, other) else {
            let reason = HCLTypeDifference.description(one.type, other.type)
            let detail = "The true and false result expressions must have consistent types. \(reason)."
            let place = node.whenTrue.range.joined(to: node.whenFalse.range)
            fail("Inconsistent conditional result types", detail, at: place, in: node.range)
            return .unknown()
        }
        let condition = evaluate(node.condition)
        guard let isTrue = truth(condition, node) else { return .unknown(type) }
        add(isTrue ? oneCaptured : otherCaptured)
        let (value, word) = isTrue ? (one, "true") : (other, "false")
        guard let conversion = isTrue ? conversions.one : conversions.other else { return value }
        do throws(HCLConversionError) {
            return try conversion(value)
        } catch {
            let detail = "The \(word) result value has the wrong type: \(error.message)."
            let place = isTrue ? node.whenTrue.range : node.whenFalse.range
            fail("Inconsistent conditional result types", detail, at: place, in: node.range)
            return .unknown(type)
        }
    }

    /// The truth of a condition; nil where it has none.
    private func truth(_ condition: HCLValue, _ node: HCLExpression.Conditional) -> Bool? {
        if condition.isNull {
            let detail = "The condition value is null. Conditions must either be true or false."
            fail("Null condition", detail, at: node.condition.range, in: node.range)
            return nil
        }
        if condition.isUnknown { return nil }
        if let value = (try? condition.converted(to: .bool))?.bool { return value }
        let detail = "The condition expression must be of type bool."
        fail("Incorrect condition type", detail, at: node.condition.range, in: node.range)
        return nil
    }

    private typealias Conversions = (one: HCLConversion?, other: HCLConversion?)

    private static func unified(_ one: HCLValue, _ other: HCLValue) -> (type: HCLType, conversions: Conversions)? {
        if one.isBareNull {
            return (other.type, (HCLConversions.conversion(.any, other.type, isUnsafe: true), nil))
        }
        if other.isBareNull {
            return (one.type, (nil, HCLConversions.conversion(.any, one.type, isUnsafe: true)))
        }
        if one.type == .any || other.type == .any { return (.any, (nil, nil)) }
        guard let result = HCLUnification.unify([one.type, other.type], isUnsafe: true) else { return nil }
        return (result.type, (result.conversions[0], result.conversions[1]))
    }
}

/// Says what the types of the two sides of a condition differ in.
enum HCLTypeDifference {
    static func description(_ one: HCLType, _ other: HCLType) -> String {
        switch (one, other) {
        case (.object(let first, _), .object(let second, _)):
            if let text = objects(first, second) { return text }
        case (.tuple(let first), .tuple(let second)):
            if first.count != second.count {
                return "The 'true' tuple has length \(first.count), but the 'false' tuple has length \(second.count)"
            }
            for (index, pair) in zip(first, second).enumerated() where pair.0 != pair.1 {
                return "Type mismatch for tuple element \(index): \(description(pair.0, pair.1))"
            }
        case (.list(let first), .list(let second)) where areStructural(first, second):
            return "Mismatched list element types: \(description(first, second))"
        case (.set(let first), .set(let second)) where areStructural(first, second):
            return "Mismatched set element types: \(description(first, second))"
        case (.map(let first), .map(let second)) where areStructural(first, second):
            return "Mismatched map element types: \(description(first, second))"
        default: break
        }
        if one.description == other.description {
            return "At least one deeply-nested attribute or element is not compatible across both the 'true' and the "
                + "'false' value"
        }
        return "The 'true' value is \(one), but the 'false' value is \(other)"
    }

    private static func areStructural(_ one: HCLType, _ other: HCLType) -> Bool {
        (one.isObject && other.isObject) || (one.isTuple && other.isTuple)
    }

    private static func objects(_ one: [String: HCLType], _ other: [String: HCLType]) -> String? {
        for (name, type) in one.sorted(by: { $0.key < $1.key }) {
            guard let given = other[name] else {
                return
                    "The 'true' value includes object attribute \(name.goQuoted), which is absent in the 'false' value"
            }
            if given != type {
                return "Type mismatch for object attribute \(name.goQuoted): \(description(type, given))"
            }
        }
        return other.keys.sorted().first { one[$0] == nil }.map {
            "The 'false' value includes object attribute \($0.goQuoted), which is absent in the 'true' value"
        }
    }
}
