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
