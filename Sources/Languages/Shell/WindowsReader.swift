extension ShellScript {
    /// The language of a script.
    package enum Dialect: Sendable, Hashable {
        /// That of sh, bash and their relatives.
        case posix
        /// That of Windows' cmd.
        case cmd
        /// That of PowerShell.
        case powerShell
    }

    /// Reads a range of bytes in a language.
    package init(parsing bytes: [UInt8], range: Range<Int>? = nil, dialect: Dialect) {
        if dialect == .posix {
            self.init(parsing: bytes, range: range)
        } else {
            var reader = WindowsReader(bytes, (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count), dialect)
            reader.read()
            self = reader.script
        }
    }
}

/// Reads the simple commands of cmd and PowerShell: names and arguments, without what they mean.
///
/// Pipes are passed over, because the question that the rules have about them is one of POSIX shells.
struct WindowsReader {
    private let bytes: [UInt8]
    private let end: Int
    private var index: Int
    private let isPowerShell: Bool
    private(set) var script = ShellScript()
    private var command: ShellCommand?
    private var connector = ShellCommand.Connector.start
    private var pipeline = 0
    private var depth = 0

    init(_ bytes: [UInt8], _ range: Range<Int>, _ dialect: ShellScript.Dialect) {
        self.bytes = bytes
        index = range.lowerBound
        end = range.upperBound
        isPowerShell = dialect == .powerShell
    }

    mutating func read() {
        while index < end {
            let byte = bytes[index]
            if byte == 0x20 || byte == 0x09 || byte == 0x0D {
                index += 1
            } else if isPowerShell, byte == UInt8(ascii: "#"), command == nil {
                while index < end, bytes[index] != 0x0A { index += 1 }
            } else if let length = separator(byte) {
                finish()
                index += length
            } else {
                readWord()
            }
        }
        finish()
    }

    /// How long what ends a command is; nil if a word comes.
    private mutating func separator(_ byte: UInt8) -> Int? {
        let isDouble = index + 1 < end && bytes[index + 1] == byte
        switch byte {
        case 0x0A: connector = .newline
        case UInt8(ascii: ";") where isPowerShell: connector = .semicolon
        case UInt8(ascii: "&"): connector = isDouble ? .and : .semicolon
        case UInt8(ascii: "|"): connector = isDouble ? .or : .pipe
        case UInt8(ascii: "("), UInt8(ascii: "{"):
            guard isPowerShell || (byte == UInt8(ascii: "(") && command == nil) else { return nil }
            depth += 1
            connector = .start
        case UInt8(ascii: ")"), UInt8(ascii: "}"):
            guard isPowerShell || (byte == UInt8(ascii: ")") && depth > 0) else { return nil }
            depth = max(0, depth - 1)
            connector = .start
        default: return nil
        }
        let isOperator = byte == UInt8(ascii: "&") || byte == UInt8(ascii: "|")
        return isOperator && isDouble ? 2 : 1
    }

    private mutating func finish() {
        guard var done = command else { return }
        command = nil
        if done.connector != .pipe { pipeline += 1 }
        done.pipeline = pipeline
        if depth == 0 { script.topLevelCount += 1 }
        script.commands.append(done)
    }

    private mutating func readWord() {
        let start = index
        var word = ShellWord(text: "", range: start..<start)
        var text: [UInt8] = []
        var quote: UInt8 = 0
        let escape = isPowerShell ? UInt8(ascii: "`") : UInt8(ascii: "^")
        while index < end {
            let byte = bytes[index]
            if byte == escape, quote != UInt8(ascii: "'"), index + 1 < end {
                if bytes[index + 1] != 0x0A { text.append(bytes[index + 1]) }
                index += 2
                continue
            }
            if quote != 0 {
                if byte == quote { quote = 0 } else { text.append(byte) }
            } else if byte == UInt8(ascii: "\"") || (isPowerShell && byte == UInt8(ascii: "'")) {
                quote = byte
                word.isQuoted = true
            } else if Self.endsWord(byte, isPowerShell) || (depth > 0 && byte == UInt8(ascii: ")")) {
                break
            } else {
                text.append(byte)
            }
            word.hasExpansion = word.hasExpansion || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "%")
            index += 1
        }
        // A bracket that begins nothing is a word of its own, so that reading goes on.
        if index == start {
            text = [bytes[index]]
            index += 1
        }
        word.text = String(decoding: text, as: UTF8.self)
        word.range = start..<index
        add(word)
    }

    private mutating func add(_ word: ShellWord) {
        let start = word.range.lowerBound
        var current = command ?? ShellCommand(range: start..<index)
        if command == nil {
            current.connector = connector
            current.depth = depth
        }
        current.words.append(word)
        current.range = current.range.lowerBound..<index
        command = current
    }

    private static func endsWord(_ byte: UInt8, _ isPowerShell: Bool) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "&"), UInt8(ascii: "|"): true
        case UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"), UInt8(ascii: "}"): isPowerShell
        default: false
        }
    }
}
