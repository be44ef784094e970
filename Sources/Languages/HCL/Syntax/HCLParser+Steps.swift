import CaissonText

// MARK: - Steps behind a term

extension HCLParser {
    /// What has been read of steps.
    private struct Reading {
        /// The term, with what was put around it.
        var base: HCLExpression
        /// Steps that haven't been put around it.
        var pending: [HCLTraversal.Step] = []
        /// How often something was put around it.
        var layers = 0

        /// The term with all steps.
        var expression: HCLExpression {
            guard let last = pending.last else { return base }
            switch base {
            case .variable(let node):
                let old = node.traversal
                let steps = old.steps + pending
                return .variable(.init(HCLTraversal(root: old.root, rootRange: old.rootRange, steps: steps)))
            case .steps(let node):
                return .steps(.init(node.source, node.steps + pending, node.range.joined(to: last.range)))
            default:
                return .steps(.init(base, pending, base.range.joined(to: last.range)))
            }
        }

        mutating func wrap(_ expression: HCLExpression) {
            base = expression
            pending = []
            layers += 1
        }
    }

    /// Reads points, brackets and stars behind a term.
    mutating func steps(from term: HCLExpression) -> HCLExpression {
        var reading = Reading(base: term)
        while true {
            let before = errors
            switch cursor.peek.kind {
            case .dot: dot(&reading, from: term)
            case .openBracket: bracket(&reading, from: term)
            default: return reading.expression
            }
            if hasFailed(since: before) { return reading.expression }
            if reading.layers > Self.deepest {
                fail("Too deeply nested", "An expression has too many indexes.", at: cursor.previous)
                isRecovering = true
                return reading.expression
            }
        }
    }

    private mutating func dot(_ reading: inout Reading, from term: HCLExpression) {
        let dot = cursor.read()
        let token = cursor.peek
        switch token.kind {
        case .identifier:
            _ = cursor.read()
            reading.pending.append(.attribute(token.text.composed, dot.range.joined(to: token.range)))
        case .number:
            reading.pending.append(legacyIndex(dot, isInSplat: false))
        case .star: attributeSplat(&reading, from: term, dot)
        default:
            fail("Invalid attribute name", "An attribute name is required after a dot.", at: token.range)
            isRecovering = true
        }
    }

    /// `.0`, of which there can't be two without a bracket, as `0.1` is one number.
    private mutating func legacyIndex(_ dot: HCLToken, isInSplat: Bool) -> HCLTraversal.Step {
        let token = cursor.read()
        let range = dot.range.joined(to: token.range)
        guard let (first, second) = token.text.cut(at: ".") else { return .index(number(token), range) }
        let proper =
            isInSplat ? "the proper index syntax with a full splat expression [*] instead" : "the proper index syntax"
        let detail =
            "When using the legacy index syntax, chaining two indexes together is not permitted. Use \(proper)"
            + "\(isInSplat ? "" : " instead"), like [\(first)][\(second)]."
        fail("Invalid legacy index syntax", detail, at: token.range)
        return .index(.unknown(), range)
    }

    /// `.*` with the names and numbers behind it, which belong to each element.
    private mutating func attributeSplat(_ reading: inout Reading, from term: HCLExpression, _ dot: HCLToken) {
        let marker = dot.range.joined(to: cursor.read().range)
        var steps: [HCLTraversal.Step] = []
        while cursor.peek.kind == .dot {
            let dot = cursor.read()
            let token = cursor.peek
            switch token.kind {
            case .number: steps.append(legacyIndex(dot, isInSplat: true))
            case .identifier:
                _ = cursor.read()
                steps.append(.attribute(token.text.composed, dot.range.joined(to: token.range)))
            default: return missingName(token)
            }
        }
        let number = nextSplat()
        let item = HCLExpression.item(.init(number, marker))
        let each = steps.last.map { HCLExpression.steps(.init(item, steps, marker.joined(to: $0.range))) } ?? item
        let range = term.range.joined(to: cursor.previous)
        reading.wrap(.splat(.init(reading.expression, each: each, number: number, range, marker)))
    }

    private mutating func missingName(_ token: HCLToken) {
        if token.kind == .star {
            let detail = "A splat expression (*) cannot be used inside another attribute-only splat expression."
            fail("Nested splat expression not allowed", detail, at: token.range)
        } else {
            fail("Invalid attribute name", "An attribute name is required after a dot.", at: token.range)
        }
        isRecovering = true
    }

    private mutating func bracket(_ reading: inout Reading, from term: HCLExpression) {
        let open = cursor.read()
        if cursor.peek.kind == .star { return fullSplat(&reading, from: term, open) }
        cursor.push(newlines: false)
        let key = expression()
        let close = closeBracket(
            "Missing close bracket on index",
            "The index operator must end with a closing bracket (\"]\")."
        )
        cursor.pop()
        let range = open.range.joined(to: close.range)
        switch key {
        case .literal(let literal): reading.pending.append(.index(literal.value, range))
        case .template(let template) where template.literal != nil:
            reading.pending.append(.index(.string(template.literal ?? ""), range))
        default:
            let all = term.range.joined(to: range)
            reading.wrap(.index(.init(reading.expression, key, all, range)))
        }
    }

    private mutating func closeBracket(_ summary: String, _ detail: String) -> HCLToken {
        if isRecovering { return recover(.closeBracket) }
        let close = cursor.read()
        if close.kind == .closeBracket { return close }
        fail(summary, detail, at: close.range)
        return recover(.closeBracket)
    }

    /// `[*]` with all steps behind it, which belong to each element.
    private mutating func fullSplat(_ reading: inout Reading, from term: HCLExpression, _ open: HCLToken) {
        _ = cursor.read()
        let close = closeBracket(
            "Missing close bracket on splat index",
            "The star for a full splat operator must be immediately followed by a closing bracket (\"]\")."
        )
        let marker = open.range.joined(to: close.range)
        let number = nextSplat()
        let item = HCLExpression.item(.init(number, marker))
        let each = nested { $0.steps(from: item) } ?? item
        let range = term.range.joined(to: each.range)
        reading.wrap(.splat(.init(reading.expression, each: each, number: number, range, marker)))
    }
}
