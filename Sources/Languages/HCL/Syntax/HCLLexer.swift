import CaissonText

/// Splits a text into words and signs.
///
/// Templates within templates are followed by a stack of what is being read; nothing recurses.
struct HCLLexer {
    /// What is being read.
    enum Mode {
        /// Outside of texts.
        case code
        /// Within quotation marks.
        case quoted
        /// Up to a line that is this word.
        case heredoc(marker: ArraySlice<UInt8>, isAtLineStart: Bool)
        /// A text that is all template, as the strings of JSON are.
        case bare
    }

    let source: HCLSource
    let bytes: [UInt8]
    var next = 0
    var tokens: [HCLToken] = []
    var modes: [Mode]
    /// How many braces are open, and at which of these numbers a template's sequence ends.
    private var braces = 0
    private var sequences: [Int] = []

    /// The words and signs of a text, one of the kind `end` last.
    static func tokens(of source: HCLSource, isTemplate: Bool = false) -> [HCLToken] {
        var lexer = HCLLexer(source, isTemplate ? .bare : .code)
        lexer.run()
        return lexer.tokens
    }

    private init(_ source: HCLSource, _ mode: Mode) {
        self.source = source
        bytes = source.bytes
        modes = [mode]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
    }

    private mutating func run() {
        while next < bytes.count {
            switch modes.last {
            case .quoted: quoted()
            case .heredoc(let marker, let isAtLineStart): heredoc(marker, isAtLineStart)
            case .bare: bare()
            case .code, nil: code()
            }
        }
        add(.end, 0)
    }

    /// Adds a token of so many bytes.
    mutating func add(_ kind: HCLToken.Kind, _ count: Int) {
        tokens.append(HCLToken(kind: kind, range: HCLRange(source, next, next + count)))
        next += count
    }

    func byte(_ ahead: Int) -> UInt8? { next + ahead < bytes.count ? bytes[next + ahead] : nil }

    func isNext(_ text: StaticString, after ahead: Int = 0) -> Bool {
        let count = text.utf8CodeUnitCount
        guard next + ahead + count <= bytes.count else { return false }
        return text.withUTF8Buffer { $0.elementsEqual(bytes[(next + ahead)..<(next + ahead + count)]) }
    }

    /// Begins `${` or `%{`.
    mutating func beginSequence(_ kind: HCLToken.Kind) {
        add(kind, byte(2) == UInt8(ascii: "~") ? 3 : 2)
        braces += 1
        sequences.append(braces)
        modes.append(.code)
    }

    /// Ends a sequence or something in braces.
    private mutating func endBrace(_ count: Int) {
        let isSequence = sequences.last == braces
        add(isSequence || count == 2 ? .sequenceEnd : .closeBrace, count)
        braces -= 1
        guard isSequence else { return }
        sequences.removeLast()
        if modes.count > 1 { modes.removeLast() }
    }

    // MARK: - Code

    private mutating func code() {
        switch bytes[next] {
        case UInt8(ascii: " "), 0x09: next += 1
        case let byte where byte.isDigit: number()
        case UInt8(ascii: "#"): comment()
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): comment()
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): blockComment()
        case 0x0A: add(.newline, 1)
        case 0x0D where byte(1) == 0x0A: add(.newline, 2)
        case UInt8(ascii: "{"):
            add(.openBrace, 1)
            braces += 1
        case UInt8(ascii: "}"): endBrace(1)
        case UInt8(ascii: "~") where byte(1) == UInt8(ascii: "}"): endBrace(2)
        case UInt8(ascii: "\""):
            add(.openQuote, 1)
            modes.append(.quoted)
        case UInt8(ascii: "<") where beginHeredoc(): break
        default: sign()
        }
    }

    private mutating func sign() {
        for (text, kind) in Self.signs where isNext(text) { return add(kind, text.utf8CodeUnitCount) }
        let word = identifierLength()
        if word > 0 { return add(.identifier, word) }
        if let width = scalar(at: next)?.width { add(.invalid, width) } else { add(.badText, 1) }
    }

    private static let signs: [(StaticString, HCLToken.Kind)] = [
        ("...", .ellipsis), ("==", .equalTo), ("!=", .notEqual), (">=", .greaterOrEqual), ("<=", .lessOrEqual),
        ("&&", .and), ("||", .or), ("::", .doubleColon), ("=>", .fatArrow), ("[", .openBracket), ("]", .closeBracket),
        ("(", .openParenthesis), (")", .closeParenthesis), (".", .dot), (",", .comma), ("*", .star), ("/", .slash),
        ("%", .percent), ("+", .plus), ("-", .minus), ("=", .equal), ("<", .less), (">", .greater), ("!", .bang),
        ("?", .question), (":", .colon), ("&", .bitwise), ("|", .bitwise), ("~", .bitwise), ("^", .bitwise),
        (";", .semicolon), ("`", .backtick), ("'", .apostrophe),
    ]

    /// Digits, points and exponents; a point at the end isn't part of it.
    private mutating func number() {
        var (count, end) = (1, 1)
        while let byte = byte(count) {
            if byte.isDigit {
                count += 1
                end = count
            } else if byte == UInt8(ascii: ".") {
                count += 1
            } else if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
                let hasSign = self.byte(count + 1) == UInt8(ascii: "+") || self.byte(count + 1) == UInt8(ascii: "-")
                guard self.byte(count + (hasSign ? 2 : 1))?.isDigit == true else { break }
                count += hasSign ? 3 : 2
                end = count
            } else {
                break
            }
        }
        add(.number, end)
    }

    /// Up to the line's end, which is part of it.
    private mutating func comment() {
        let rest = bytes[next...]
        let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        add(.comment, end - next)
    }

    private mutating func blockComment() {
        var end = next + 2
        while end + 1 < bytes.count {
            if bytes[end] == UInt8(ascii: "*"), bytes[end + 1] == UInt8(ascii: "/") {
                return add(.comment, end + 2 - next)
            }
            end += 1
        }
        // It has no end: the signs stand for themselves, so that the parser says what is wrong.
        add(.slash, 1)
    }
}
