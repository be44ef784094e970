/// A word or a sign of HCL.
struct HCLToken: Sendable {
    /// What it is.
    enum Kind: Sendable {
        case openBrace, closeBrace, openBracket, closeBracket, openParenthesis, closeParenthesis
        case openQuote, closeQuote, openHeredoc, closeHeredoc
        case star, slash, plus, minus, percent
        case equal, equalTo, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case and, or, bang
        case dot, comma, ellipsis, fatArrow, question, colon, doubleColon
        case interpolation, control, sequenceEnd
        case quotedText, text, number, identifier
        case comment, newline, end
        case bitwise, backtick, apostrophe, semicolon, invalid, badText, quotedNewline
    }

    let kind: Kind
    let range: HCLRange

    /// The bytes.
    var bytes: ArraySlice<UInt8> { range.bytes }
    /// The bytes as a text.
    var text: String { range.text }

    /// Whether it is an identifier of that name.
    func isKeyword(_ word: String) -> Bool { kind == .identifier && bytes.elementsEqual(word.utf8) }

    /// Whether a tilde at its edge asks to trim the blanks beside it.
    var trims: Bool {
        switch kind {
        case .interpolation, .control: bytes.count == 3
        case .sequenceEnd: bytes.count == 2
        default: false
        }
    }
}

extension HCLToken.Kind {
    /// What closes or opens this.
    var opposite: HCLToken.Kind? {
        switch self {
        case .openBrace: .closeBrace
        case .closeBrace: .openBrace
        case .openBracket: .closeBracket
        case .closeBracket: .openBracket
        case .openParenthesis: .closeParenthesis
        case .closeParenthesis: .openParenthesis
        case .openQuote: .closeQuote
        case .closeQuote: .openQuote
        case .openHeredoc: .closeHeredoc
        case .closeHeredoc: .openHeredoc
        case .interpolation, .control: .sequenceEnd
        case .sequenceEnd: .interpolation
        default: nil
        }
    }

    /// Whether it begins something that a later token ends.
    var opens: Bool {
        switch self {
        case .openBrace, .openBracket, .openParenthesis, .openQuote, .openHeredoc, .interpolation, .control: true
        default: false
        }
    }
}

/// Goes through the words and signs of a text, without the comments and, within brackets, without the ends of lines.
struct HCLTokenCursor {
    private let tokens: [HCLToken]
    private var next = 0
    private var keepsNewlines = [true]

    /// Takes the tokens; the last one is of the kind `end`.
    init(_ tokens: [HCLToken]) { self.tokens = tokens }

    /// The next token, which stays the next.
    var peek: HCLToken { find().token }

    /// Takes the next token.
    mutating func read() -> HCLToken {
        let (token, after) = find()
        next = after
        return token
    }

    /// Where the last token that was taken stands.
    var previous: HCLRange { next == 0 ? peek.range : tokens[next - 1].range }

    private func find() -> (token: HCLToken, after: Int) {
        for index in next..<tokens.count {
            let token = tokens[index]
            switch token.kind {
            case .comment:
                guard keepsNewlines.last == true, token.bytes.last == 0x0A else { continue }
                // A comment up to the line's end is the line's end, too.
                return (HCLToken(kind: .newline, range: token.range), index + 1)
            case .newline where keepsNewlines.last != true: continue
            default: return (token, index + 1)
            }
        }
        return (tokens[tokens.count - 1], tokens.count)
    }

    /// Says whether ends of lines matter, until it is taken back.
    mutating func push(newlines: Bool) { keepsNewlines.append(newlines) }

    /// Takes back what `push` said last.
    mutating func pop() { if keepsNewlines.count > 1 { keepsNewlines.removeLast() } }
}
