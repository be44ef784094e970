// MARK: - Operators

extension HCLEvaluator {
    func unary(_ node: HCLExpression.Unary) -> HCLValue {
        let before = errors
        let value = operand(evaluate(node.operand), node.operator, "unary", node.operand.range, node.range)
        guard errors == before, let value else { return .unknown(node.operator.resultType) }
        if value.isUnknown { return .unknown(node.operator.resultType) }
        if value.isNull { return failed("argument must not be null", node.operator, node.range) }
        return switch node.operator {
        case .not: .bool(value.bool == false)
        default: value.number.map { .number($0.negated) } ?? .unknown(.number)
        }
    }

    private func operand(
        _ value: HCLValue,
        _ kind: HCLOperator,
        _ side: String,
        _ range: HCLRange,
        _ context: HCLRange
    ) -> HCLValue? {
        do throws(HCLConversionError) {
            return try value.converted(to: kind.operandType)
        } catch {
            let which = side == "unary" ? "unary operand" : "\(side) operand"
            fail("Invalid operand", "Unsuitable value for \(which): \(error.message).", at: range, in: context)
            return nil
        }
    }

    private func failed(_ reason: String, _ kind: HCLOperator, _ range: HCLRange) -> HCLValue {
        fail("Operation failed", "Error during operation: \(reason).", at: range)
        return .unknown(kind.resultType)
    }

    /// A side of an operator: its value, where it stands, and what went wrong.
    private struct Side {
        var value: HCLValue
        var range: HCLRange
        var captured: Captured
    }

    func binary(_ node: HCLExpression.Binary) -> HCLValue {
        let (value, captured) = capture(node.first)
        var left = Side(value: value, range: node.first.range, captured: captured)
        for (kind, operand) in node.rest {
            let (value, captured) = capture(operand)
            let right = Side(value: value, range: operand.range, captured: captured)
            let (kept, before) = (diagnostics.count, errors)
            let result = apply(kind, left, right)
            let range = left.range.joined(to: right.range)
            let own = take(since: kept, before)
            left = Side(value: result, range: range, captured: own)
            if exhaustion != nil { break }
        }
        add(left.captured)
        return left.value
    }

    private func apply(_ kind: HCLOperator, _ left: Side, _ right: Side) -> HCLValue {
        let context = left.range.joined(to: right.range)
        let one = operand(left.value, kind, "left", left.range, context)
        let other = operand(right.value, kind, "right", right.range, context)
        guard let one, let other else {
            add(left.captured)
            add(right.captured)
            return .unknown(kind.resultType)
        }
        if kind == .and || kind == .or, let decided = shortCut(kind, (one, left), (other, right)) { return decided }
        add(left.captured)
        add(right.captured)
        if left.captured.hasErrors || right.captured.hasErrors { return .unknown(kind.resultType) }
        return checked(compute(kind, one, other, context), at: context)
    }

    /// What one side alone decides: then what went wrong on the other doesn't count.
    private func shortCut(
        _ kind: HCLOperator,
        _ one: (value: HCLValue, side: Side),
        _ other: (value: HCLValue, side: Side)
    ) -> HCLValue? {
        let deciding = kind == .or
        switch (one.value.isUnknown, other.value.isUnknown) {
        case (true, true):
            guard !one.side.captured.hasErrors else { return nil }
            return .unknown(.bool)
        case (false, _) where one.value.bool == deciding:
            add(one.side.captured)
            return .bool(deciding)
        case (_, false) where other.value.bool == deciding:
            add(other.side.captured)
            return .bool(deciding)
        case (true, false) where other.value.bool == !deciding:
            add(one.side.captured)
            return .unknown(.bool)
        case (false, true) where one.value.bool == !deciding:
            add(other.side.captured)
            return .unknown(.bool)
        default: return nil
        }
    }

    private func compute(_ kind: HCLOperator, _ one: HCLValue, _ other: HCLValue, _ range: HCLRange) -> HCLValue {
        charge([one, other])
        if kind == .equal || kind == .notEqual {
            guard let isEqual = one.isEqual(to: other) else { return .unknown(.bool) }
            return .bool(isEqual == (kind == .equal))
        }
        if one.isNull || other.isNull { return failed("argument must not be null", kind, range) }
        if one.isUnknown || other.isUnknown { return .unknown(kind.resultType) }
        if let left = one.bool, let right = other.bool { return .bool(kind == .and ? left && right : left || right) }
        guard let left = one.number, let right = other.number else { return .unknown(kind.resultType) }
        switch HCLArithmetic.compute(kind, left, right) {
        case .success(let value): return value
        case .failure(let error): return failed(error.message, kind, range)
        }
    }
}

/// Computes with numbers.
enum HCLArithmetic {
    /// The result of an operator between numbers.
    static func compute(_ kind: HCLOperator, _ one: HCLNumber, _ other: HCLNumber) -> Result<HCLValue, HCLCallError> {
        switch kind {
        case .less: .success(.bool(one < other))
        case .lessOrEqual: .success(.bool(one <= other))
        case .greater: .success(.bool(one > other))
        case .greaterOrEqual: .success(.bool(one >= other))
        case .add: number(one.adding(other), "can't compute sum of opposing infinities")
        case .subtract: number(one.subtracting(other), "can't subtract infinity from itself")
        case .multiply: number(one.multiplied(by: other), "can't multiply zero by infinity")
        case .divide: number(one.divided(by: other), "can't divide zero by zero or infinity by infinity")
        default: number(one.remainder(dividingBy: other), "can't use modulo with zero and infinity")
        }
    }

    private static func number(_ number: HCLNumber?, _ reason: String) -> Result<HCLValue, HCLCallError> {
        guard let number else { return .failure(HCLCallError(reason)) }
        return .success(.number(number))
    }
}
