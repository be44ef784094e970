// MARK: - Templates

extension HCLParser {
    /// Reads a text between quotation marks or a heredoc.
    mutating func text() -> HCLExpression {
        let open = cursor.read()
        let isIndented = open.bytes.starts(with: "<<-".utf8)
        let body = template(until: open.kind == .openQuote ? .closeQuote : .closeHeredoc, isIndented: isIndented)
        return Self.expression(body, open.range.joined(to: cursor.previous))
    }

    /// Reads a text that is all template.
    mutating func bareTemplate() -> HCLExpression {
        let body = template(until: .end, isIndented: false)
        return Self.expression(body, body.range)
    }

    /// The pieces of a template, put together.
    private struct Body {
        var parts: [HCLExpression]
        var isValue: Bool
        var range: HCLRange
    }

    private static func expression(_ body: Body, _ range: HCLRange) -> HCLExpression {
        if body.isValue, body.parts.count == 1 {
            return .wrapped(.init(body.parts[0], range, isParentheses: false))
        }
        return .template(.init(body.parts, range))
    }

    private mutating func template(until end: HCLToken.Kind, isIndented: Bool) -> Body {
        let start = cursor.peek.range
        var parts = templateParts(until: end, start)
        if isIndented { parts.removeIndentation() }
        parts.joinLiterals()
        let range = start.joined(to: cursor.previous)
        let tree = nested { parser in parser.templateTree(parts) } ?? []
        var isValue = false
        if parts.count == 2, case .value = parts[0] { isValue = true }
        return Body(parts: tree, isValue: isValue, range: range)
    }

    private mutating func templateParts(until end: HCLToken.Kind, _ start: HCLRange) -> [HCLTemplatePart] {
        var parts: [HCLTemplatePart] = []
        var trimsNext = false
        while true {
            let token = cursor.read()
            if token.kind == end {
                if parts.isEmpty { parts.append(.literal("", start.head)) }
                return parts + [.end(token.range)]
            }
            let trims = trimsNext
            trimsNext = false
            switch token.kind {
            case .text, .quotedText:
                let text = literal(token)
                parts.append(.literal(trims ? text.withoutLeadingBlanks : text, token.range))
            case .interpolation: trimsNext = interpolation(token, end, start, &parts)
            case .control: trimsNext = control(token, start, &parts)
            default:
                unterminated(token, start)
                return parts + [.end(recover(end).range)]
            }
        }
    }

    private mutating func unterminated(_ token: HCLToken, _ start: HCLRange) {
        guard !isRecovering else { return }
        let context = start.joined(to: token.range)
        let detail = "No closing marker was found for the string."
        fail("Unterminated template string", detail, at: token.range, in: context)
    }

    /// Takes the blanks from the end of the text before a sequence that asks for it.
    private func trimEnd(_ parts: inout [HCLTemplatePart], for token: HCLToken) {
        guard token.trims, case .literal(let text, let range) = parts.last else { return }
        parts[parts.count - 1] = .literal(text.withoutTrailingBlanks, range)
    }

    /// Reads `${…}`, and says whether blanks behind it are to be taken away.
    private mutating func interpolation(
        _ open: HCLToken,
        _ end: HCLToken.Kind,
        _ start: HCLRange,
        _ parts: inout [HCLTemplatePart]
    ) -> Bool {
        trimEnd(&parts, for: open)
        cursor.push(newlines: false)
        defer { cursor.pop() }
        let value = expression()
        let close = cursor.peek
        parts.append(.value(value))
        guard close.kind == .sequenceEnd else {
            if !isRecovering { badSequenceEnd(close, end, start) }
            recover(.sequenceEnd)
            return false
        }
        _ = cursor.read()
        return close.trims
    }

    private mutating func badSequenceEnd(_ close: HCLToken, _ end: HCLToken.Kind, _ start: HCLRange) {
        let context = start.joined(to: close.range)
        let unclosed = "Unclosed template interpolation sequence"
        let extra = "Extra characters after interpolation expression"
        switch close.kind {
        case .end:
            let detail =
                "There is no closing brace for this interpolation sequence before the end of the file. This might be "
                + "caused by incorrect nesting inside the given expression."
            fail(unclosed, detail, at: start)
        case .colon:
            let detail =
                "Template interpolation doesn't expect a colon at this location. Did you intend this to be a literal "
                + "sequence to be processed as part of another language? If so, you can escape it by starting with "
                + "\"$${\" instead of just \"${\"."
            fail(extra, detail, at: close.range, in: context)
        case .closeQuote where end == .closeQuote, .openQuote where end == .closeQuote:
            let detail =
                "There is no closing brace for this interpolation sequence before the end of the quoted template. "
                + "This might be caused by incorrect nesting inside the given expression."
            fail(unclosed, detail, at: start)
        default:
            let detail =
                "Expected a closing brace to end the interpolation expression, but found extra characters.\n\nThis "
                + "can happen when you include interpolation syntax for another language, such as shell scripting, "
                + "but forget to escape the interpolation start token. If this is an embedded sequence for another "
                + "language, escape it by starting with \"$${\" instead of just \"${\"."
            fail(extra, detail, at: close.range, in: context)
        }
    }

    /// Reads `%{…}`, and says whether blanks behind it are to be taken away.
    private mutating func control(
        _ open: HCLToken,
        _ start: HCLRange,
        _ parts: inout [HCLTemplatePart]
    ) -> Bool {
        trimEnd(&parts, for: open)
        cursor.push(newlines: false)
        defer { cursor.pop() }
        guard let part = directive(open) else {
            recover(.sequenceEnd)
            return false
        }
        parts.append(part)
        let close = cursor.peek
        guard close.kind == .sequenceEnd else {
            if !isRecovering {
                let detail = "Expected a closing brace to end the sequence, but found extra characters."
                let context = start.joined(to: close.range)
                fail("Extra characters in \(part.keyword) marker", detail, at: close.range, in: context)
            }
            recover(.sequenceEnd)
            return false
        }
        _ = cursor.read()
        return close.trims
    }
}

extension HCLTemplatePart {
    /// The word that a sequence begins with.
    fileprivate var keyword: String {
        switch self {
        case .condition: "if"
        case .loop: "for"
        case .directive(let word, _): word
        case .literal, .value, .end: ""
        }
    }
}

extension String {
    /// The text without blanks and line ends at its start.
    var withoutLeadingBlanks: String {
        String(String.UnicodeScalarView(unicodeScalars.drop { $0.properties.isWhitespace }))
    }

    /// The text without blanks and line ends at its end.
    var withoutTrailingBlanks: String {
        var scalars = unicodeScalars
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return String(scalars)
    }
}
