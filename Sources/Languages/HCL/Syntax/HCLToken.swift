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
