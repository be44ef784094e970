import CaissonText

// MARK: - Texts with templates

extension HCLLexer {
    /// Reads a piece between quotation marks.
    mutating func quoted() {
        if isNext("${") { return beginSequence(.interpolation) }
        if isNext("%{") { return beginSequence(.control) }
        switch bytes[next] {
        case UInt8(ascii: "\""):
            add(.closeQuote, 1)
            modes.removeLast()
        case 0x0A, 0x0D:
            add(.quotedNewline, bytes[next...].prefix { $0 == 0x0A || $0 == 0x0D }.count)
        case UInt8(ascii: "$"), UInt8(ascii: "%"): add(.quotedText, dollarLength())
        default: quotedRun()
        }
    }

    private mutating func quotedRun() {
        var end = next
        scanning: while end < bytes.count {
            switch bytes[end] {
            case UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "\""), 0x0A, 0x0D: break scanning
            case UInt8(ascii: "\\"):
                guard let width = scalar(at: end + 1)?.width, !isLineEnd(at: end + 1) else { break scanning }
                end += 1 + width
            default:
                guard let width = scalar(at: end)?.width else { break scanning }
                end += width
            }
        }
        if end > next { return add(.quotedText, end - next) }
        if let width = scalar(at: next)?.width { add(.invalid, width) } else { add(.badText, 1) }
    }

    private func isLineEnd(at offset: Int) -> Bool {
        offset < bytes.count && (bytes[offset] == 0x0A || bytes[offset] == 0x0D)
    }

    /// `$${` and `%%{` stand for what begins a sequence, other signs for themselves.
    private func dollarLength() -> Int { isNext("$${") || isNext("%%{") ? 3 : 1 }

    /// Reads a piece of a template that has no marks around it.
    mutating func bare() {
        if isNext("${") { return beginSequence(.interpolation) }
        if isNext("%{") { return beginSequence(.control) }
        if bytes[next] == UInt8(ascii: "$") || bytes[next] == UInt8(ascii: "%") { return add(.text, dollarLength()) }
        let end = plainEnd(stopsAtLine: false)
        end > next ? add(.text, end - next) : add(.badText, 1)
    }

    /// Where the scalars end that stand for themselves.
    private func plainEnd(stopsAtLine: Bool) -> Int {
        var end = next
        while end < bytes.count, bytes[end] != UInt8(ascii: "$"), bytes[end] != UInt8(ascii: "%") {
            if stopsAtLine, isLineEnd(at: end) { break }
            guard let width = scalar(at: end)?.width else { break }
            end += width
        }
        return end
    }
}

// MARK: - Heredocs

extension HCLLexer {
    /// Begins `<<WORD` or `<<-WORD` with the line's end behind it; false where there is none.
    mutating func beginHeredoc() -> Bool {
        guard byte(1) == UInt8(ascii: "<") else { return false }
        let start = byte(2) == UInt8(ascii: "-") ? 3 : 2
        let word = identifierLength(after: start)
        guard word > 0 else { return false }
        let marker = bytes[(next + start)..<(next + start + word)]
        let isCarriage = byte(start + word) == 0x0D
        let end = start + word + (isCarriage ? 1 : 0)
        guard byte(end) == 0x0A else { return false }
        add(.openHeredoc, end + 1)
        modes.append(.heredoc(marker: marker, isAtLineStart: true))
        return true
    }

    /// Reads a piece of a heredoc: up to a line's end or a sequence.
    mutating func heredoc(_ marker: ArraySlice<UInt8>, _ isAtLineStart: Bool) {
        if isNext("${") || isNext("%{") {
            setLineStart(false, marker)
            return beginSequence(isNext("${") ? .interpolation : .control)
        }
        let isDollar = bytes[next] == UInt8(ascii: "$") || bytes[next] == UInt8(ascii: "%")
        let end = isDollar ? next + dollarLength() : plainEnd(stopsAtLine: true)
        let lineEnd = lineEndLength(at: end)
        guard lineEnd > 0, !isDollar else {
            setLineStart(false, marker)
            if end > next { return add(.text, end - next) }
            return bytes[next] == 0x0D ? add(.invalid, 1) : add(.badText, 1)
        }
        if isAtLineStart, String(decoding: bytes[next..<end], as: UTF8.self).trimmed.utf8.elementsEqual(marker) {
            add(.closeHeredoc, end - next)
            add(.newline, lineEnd)
            modes.removeLast()
            return
        }
        setLineStart(true, marker)
        add(.text, end - next + lineEnd)
    }

    private func lineEndLength(at offset: Int) -> Int {
        guard offset < bytes.count else { return 0 }
        if bytes[offset] == 0x0A { return 1 }
        return bytes[offset] == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A ? 2 : 0
    }

    private mutating func setLineStart(_ value: Bool, _ marker: ArraySlice<UInt8>) {
        modes[modes.count - 1] = .heredoc(marker: marker, isAtLineStart: value)
    }
}

// MARK: - Identifiers

extension HCLLexer {
    /// The bytes of the identifier that begins here: 0 where none does.
    func identifierLength(after ahead: Int = 0) -> Int {
        var end = next + ahead
        while end < bytes.count, let (scalar, width) = scalar(at: end) {
            let isFirst = end == next + ahead
            let isPart =
                isFirst
                ? scalar == "_" || scalar.properties.isIDStart
                : scalar == "-" || scalar.properties.isIDContinue
            guard isPart else { break }
            end += width
        }
        return end - next - ahead
    }

    /// The scalar at a byte with its width; nil for what is no UTF-8.
    func scalar(at offset: Int) -> (scalar: Unicode.Scalar, width: Int)? {
        guard offset < bytes.count else { return nil }
        if bytes[offset] < 0x80 { return (Unicode.Scalar(bytes[offset]), 1) }
        var iterator = bytes[offset..<min(offset + 4, bytes.count)].makeIterator()
        var decoder = UTF8()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return (scalar, UTF8.width(scalar))
    }
}
