import CaissonText

// MARK: - %{if} and %{for}

extension HCLParser {
    /// Reads what stands behind `%{`; nil where it can't be.
    mutating func directive(_ open: HCLToken) -> HCLTemplatePart? {
        let word = cursor.peek
        guard word.kind == .identifier else {
            if !isRecovering {
                let detail =
                    "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ sequence."
                let context = open.range.joined(to: word.range)
                fail("Invalid template directive", detail, at: word.range, in: context)
            }
            return nil
        }
        _ = cursor.read()
        switch word.text {
        case "if":
            let condition = expression()
            return .condition(condition, open.range.joined(to: cursor.peek.range))
        case "for": return loopDirective(open)
        case "else", "endif", "endfor":
            return .directive(word.text, open.range.joined(to: cursor.peek.range))
        default:
            unknownDirective(word, open)
            return nil
        }
    }

    private mutating func unknownDirective(_ word: HCLToken, _ open: HCLToken) {
        guard !isRecovering else { return }
        let meant = HCLSuggestion.text(for: word.text, among: ["if", "for", "else", "endif", "endfor"])
        let detail = "\(word.text.goQuoted) is not a valid template control keyword.\(meant)"
        let context = open.range.joined(to: word.range)
        fail("Invalid template control keyword", detail, at: word.range, in: context)
    }

    private mutating func loopDirective(_ open: HCLToken) -> HCLTemplatePart? {
        guard cursor.peek.kind == .identifier else {
            return badLoop("For directive requires variable name after 'for'.")
        }
        var names = HCLExpression.Loop.Names(key: nil, value: cursor.read().text)
        if cursor.peek.kind == .comma {
            _ = cursor.read()
            guard cursor.peek.kind == .identifier else {
                return badLoop("For directive requires value variable name after comma.")
            }
            names = .init(key: names.value, value: cursor.read().text)
        }
        guard cursor.peek.isKeyword("in") else { return badLoop("For directive requires 'in' keyword after names.") }
        _ = cursor.read()
        let collection = expression()
        return .loop(names, collection, open.range.joined(to: cursor.peek.range))
    }

    private mutating func badLoop(_ detail: String) -> HCLTemplatePart? {
        if !isRecovering { fail("Invalid 'for' directive", detail, at: cursor.peek.range) }
        return nil
    }
}

// MARK: - The tree of a template

extension HCLParser {
    /// Puts the pieces of a template in order: those of an `if` or `for` into it.
    mutating func templateTree(_ parts: [HCLTemplatePart]) -> [HCLExpression] {
        var rest = parts[...]
        var tree: [HCLExpression] = []
        while let part = rest.first {
            if case .end = part { break }
            tree.append(templatePiece(&rest))
        }
        return tree
    }

    private mutating func templatePiece(_ rest: inout ArraySlice<HCLTemplatePart>) -> HCLExpression {
        switch rest.popFirst() {
        case .literal(let text, let range): return .literal(.init(.string(text), range))
        case .value(let expression): return expression
        case .condition(let condition, let range):
            let result = nested { parser in parser.templateCondition(condition, range, &rest) }
            return result ?? skipped(range, &rest)
        case .loop(let names, let collection, let range):
            let result = nested { parser in parser.templateLoop(names, collection, range, &rest) }
            return result ?? skipped(range, &rest)
        case .directive(let word, let range):
            fail("Unexpected \(word) directive", Self.unbalanced, at: range)
            return placeholder(range)
        case .end(let range):
            fail("Unexpected end of template", Self.unbalanced, at: range)
            return placeholder(range)
        case nil: return placeholder(cursor.previous)
        }
    }

    private static let unbalanced = "The control directives within this template are unbalanced."

    private func skipped(_ range: HCLRange, _ rest: inout ArraySlice<HCLTemplatePart>) -> HCLExpression {
        rest = []
        return placeholder(range)
    }

    private mutating func templateCondition(
        _ condition: HCLExpression,
        _ open: HCLRange,
        _ rest: inout ArraySlice<HCLTemplatePart>
    ) -> HCLExpression {
        var whenTrue: [HCLExpression] = []
        var whenFalse: [HCLExpression]?
        while true {
            switch rest.first {
            case .directive("endif", let range):
                rest.removeFirst()
                let one = Self.template(whenTrue, open.tail)
                let other = Self.template(whenFalse ?? [], range.head)
                return .conditional(.init(condition, one, other, open.joined(to: range)))
            case .directive("else", let range) where whenFalse != nil:
                let detail = "Already in the else clause for the if started at \(open)."
                fail("Unexpected else directive", detail, at: range)
                return skipped(range, &rest)
            case .directive("else", _):
                rest.removeFirst()
                whenFalse = []
            case .directive(let word, let range):
                let detail = "Expecting an endif directive for the if started at \(open)."
                fail("Unexpected \(word) directive", detail, at: range)
                return skipped(range, &rest)
            case .end(let range):
                let detail = "The if directive at \(open) is missing its corresponding endif directive."
                fail("Unexpected end of template", detail, at: range)
                return skipped(range, &rest)
            case nil: return placeholder(open)
            default:
                let piece = templatePiece(&rest)
                if whenFalse == nil { whenTrue.append(piece) } else { whenFalse?.append(piece) }
            }
        }
    }

    private mutating func templateLoop(
        _ names: HCLExpression.Loop.Names,
        _ collection: HCLExpression,
        _ open: HCLRange,
        _ rest: inout ArraySlice<HCLTemplatePart>
    ) -> HCLExpression {
        var content: [HCLExpression] = []
        while true {
            switch rest.first {
            case .directive("endfor", let range):
                rest.removeFirst()
                let value = Self.template(content, open.tail)
                let all = open.joined(to: range)
                let loop = HCLExpression.Loop(
                    names,
                    in: collection,
                    key: nil,
                    value: value,
                    if: nil,
                    groups: false,
                    all
                )
                return .joined(.init(.loop(loop)))
            case .directive("else", let range):
                fail("Unexpected else directive", "An else clause is not expected for a for directive.", at: range)
                return skipped(range, &rest)
            case .directive(let word, let range):
                let detail = "Expecting an endfor directive corresponding to the for directive at \(open)."
                fail("Unexpected \(word) directive", detail, at: range)
                return skipped(range, &rest)
            case .end(let range):
                let detail = "The for directive at \(open) is missing its corresponding endfor directive."
                fail("Unexpected end of template", detail, at: range)
                return skipped(range, &rest)
            case nil: return placeholder(open)
            default: content.append(templatePiece(&rest))
            }
        }
    }

    private static func template(_ parts: [HCLExpression], _ place: HCLRange) -> HCLExpression {
        guard let first = parts.first, let last = parts.last else {
            return .template(.init([.literal(.init(.string(""), place))], place))
        }
        return .template(.init(parts, first.range.joined(to: last.range)))
    }
}

/// A piece of a template.
enum HCLTemplatePart {
    /// Text that stands for itself.
    case literal(String, HCLRange)
    /// `${…}`
    case value(HCLExpression)
    /// `%{if …}`
    case condition(HCLExpression, HCLRange)
    /// `%{for … in …}`
    case loop(HCLExpression.Loop.Names, HCLExpression, HCLRange)
    /// `%{else}`, `%{endif}` or `%{endfor}`
    case directive(String, HCLRange)
    /// The end of the template.
    case end(HCLRange)
}

extension [HCLTemplatePart] {
    /// Takes from each line the blanks that all lines begin with, as `<<-` asks.
    mutating func removeIndentation() {
        var least = Int.max
        var places: [Int] = []
        for (index, part) in enumerated() where index == 0 || self[index - 1].endsLine {
            guard let blanks = part.indentation else { continue }
            least = Swift.min(least, blanks)
            places.append(index)
        }
        for index in places {
            if case .literal(let text, let range) = self[index] {
                self[index] = .literal(String(text.dropFirst(least)), range)
            }
        }
    }

    /// Puts pieces of text that stand beside each other together.
    mutating func joinLiterals() {
        var joined: [HCLTemplatePart] = []
        for part in self {
            if case .literal(let text, let range) = part, case .literal(let before, let first) = joined.last {
                joined[joined.count - 1] = .literal(before + text, first.joined(to: range))
            } else {
                joined.append(part)
            }
        }
        self = joined
    }
}

extension HCLTemplatePart {
    /// Whether what follows begins a line.
    fileprivate var endsLine: Bool {
        if case .literal(let text, _) = self { text.last?.isNewline == true } else { false }
    }

    /// How many blanks a line that begins with it has before all else; nil where it is empty.
    fileprivate var indentation: Int? {
        switch self {
        case .end: return nil
        case .literal(let text, _):
            let blanks = text.prefix { $0.isWhitespace }.count
            return blanks == text.count && text.last?.isNewline == true ? nil : blanks
        default: return 0
        }
    }
}
