// MARK: - Blocks

extension HCLParser {
    /// Reads a block behind its type's name: labels, an opening brace, and what is in it.
    mutating func block(_ name: HCLToken) -> HCLNativeBlock {
        var block = HCLNativeBlock(type: name.text, typeRange: name.range, body: HCLNativeBody(range: name.range))
        while cursor.peek.kind != .openBrace {
            switch cursor.peek.kind {
            case .openQuote:
                let (label, range) = quotedLabel()
                block.labels.append(HCLLabel(text: label, range: range))
            case .identifier:
                let token = cursor.read()
                block.labels.append(HCLLabel(text: token.text, range: token.range))
            default:
                missingBrace(name)
                return block
            }
        }
        let open = cursor.read()
        block.open = open.range
        switch cursor.peek.kind {
        case .newline, .end, .closeBrace: block.body = body(until: .closeBrace)
        default: block.body = singleAttribute(name, open)
        }
        endBlock(name)
        return block
    }

    private mutating func missingBrace(_ name: HCLToken) {
        let token = cursor.peek
        let context = name.range.joined(to: token.range)
        let summary = "Invalid block definition"
        switch token.kind {
        case .equal:
            let detail =
                "The equals sign \"=\" indicates an argument definition, and must not be used when defining a block."
            fail(summary, detail, at: token.range, in: context)
        case .newline:
            let detail =
                "A block definition must have block content delimited by \"{\" and \"}\", starting on the same line "
                + "as the block header."
            fail(summary, detail, at: token.range, in: context)
        default:
            if !isRecovering {
                let detail = "Either a quoted string block label or an opening brace (\"{\") is expected here."
                fail(summary, detail, at: token.range, in: context)
            }
        }
        recoverAfterItem()
    }

    private mutating func endBlock(_ name: HCLToken) {
        let end = cursor.peek
        if end.kind == .newline || end.kind == .end {
            _ = cursor.read()
            return
        }
        if !isRecovering {
            let context = name.range.joined(to: end.range)
            let detail = "A block definition must end with a newline."
            fail("Missing newline after block definition", detail, at: end.range, in: context)
        }
        recoverAfterItem()
    }

    /// Reads the one attribute of a block that is closed on the same line.
    private mutating func singleAttribute(_ block: HCLToken, _ open: HCLToken) -> HCLNativeBody {
        var body = HCLNativeBody(range: open.range)
        let name = cursor.read()
        let token = cursor.peek
        guard name.kind == .identifier else {
            recoverAfterItem()
            let detail = "An argument or block definition is required here."
            fail("Argument or block definition required", detail, at: name.range)
            endSingle(block, open)
            return body
        }
        switch token.kind {
        case .equal:
            let attribute = attribute(name, isAlone: true)
            body.range = attribute.range
            body.attributes.append(attribute)
        case .openQuote, .openBrace, .identifier:
            recoverAfterItem()
            let detail =
                "A single-line block definition can contain only a single argument. If you meant to define argument "
                + "\(name.text.goQuoted), use an equals sign to assign it a value. To define a nested block, place it "
                + "on a line of its own within its parent block."
            fail("Argument definition required", detail, at: name.range.joined(to: token.range))
        default: missingEquals(name)
        }
        endSingle(block, open)
        return body
    }

    private mutating func endSingle(_ block: HCLToken, _ open: HCLToken) {
        let token = cursor.peek
        let summary = "Invalid single-argument block definition"
        switch token.kind {
        case .closeBrace:
            _ = cursor.read()
            return
        case .comma:
            let detail =
                "Single-line block syntax can include only one argument definition. To define multiple arguments, "
                + "use the multi-line block syntax with one argument definition per line."
            fail(summary, detail, at: token.range)
        case .newline:
            let detail =
                "An argument definition on the same line as its containing block creates a single-line block "
                + "definition, which must also be closed on the same line. Place the block's closing brace "
                + "immediately after the argument definition."
            fail(summary, detail, at: token.range)
        case .end where !isRecovering:
            let context = block.range.joined(to: open.range)
            fail("Unclosed configuration block", Self.unclosedBlock, at: open.range, in: context)
        case _ where !isRecovering:
            let detail =
                "A single-line block definition must end with a closing brace immediately after its single argument "
                + "definition."
            fail(summary, detail, at: token.range)
        default: break
        }
        recover(.closeBrace)
    }

    /// Reads a label between quotation marks; nothing is put into it.
    private mutating func quotedLabel() -> (text: String, range: HCLRange) {
        let open = cursor.read()
        var text = ""
        while true {
            let token = cursor.read()
            let context = open.range.joined(to: token.range)
            let summary = "Invalid string literal"
            switch token.kind {
            case .closeQuote: return (text.composed, context)
            case .quotedText: text += literal(token)
            case .interpolation, .control:
                let sign = token.kind == .control ? "%" : "$"
                let detail =
                    "Template sequences are not allowed in this string. To include a literal \(sign.goQuoted), "
                    + "double it (as \"\(sign)\(sign)\") to escape it."
                fail(summary, detail, at: token.range, in: context)
                recover(.sequenceEnd)
            case .end:
                let detail = "Unable to find the closing quote mark before the end of the file."
                fail("Unterminated string literal", detail, at: token.range, in: context)
                return (text, context)
            default:
                fail(summary, "This item is not valid in a string literal.", at: token.range, in: context)
                recover(.closeQuote)
                return (text, context)
            }
        }
    }
}
