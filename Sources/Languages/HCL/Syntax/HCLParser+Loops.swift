// MARK: - for

extension HCLParser {
    /// Reads `for …` behind an opening bracket or brace.
    mutating func loop(_ open: HCLToken) -> HCLExpression {
        cursor.push(newlines: false)
        defer { cursor.pop() }
        _ = cursor.read()
        let end: HCLToken.Kind = open.kind == .openBrace ? .closeBrace : .closeBracket
        let before = errors
        guard let names = loopNames(open), let collection = loopCollection(open, since: before),
            let loop = loopBody(open, names, collection, end)
        else { return placeholder(open.range.joined(to: recover(end).range)) }
        return loop
    }

    private mutating func loopFailure(_ detail: String, _ open: HCLToken) {
        guard !isRecovering else { return }
        let token = cursor.peek
        fail("Invalid 'for' expression", detail, at: token.range, in: open.range.joined(to: token.range))
    }

    private mutating func loopNames(_ open: HCLToken) -> HCLExpression.Loop.Names? {
        guard cursor.peek.kind == .identifier else {
            loopFailure("For expression requires variable name after 'for'.", open)
            return nil
        }
        let first = cursor.read().text
        guard cursor.peek.kind == .comma else { return inKeyword(.init(key: nil, value: first), open) }
        _ = cursor.read()
        guard cursor.peek.kind == .identifier else {
            loopFailure("For expression requires value variable name after comma.", open)
            return nil
        }
        return inKeyword(.init(key: first, value: cursor.read().text), open)
    }

    private mutating func inKeyword(
        _ names: HCLExpression.Loop.Names,
        _ open: HCLToken
    ) -> HCLExpression.Loop.Names? {
        guard cursor.peek.isKeyword("in") else {
            loopFailure("For expression requires the 'in' keyword after its name declarations.", open)
            return nil
        }
        _ = cursor.read()
        return names
    }

    private mutating func loopCollection(_ open: HCLToken, since before: Int) -> HCLExpression? {
        let collection = expression()
        if hasFailed(since: before) { return nil }
        guard cursor.peek.kind == .colon else {
            loopFailure("For expression requires a colon after the collection expression.", open)
            return nil
        }
        _ = cursor.read()
        return collection
    }

    private mutating func loopBody(
        _ open: HCLToken,
        _ names: HCLExpression.Loop.Names,
        _ collection: HCLExpression,
        _ end: HCLToken.Kind
    ) -> HCLExpression? {
        let before = errors
        var value = expression()
        var key: HCLExpression?
        if cursor.peek.kind == .fatArrow {
            _ = cursor.read()
            key = value
            value = expression()
        }
        if hasFailed(since: before) { return nil }
        let ellipsis = cursor.peek.kind == .ellipsis ? cursor.read() : nil
        var condition: HCLExpression?
        if cursor.peek.isKeyword("if") {
            _ = cursor.read()
            condition = expression()
            if hasFailed(since: before) { return nil }
        }
        let range = open.range.joined(to: loopEnd(open, end).range)
        checkLoop(key, value, ellipsis, range)
        return .loop(
            .init(names, in: collection, key: key, value: value, if: condition, groups: ellipsis != nil, range)
        )
    }

    private mutating func loopEnd(_ open: HCLToken, _ end: HCLToken.Kind) -> HCLToken {
        if cursor.peek.kind == end { return cursor.read() }
        loopFailure("Extra characters after the end of the 'for' expression.", open)
        return recover(end)
    }

    private mutating func checkLoop(
        _ key: HCLExpression?,
        _ value: HCLExpression,
        _ ellipsis: HCLToken?,
        _ range: HCLRange
    ) {
        let summary = "Invalid 'for' expression"
        if range.bytes.first == UInt8(ascii: "{") {
            guard key == nil else { return }
            fail(summary, "Key expression is required when building an object.", at: value.range, in: range)
            return
        }
        if let key {
            fail(summary, "Key expression is not valid when building a tuple.", at: key.range, in: range)
        }
        if let ellipsis {
            let detail = "Grouping ellipsis (...) cannot be used when building a tuple."
            fail(summary, detail, at: ellipsis.range, in: range)
        }
    }
}
