// MARK: - Calls of functions

extension HCLParser {
    /// Reads the call of a function behind its name.
    mutating func call(_ name: HCLToken) -> HCLExpression {
        var open = cursor.read()
        var text = name.text
        var last = name.range
        while open.kind == .doubleColon {
            let next = cursor.read()
            guard next.kind == .identifier else {
                let detail =
                    "Function scope resolution symbol :: must be followed by a function name in this scope."
                fail("Missing function name", detail, at: next.range, in: name.range.joined(to: next.range))
                recoverOverParentheses()
                return placeholder(name.range.joined(to: next.range))
            }
            text += "::" + next.text
            last = next.range
            open = cursor.read()
        }
        guard open.kind == .openParenthesis else {
            let detail = "Function selector must be followed by an open parenthesis to begin the function call."
            fail("Missing open parenthesis", detail, at: open.range, in: name.range.joined(to: open.range))
            recoverOverParentheses()
            return placeholder(name.range.joined(to: open.range))
        }
        cursor.push(newlines: false)
        defer { cursor.pop() }
        var arguments: [HCLExpression] = []
        let (close, expandsLast) = self.arguments(&arguments, name, open)
        let range = name.range.joined(to: last)
        return .call(.init(text, arguments, expandsLast: expandsLast, at: range, open.range, close.range))
    }

    private mutating func arguments(
        _ arguments: inout [HCLExpression],
        _ name: HCLToken,
        _ open: HCLToken
    ) -> (close: HCLToken, expandsLast: Bool) {
        while cursor.peek.kind != .closeParenthesis {
            let before = errors
            arguments.append(expression())
            if hasFailed(since: before) { return (recover(.closeParenthesis), false) }
            let separator = cursor.read()
            switch separator.kind {
            case .closeParenthesis: return (separator, false)
            case .ellipsis: return (expanded(name, separator), true)
            case .comma: continue
            case .end:
                let detail =
                    "There is no closing parenthesis for this function call before the end of the file. This may be "
                    + "caused by incorrect parenthesis nesting elsewhere in this file."
                fail("Unterminated function call", detail, at: name.range.joined(to: open.range))
            default:
                let detail = "A comma is required to separate each function argument from the next."
                let context = name.range.joined(to: separator.range)
                fail("Missing argument separator", detail, at: separator.range, in: context)
            }
            return (recover(.closeParenthesis), false)
        }
        return (cursor.read(), false)
    }

    private mutating func expanded(_ name: HCLToken, _ ellipsis: HCLToken) -> HCLToken {
        if cursor.peek.kind == .closeParenthesis { return cursor.read() }
        if !isRecovering {
            let detail =
                "An expanded function argument (with ...) must be immediately followed by closing parentheses."
            let context = name.range.joined(to: ellipsis.range)
            fail("Missing closing parenthesis", detail, at: ellipsis.range, in: context)
        }
        return recover(.closeParenthesis)
    }
}

// MARK: - Tuples and objects

extension HCLParser {
    /// Reads `[…]`.
    mutating func tuple() -> HCLExpression {
        let open = cursor.read()
        cursor.push(newlines: false)
        defer { cursor.pop() }
        if cursor.peek.isKeyword("for") { return loop(open) }
        var elements: [HCLExpression] = []
        var close = open
        while true {
            if cursor.peek.kind == .closeBracket {
                close = cursor.read()
                break
            }
            let before = errors
            elements.append(expression())
            if hasFailed(since: before) {
                close = recover(.closeBracket)
                break
            }
            let token = cursor.peek
            if token.kind == .comma {
                _ = cursor.read()
            } else if token.kind != .closeBracket {
                unterminated("tuple", "bracket", open, token) {
                    (
                        "Missing item separator", "Expected a comma to mark the beginning of the next item."
                    )
                }
                close = recover(.closeBracket)
                break
            }
        }
        return .tuple(.init(elements, open.range.joined(to: close.range)))
    }

    private mutating func unterminated(
        _ what: String,
        _ bracket: String,
        _ open: HCLToken,
        _ token: HCLToken,
        _ otherwise: () -> (summary: String, detail: String)
    ) {
        guard !isRecovering else { return }
        if token.kind == .end {
            let detail =
                "There is no corresponding closing \(bracket) before the end of the file. This may be caused by "
                + "incorrect \(bracket) nesting elsewhere in this file."
            fail("Unterminated \(what) constructor expression", detail, at: open.range)
        } else {
            let (summary, detail) = otherwise()
            fail(summary, detail, at: token.range, in: open.range.joined(to: token.range))
        }
    }

    /// Reads `{…}`.
    mutating func object() -> HCLExpression {
        let open = cursor.read()
        cursor.push(newlines: false)
        let isLoop = cursor.peek.isKeyword("for")
        cursor.pop()
        if isLoop { return loop(open) }
        cursor.push(newlines: true)
        defer { cursor.pop() }
        var items: [HCLExpression.Object.Item] = []
        while true {
            switch cursor.peek.kind {
            case .newline:
                _ = cursor.read()
                continue
            case .closeBrace:
                return .object(.init(items, open.range.joined(to: cursor.read().range)))
            default: break
            }
            guard let item = item(open), endItem(open) else {
                let close = recover(.closeBrace)
                return .object(.init(items, open.range.joined(to: close.range)))
            }
            items.append(item)
        }
    }

    /// A name and its value; nil where they couldn't be read.
    private mutating func item(_ open: HCLToken) -> HCLExpression.Object.Item? {
        let isComputed = cursor.peek.kind == .openParenthesis
        let before = errors
        let key = expression()
        if hasFailed(since: before) { return nil }
        let token = cursor.peek
        guard token.kind == .equal || token.kind == .colon else {
            missingValue(open, token)
            return nil
        }
        _ = cursor.read()
        let value = expression()
        if hasFailed(since: before) { return nil }
        return .init(key: key, isComputed: isComputed, value: value)
    }

    private mutating func missingValue(_ open: HCLToken, _ token: HCLToken) {
        unterminated("object", "brace", open, token) {
            switch token.kind {
            case .newline, .comma:
                ("Missing attribute value", "Expected an attribute value, introduced by an equals sign (\"=\").")
            case .identifier:
                (
                    "Missing key/value separator",
                    "Expected an equals sign (\"=\") to mark the beginning of the attribute value. If you intended to "
                        + "given an attribute name containing periods or spaces, write the name in quotes to create "
                        + "a string literal."
                )
            default:
                (
                    "Missing key/value separator",
                    "Expected an equals sign (\"=\") to mark the beginning of the attribute value."
                )
            }
        }
    }

    /// Takes what separates names with their values; false where nothing does.
    private mutating func endItem(_ open: HCLToken) -> Bool {
        let token = cursor.peek
        switch token.kind {
        case .closeBrace: return true
        case .comma, .newline:
            _ = cursor.read()
            return true
        default:
            unterminated("object", "brace", open, token) {
                (
                    "Missing attribute separator",
                    "Expected a newline or comma to mark the beginning of the next attribute."
                )
            }
            return false
        }
    }
}
