extension ShellReader {
    /// Reads one simple command, or the keywords of a compound one.
    mutating func readCommand(_ frame: inout Frame) {
        let start = index
        var command = ShellCommand(range: start..<start)
        command.connector = frame.connector
        command.pipeline = frame.pipeline
        command.depth = depth + frame.openCompounds
        command.isSubstituted = substitutions > 0
        var last = start
        while true {
            skipBlanks()
            guard let byte = peek(), !Self.endsCommand(byte, next: peek(1)) else { break }
            if byte == UInt8(ascii: "(") {
                if skipFunctionBrackets(command) { return finishKeyword(&frame) }
                // The shell would not accept a bracket here.
                index += 1
            } else if readRedirection(into: &command) {
                last = index
            } else if let word = readWord() {
                last = index
                if command.words.isEmpty, addAssignment(word, to: &command) { continue }
                let isFirst = command.words.isEmpty && command.assignments.isEmpty
                if isFirst, !word.isQuoted, !word.hasExpansion, readKeyword(word.text, &frame) { return }
                command.words.append(word)
                if isFirst, word.text == "[[" { readTest(into: &command) }
            } else {
                index += 1
            }
        }
        if index == start { index += 1 }
        frame.connector = .start
        guard !command.words.isEmpty || !command.assignments.isEmpty else { return }
        command.range = start..<max(last, start)
        if isTop(frame) { script.topLevelCount += 1 }
        script.commands.append(command)
    }

    private static func endsCommand(_ byte: UInt8, next: UInt8?) -> Bool {
        switch byte {
        case 0x0A, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: ")"), UInt8(ascii: "#"): true
        case UInt8(ascii: "&"): next != UInt8(ascii: ">")
        default: false
        }
    }

    private func finishKeyword(_ frame: inout Frame) { frame.connector = .start }

    private mutating func skipFunctionBrackets(_ command: ShellCommand) -> Bool {
        guard command.words.count == 1 else { return false }
        let mark = index
        index += 1
        skipBlanks()
        guard peek() == UInt8(ascii: ")") else {
            index = mark
            return false
        }
        index += 1
        return true
    }

    /// Whether a word at a command's start is one of the shell's keywords; then also reads what belongs to the keyword.
    private mutating func readKeyword(_ word: String, _ frame: inout Frame) -> Bool {
        switch word {
        case "if", "while", "until", "{":
            if isTop(frame) { script.topLevelCount += 1 }
            frame.openCompounds += 1
        case "then", "elif", "else", "do", "!", "time", "coproc":
            break
        case "fi", "done", "}":
            frame.openCompounds = max(frame.openCompounds - 1, 0)
        case "for", "select":
            if isTop(frame) { script.topLevelCount += 1 }
            frame.openCompounds += 1
            readLoopWords()
        case "case":
            if isTop(frame) { script.topLevelCount += 1 }
            frame.openCompounds += 1
            skipBlanks()
            _ = readWord()
            skipLines()
            if readWord()?.text == "in" {
                frame.openCases += 1
                frame.expectsPattern = true
            }
        case "esac":
            frame.openCases = max(frame.openCases - 1, 0)
            frame.openCompounds = max(frame.openCompounds - 1, 0)
        case "function":
            skipBlanks()
            _ = readWord()
            skipBlanks()
            if peek() == UInt8(ascii: "("), peek(1) == UInt8(ascii: ")") { index += 2 }
        default:
            return false
        }
        finishKeyword(&frame)
        return true
    }

    /// `for NAME in words`, up to the `;` or the line's end.
    private mutating func readLoopWords() {
        skipBlanks()
        if peek() == UInt8(ascii: "("), peek(1) == UInt8(ascii: "(") { return skipArithmetic() }
        while index < end, ![0x0A, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: ")")].contains(bytes[index]) {
            if readWord() == nil { index += 1 }
            skipBlanks()
        }
    }

    /// `[[ … ]]`, in which `<`, `>`, `&&`, `||` and brackets are ordinary words.
    private mutating func readTest(into command: inout ShellCommand) {
        while true {
            skipBlanks()
            // There may be only blanks left, at the end of the script or of a line.
            guard let byte = peek(), byte != 0x0A else { return }
            if let word = readWord() {
                command.words.append(word)
                if word.text == "]]", !word.isQuoted { return }
            } else {
                index += 1
            }
        }
    }

    private func addAssignment(_ word: ShellWord, to command: inout ShellCommand) -> Bool {
        var nameEnd = word.range.lowerBound
        while nameEnd < word.range.upperBound, Self.isNameByte(bytes[nameEnd]) { nameEnd += 1 }
        guard nameEnd > word.range.lowerBound, nameEnd < word.range.upperBound,
            !(0x30...0x39).contains(bytes[word.range.lowerBound])
        else { return false }
        var equals = nameEnd
        if bytes[equals] == UInt8(ascii: "+") { equals += 1 }
        guard equals < word.range.upperBound, bytes[equals] == UInt8(ascii: "=") else { return false }
        let value = word.text.utf8.dropFirst(equals + 1 - word.range.lowerBound)
        command.assignments.append(
            ShellCommand.Assignment(
                name: String(decoding: bytes[word.range.lowerBound..<nameEnd], as: UTF8.self),
                value: String(Substring(value)),
                range: word.range
            )
        )
        return true
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x5F
    }

    // MARK: Redirections

    private mutating func readRedirection(into command: inout ShellCommand) -> Bool {
        let mark = index
        while let byte = peek(), (0x30...0x39).contains(byte) { index += 1 }
        if peek() == UInt8(ascii: "&"), peek(1) == UInt8(ascii: ">") { index += 1 }
        guard let byte = peek(), byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">"),
            peek(1) != UInt8(ascii: "(")
        else {
            index = mark
            return false
        }
        let start = index
        while let next = peek(), [0x3C, 0x3E].contains(next), index - start < 3 { index += 1 }
        if let next = peek(), [UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "-")].contains(next) {
            if next != UInt8(ascii: "-") || index - start == 2 { index += 1 }
        }
        var symbol = String(decoding: bytes[start..<index], as: UTF8.self)
        if start > mark, bytes[start - 1] == UInt8(ascii: "&") { symbol = "&" + symbol }
        skipBlanks()
        guard let target = readWord() else { return true }
        if symbol == "<<" || symbol == "<<-" { addHeredoc(target.text, stripsTabs: symbol == "<<-") }
        command.redirections.append(ShellCommand.Redirection(symbol: symbol, target: target))
        return true
    }
}
