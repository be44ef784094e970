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
        var isLineStart = true
        var places: [Int] = []
        for (index, part) in enumerated() {
            if isLineStart {
                isLineStart = false
                if case .literal(let text, _) = part {
                    let blanks = text.prefix { $0.isWhitespace }
                    if blanks.count < text.count || text.last?.isNewline != true {
                        least = Swift.min(least, blanks.count)
                        places.append(index)
                    }
                } else if case .end = part {
                    break
                } else {
                    least = 0
                }
            }
            if case .literal(let text, _) = part, text.last?.isNewline == true { isLineStart = true }
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
