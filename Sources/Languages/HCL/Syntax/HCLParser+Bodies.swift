// MARK: - Attributes and blocks

extension HCLParser {
    /// Reads attributes and blocks up to a closing brace or the end of the text.
    mutating func body(until end: HCLToken.Kind) -> HCLNativeBody {
        let start = cursor.previous
        var body = HCLNativeBody(range: start)
        while true {
            let token = cursor.peek
            if token.kind == end {
                _ = cursor.read()
                break
            }
            if token.kind == .newline {
                _ = cursor.read()
            } else if token.kind == .identifier {
                item(into: &body)
            } else {
                missingItem(end, start)
                break
            }
        }
        body.range = start.joined(to: cursor.previous)
        return body
    }

    private mutating func missingItem(_ end: HCLToken.Kind, _ start: HCLRange) {
        let bad = cursor.read()
        if !isRecovering {
            switch bad.kind {
            case .openQuote: fail("Invalid argument name", "Argument names must not be quoted.", at: bad.range)
            case .end where end == .closeBrace: fail("Unclosed configuration block", Self.unclosedBlock, at: start)
            case .end:
                let detail = "Found end of file before the end of this configuration body."
                fail("Unclosed configuration body", detail, at: start)
            default:
                let detail = "An argument or block definition is required here."
                fail("Argument or block definition required", detail, at: bad.range)
            }
        }
        recover(end)
    }

    static let unclosedBlock =
        "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace "
        + "nesting elsewhere in this file."

    private mutating func item(into body: inout HCLNativeBody) {
        let name = cursor.read()
        switch cursor.peek.kind {
        case .equal: body.add(attribute(name, isAlone: false), complaining: &self)
        case .openQuote, .openBrace, .identifier:
            guard let block = nested({ $0.block(name) }) else { return recoverAfterItem() }
            body.blocks.append(block)
        default: missingEquals(name)
        }
    }

    mutating func missingEquals(_ name: HCLToken) {
        recoverAfterItem()
        let detail =
            "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to "
            + "introduce the argument value."
        fail("Argument or block definition required", detail, at: name.range)
    }

    /// Reads `= value` behind a name, and the line's end, unless the attribute is alone in its block.
    mutating func attribute(_ name: HCLToken, isAlone: Bool) -> HCLAttribute {
        let equals = cursor.read()
        let before = errors
        let value = expression()
        var last = cursor.previous
        if hasFailed(since: before) {
            recoverAfterItem()
        } else if !isAlone {
            let end = cursor.peek
            if end.kind == .newline || end.kind == .end {
                _ = cursor.read()
            } else {
                missingNewline(name, end)
                last = cursor.previous
                recoverAfterItem()
            }
        }
        return HCLAttribute(
            name: name.text,
            value: value,
            range: name.range.joined(to: last),
            nameRange: name.range,
            equals: equals.range
        )
    }

    private mutating func missingNewline(_ name: HCLToken, _ end: HCLToken) {
        guard !isRecovering else { return }
        let detail = "An argument definition must end with a newline."
        let context = name.range.joined(to: end.range)
        if end.kind == .comma {
            let comma = "Argument definitions must be separated by newlines, not commas. "
            fail("Unexpected comma after argument", comma + detail, at: end.range, in: context)
        } else {
            fail("Missing newline after argument", detail, at: end.range, in: context)
        }
    }
}
