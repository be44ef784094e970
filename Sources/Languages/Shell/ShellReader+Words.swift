extension ShellReader {
    /// Reads a word at the current place; nil if none begins there.
    mutating func readWord() -> ShellWord? {
        let start = index
        var word = ShellWord(text: "", range: start..<start)
        var text: [UInt8] = []
        loop: while index < end {
            let byte = bytes[index]
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: ")"):
                break loop
            case UInt8(ascii: "("):
                guard index > start, bytes[index - 1] == UInt8(ascii: "=") else { break loop }
                readArray(&text)
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                guard peek(1) == UInt8(ascii: "(") else { break loop }
                word.hasExpansion = true
                readSubstitution(&text, prefix: 2)
            case UInt8(ascii: "\\"):
                if let next = peek(1), next != 0x0A { text.append(next) }
                index = min(index + 2, end)
            case UInt8(ascii: "'"):
                word.isQuoted = true
                readSingleQuoted(&text)
            case UInt8(ascii: "\""):
                word.isQuoted = true
                readDoubleQuoted(&text, &word)
            case UInt8(ascii: "$"):
                readDollar(&text, &word)
            case UInt8(ascii: "`"):
                word.hasExpansion = true
                readBackquoted(&text)
            default:
                text.append(byte)
                index += 1
            }
        }
        guard index > start else { return nil }
        word.text = String(decoding: text, as: UTF8.self)
        word.range = start..<index
        return word
    }

    private mutating func readSingleQuoted(_ text: inout [UInt8]) {
        index += 1
        let start = index
        while index < end, bytes[index] != UInt8(ascii: "'") { index += 1 }
        text += bytes[start..<index]
        if index < end { index += 1 } else { script.isIncomplete = true }
    }

    private mutating func readDoubleQuoted(_ text: inout [UInt8], _ word: inout ShellWord) {
        index += 1
        while index < end {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"):
                readQuotedBackslash(&text)
            case UInt8(ascii: "$"):
                readDollar(&text, &word, isQuoted: true)
            case UInt8(ascii: "`"):
                word.hasExpansion = true
                readBackquoted(&text)
            default:
                text.append(byte)
                index += 1
            }
        }
        script.isIncomplete = true
    }

    /// Reads a backslash in double quotes.
    ///
    /// It is kept unless `"`, `$`, `\`, a backquote or a line's end follows.
    private mutating func readQuotedBackslash(_ text: inout [UInt8]) {
        if let next = peek(1), next != 0x0A {
            if ![0x22, 0x24, 0x5C, 0x60].contains(next) { text.append(bytes[index]) }
            text.append(next)
        }
        index = min(index + 2, end)
    }

    /// - Parameter isQuoted: Whether it is within double quotes, where `$'` and `$"` begin nothing.
    private mutating func readDollar(_ text: inout [UInt8], _ word: inout ShellWord, isQuoted: Bool = false) {
        guard let next = peek(1) else {
            text.append(bytes[index])
            index += 1
            return
        }
        switch next {
        case UInt8(ascii: "("):
            word.hasExpansion = true
            if peek(2) == UInt8(ascii: "("), isArithmetic {
                let start = index
                index += 1
                skipArithmetic()
                text += bytes[start..<index]
            } else {
                readSubstitution(&text, prefix: 2)
            }
        case UInt8(ascii: "{"):
            word.hasExpansion = true
            readBraced(&text, isQuoted: isQuoted)
        case UInt8(ascii: "'") where !isQuoted:
            word.isQuoted = true
            index += 1
            readEscaped(&text)
        case UInt8(ascii: "\"") where !isQuoted:
            index += 1
        default:
            readName(&text, &word, next)
        }
    }

    private mutating func readName(_ text: inout [UInt8], _ word: inout ShellWord, _ next: UInt8) {
        let start = index
        index += 1
        if Self.isNameByte(next), !(0x30...0x39).contains(next) {
            while index < end, Self.isNameByte(bytes[index]) { index += 1 }
        } else if (0x30...0x39).contains(next) || Array("@*#?-$!".utf8).contains(next) {
            index += 1
        }
        if index > start + 1 { word.hasExpansion = true }
        text += bytes[start..<index]
    }

    /// Whether `$((` is closed by `))`, and not first by the `)` of a subshell.
    private var isArithmetic: Bool {
        var open = 0
        var position = index + 1
        while position < end, position < index + 4096 {
            if bytes[position] == UInt8(ascii: "(") { open += 1 }
            if bytes[position] == UInt8(ascii: ")") {
                open -= 1
                if open == 1 { return position + 1 < end && bytes[position + 1] == UInt8(ascii: ")") }
            }
            position += 1
        }
        return false
    }

    /// `$(…)`, `<(…)`, `>(…)`: the commands in it are added to those of the script.
    private mutating func readSubstitution(_ text: inout [UInt8], prefix: Int) {
        let start = index
        index += prefix
        nested(isSubstitution: true) { $0.readList(until: UInt8(ascii: ")")) }
        text += bytes[start..<index]
    }

    private mutating func readBackquoted(_ text: inout [UInt8]) {
        let start = index
        index += 1
        var close = index
        while close < end, bytes[close] != UInt8(ascii: "`") {
            close += bytes[close] == UInt8(ascii: "\\") ? 2 : 1
        }
        close = min(close, end)
        if close == end { script.isIncomplete = true }
        let outerEnd = end
        end = close
        nested(isSubstitution: true) { reader in
            while reader.index < reader.end {
                reader.readList(until: nil)
                if reader.index < reader.end { reader.index += 1 }
            }
        }
        end = outerEnd
        index = min(close + 1, end)
        text += bytes[start..<index]
    }

    /// Whether the text after an operator comes, as in `${name:-text}`, and no pattern.
    private var bracesHoldText: Bool {
        var position = index + 2
        while position < end, Self.isNameByte(bytes[position]) { position += 1 }
        if position < end, bytes[position] == UInt8(ascii: ":") { position += 1 }
        return position < end && Array("-=+?".utf8).contains(bytes[position])
    }

    /// `${…}` with what is nested in it.
    private mutating func readBraced(_ text: inout [UInt8], isQuoted: Bool) {
        let start = index
        // Within double quotes, an apostrophe in the text is one.
        let hasApostrophes = isQuoted && bracesHoldText
        var copy: [UInt8] = []
        var word = ShellWord(text: "", range: index..<index)
        index += 2
        nested { reader in
            while reader.index < reader.end, reader.bytes[reader.index] != UInt8(ascii: "}") {
                switch reader.bytes[reader.index] {
                case UInt8(ascii: "\\"): reader.index = min(reader.index + 2, reader.end)
                case UInt8(ascii: "'") where !hasApostrophes: reader.readSingleQuoted(&copy)
                case UInt8(ascii: "\""): reader.readDoubleQuoted(&copy, &word)
                case UInt8(ascii: "$"): reader.readDollar(&copy, &word, isQuoted: hasApostrophes)
                case UInt8(ascii: "`"): reader.readBackquoted(&copy)
                default: reader.index += 1
                }
            }
        }
        if index < end { index += 1 } else { script.isIncomplete = true }
        text += bytes[start..<index]
    }

    /// `$'…'`, in which a backslash escapes a quote.
    private mutating func readEscaped(_ text: inout [UInt8]) {
        index += 1
        while index < end, bytes[index] != UInt8(ascii: "'") {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < end {
                text.append(bytes[index + 1])
                index += 2
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        if index < end { index += 1 } else { script.isIncomplete = true }
    }

    private mutating func readArray(_ text: inout [UInt8]) {
        let start = index
        index += 1
        while index < end, bytes[index] != UInt8(ascii: ")") {
            if readWord() == nil { index += 1 }
        }
        if index < end { index += 1 } else { script.isIncomplete = true }
        text += bytes[start..<index]
    }
}
