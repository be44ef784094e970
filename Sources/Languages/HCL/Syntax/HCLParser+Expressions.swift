// MARK: - Operators

extension HCLParser {
    /// Reads an expression.
    mutating func expression() -> HCLExpression {
        nested { $0.conditional() } ?? placeholder(cursor.peek.range)
    }

    // What is on the way to every expression is short, so that brackets may be nested deeply on a small stack.

    private mutating func conditional() -> HCLExpression {
        let (start, before) = (cursor.peek.range, errors)
        let condition = operands()
        guard cursor.peek.kind == .question, !hasFailed(since: before) else { return condition }
        return sides(of: condition, start, since: before)
    }

    private mutating func sides(of condition: HCLExpression, _ start: HCLRange, since before: Int) -> HCLExpression {
        _ = cursor.read()
        let whenTrue = expression()
        if hasFailed(since: before) { return condition }
        let colon = cursor.peek
        guard colon.kind == .colon else {
            let detail =
                "The conditional operator (...?...:...) requires a false expression, delimited by a colon."
            let context = start.joined(to: colon.range)
            fail("Missing false expression in conditional", detail, at: colon.range, in: context)
            return condition
        }
        _ = cursor.read()
        let whenFalse = expression()
        if hasFailed(since: before) { return condition }
        return .conditional(.init(condition, whenTrue, whenFalse, start.joined(to: whenFalse.range)))
    }

    /// Operands with the operators between them, told apart by how much these bind.
    private mutating func operands() -> HCLExpression {
        let before = errors
        let first = operand()
        guard HCLOperator.binary(cursor.peek.kind) != nil, !hasFailed(since: before) else { return first }
        return operands(after: first, since: before)
    }

    private mutating func operands(after first: HCLExpression, since before: Int) -> HCLExpression {
        var operands = [first]
        var operators: [(operator: HCLOperator, level: Int)] = []
        while !hasFailed(since: before), let found = HCLOperator.binary(cursor.peek.kind) {
            _ = cursor.read()
            operators.append(found)
            operands.append(operand())
        }
        return hasFailed(since: before) ? first : Self.tree(operands[...], operators[...], level: 0)
    }

    /// Puts operands together, those first whose operators bind most.
    private static func tree(
        _ operands: ArraySlice<HCLExpression>,
        _ operators: ArraySlice<(operator: HCLOperator, level: Int)>,
        level: Int
    ) -> HCLExpression {
        guard let least = operators.map(\.level).min(), let only = operands.first else {
            return operands[operands.startIndex]
        }
        guard !operators.isEmpty else { return only }
        var pieces: [HCLExpression] = []
        var between: [HCLOperator] = []
        var start = 0
        for (index, entry) in operators.enumerated() where entry.level == least {
            pieces.append(piece(operands, operators, start...index, level: least))
            between.append(entry.operator)
            start = index + 1
        }
        pieces.append(piece(operands, operators, start...operators.count, level: least))
        return .binary(.init(pieces[0], Array(zip(between, pieces.dropFirst()))))
    }

    private static func piece(
        _ operands: ArraySlice<HCLExpression>,
        _ operators: ArraySlice<(operator: HCLOperator, level: Int)>,
        _ range: ClosedRange<Int>,
        level: Int
    ) -> HCLExpression {
        let (first, firstOperator) = (operands.startIndex, operators.startIndex)
        let own = operands[(first + range.lowerBound)...(first + range.upperBound)]
        if own.count == 1 { return own[own.startIndex] }
        let ownOperators = operators[(firstOperator + range.lowerBound)..<(firstOperator + range.upperBound)]
        return tree(own, ownOperators, level: level + 1)
    }

    /// A term with the steps behind it.
    mutating func operand() -> HCLExpression { steps(from: term()) }
}

// MARK: - Terms

extension HCLParser {
    private mutating func term() -> HCLExpression {
        let token = cursor.peek
        switch token.kind {
        case .openParenthesis: return parentheses()
        case .number: return .literal(.init(number(cursor.read()), token.range))
        case .identifier: return word()
        case .openQuote, .openHeredoc: return text()
        case .minus: return unary(.negate)
        case .bang: return unary(.not)
        case .openBracket: return tuple()
        case .openBrace: return object()
        default: return missing(token)
        }
    }

    private mutating func missing(_ token: HCLToken) -> HCLExpression {
        if !isRecovering {
            if token.kind == .end {
                let detail = "Expected the start of an expression, but found the end of the file."
                fail("Missing expression", detail, at: token.range)
            } else {
                let detail = "Expected the start of an expression, but found an invalid expression token."
                fail("Invalid expression", detail, at: token.range)
            }
        } else {
            // It goes wrong here too, which those who asked have to know.
            fail("Invalid expression", "Expected the start of an expression.", at: token.range)
        }
        isRecovering = true
        return placeholder(token.range)
    }

    private mutating func parentheses() -> HCLExpression {
        let open = cursor.read()
        cursor.push(newlines: false)
        defer { cursor.pop() }
        let before = errors
        let inner = expression()
        if errors > before {
            recover(.closeParenthesis)
            return inner
        }
        let close = cursor.peek
        if close.kind != .closeParenthesis {
            let detail = "Expected a closing parenthesis to terminate the expression."
            fail("Unbalanced parentheses", detail, at: close.range, in: open.range.joined(to: close.range))
            isRecovering = true
        }
        let range = open.range.joined(to: cursor.read().range)
        return .wrapped(.init(inner, range, isParentheses: true))
    }

    /// The number of a token.
    mutating func number(_ token: HCLToken) -> HCLValue {
        if let number = HCLNumber(parsing: token.text) { return .number(number) }
        let detail = "Failed to recognize the value of this number literal."
        fail("Invalid number literal", detail, at: token.range)
        return .unknown(.number)
    }

    private mutating func word() -> HCLExpression {
        let token = cursor.read()
        switch cursor.peek.kind {
        case .openParenthesis, .doubleColon: return call(token)
        default: break
        }
        switch token.text {
        case "true": return .literal(.init(.bool(true), token.range))
        case "false": return .literal(.init(.bool(false), token.range))
        case "null": return .literal(.init(.null(), token.range))
        case let name: return .variable(.init(HCLTraversal(root: name, rootRange: token.range, steps: [])))
        }
    }

    private mutating func unary(_ kind: HCLOperator) -> HCLExpression {
        let sign = cursor.read()
        let operand = nested { $0.operand() } ?? placeholder(sign.range)
        return .unary(.init(kind, operand, sign.range.joined(to: operand.range)))
    }
}
