import CaissonText

/// What is known about a variable.
enum VariableValue {
    /// It has this value.
    case set(String)
    /// It isn't set.
    case unset
    /// A base image or whoever builds may set it.
    case unknown
}

/// Replaces variables with their values, in all forms of `${…}` that BuildKit knows.
struct Expander {
    /// Why a text can't be expanded.
    struct Failure: Error {
        var message: String
        /// Whether BuildKit would refuse it, too; it would not where we only go no deeper.
        var isBuildKits = true
    }

    let bytes: [UInt8]
    let escape: UInt8
    /// Whether quotes have a meaning.
    var readsQuotes = true
    /// Whether patterns are looked at.
    var checksPatterns = true
    /// Whether white space that comes out of a variable, outside quotes, becomes an end of line between words.
    var splitsWords = false
    /// The values by names.
    let value: (String) -> VariableValue
    /// Whether all that was used is known.
    private(set) var isKnown = true
    private var index = 0
    private var keepsEscapes = false

    /// Deeper nesting than this is refused, so that no input exhausts the stack.
    private static let deepest = 50

    init(bytes: [UInt8], escape: UInt8, value: @escaping (String) -> VariableValue) {
        self.bytes = bytes
        self.escape = escape
        self.value = value
    }

    /// The text with its variables replaced.
    mutating func expand() throws(Failure) -> [UInt8] {
        try expand(until: nil, depth: 0, keepingEscapes: false)
    }

    /// Expands up to a given byte, which is consumed, or to the end.
    private mutating func expand(until stop: UInt8?, depth: Int, keepingEscapes: Bool) throws(Failure) -> [UInt8] {
        guard depth < Self.deepest else { throw Failure(message: "too deep", isBuildKits: false) }
        let outer = keepsEscapes
        keepsEscapes = keepingEscapes
        defer { keepsEscapes = outer }
        var out: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if byte == stop {
                index += 1
                return out
            }
            if byte == 0x27, readsQuotes {
                out += try singleQuoted()
            } else if byte == 0x22, readsQuotes {
                out += try doubleQuoted(depth: depth)
            } else if byte == 0x24 {
                let text = try dollar(depth: depth)
                out += splitsWords && depth == 0 ? text.map { Ascii.isSpace($0) ? Ascii.newline : $0 } : text
            } else if byte == escape {
                if keepsEscapes { out.append(byte) }
                if index + 1 < bytes.count { out.append(bytes[index + 1]) }
                index += 2
            } else {
                let blank = splitsWords && depth == 0 ? Spaces.length(at: index, in: bytes) : 0
                out.append(blank > 0 ? Ascii.newline : byte)
                index += max(1, blank)
            }
        }
        if let stop { throw Failure(message: "there is no \(Character(Unicode.Scalar(stop))) that ends ${…}") }
        return out
    }

    private mutating func singleQuoted() throws(Failure) -> ArraySlice<UInt8> {
        let start = index + 1
        guard let end = bytes[start...].firstIndex(of: 0x27) else {
            index = bytes.count
            throw Failure(message: "unexpected end of statement while looking for matching single-quote")
        }
        index = end + 1
        return bytes[start..<end]
    }

    private mutating func doubleQuoted(depth: Int) throws(Failure) -> [UInt8] {
        var out: [UInt8] = []
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 {
                index += 1
                return out
            }
            if byte == 0x24 {
                out += try dollar(depth: depth)
                continue
            }
            index += 1
            if byte == escape {
                if keepsEscapes { out.append(byte) }
                guard index < bytes.count else { break }
                if bytes[index] == 0x22 || bytes[index] == 0x24 || bytes[index] == escape {
                    out.append(bytes[index])
                    index += 1
                    continue
                }
            }
            out.append(byte)
        }
        throw Failure(message: "unexpected end of statement while looking for matching double-quote")
    }

    private mutating func name() -> String {
        let start = index
        if index < bytes.count, [0x40, 0x2A, 0x23, 0x3F, 0x2D, 0x24, 0x21].contains(bytes[index]) {
            index += 1
        } else if index < bytes.count, Ascii.isDigit(bytes[index]) {
            while index < bytes.count, Ascii.isDigit(bytes[index]) { index += 1 }
        } else {
            while index < bytes.count {
                let length = nameLength(at: index)
                if length == 0 { break }
                index += length
            }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// How many bytes a letter, a digit or `_` has; 0 where there is none.
    private func nameLength(at index: Int) -> Int {
        if Ascii.isNameByte(bytes[index]) { return 1 }
        guard bytes[index] >= 0xC2 else { return 0 }
        let length = bytes[index] < 0xE0 ? 2 : bytes[index] < 0xF0 ? 3 : 4
        let text = String(decoding: bytes[index..<min(index + length, bytes.count)], as: UTF8.self)
        guard let scalar = text.unicodeScalars.first, scalar != "\u{FFFD}" else { return 0 }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
            return length
        default:
            return 0
        }
    }

    /// The value of a variable, nil where it is not set; and whether that is known.
    private mutating func current(_ name: String) -> (text: String?, isKnown: Bool) {
        switch value(name) {
        case .set(let text): return (text, true)
        case .unset: return (nil, true)
        case .unknown:
            isKnown = false
            return (nil, false)
        }
    }

    // MARK: Substitutions

    private mutating func dollar(depth: Int) throws(Failure) -> [UInt8] {
        index += 1
        guard index < bytes.count, bytes[index] == 0x7B else {
            let name = name()
            return name.isEmpty ? [0x24] : Array((current(name).text ?? "").utf8)
        }
        index += 1
        guard index < bytes.count else { throw Self.open }
        guard ![0x7B, 0x7D, 0x3A].contains(bytes[index]) else {
            throw Failure(message: "syntax error: bad substitution")
        }
        let name = name()
        let first = try next()
        switch first {
        case UInt8(ascii: "}"):
            return Array((current(name).text ?? "").utf8)
        case UInt8(ascii: ":"):
            return try modified(name, by: next(), afterColon: true, depth: depth)
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%"):
            return try modified(name, by: first, afterColon: false, depth: depth)
        case UInt8(ascii: "/"):
            return try replaced(name, depth: depth)
        default:
            throw unsupported(first, afterColon: false)
        }
    }

    private static let open = Failure(message: "syntax error: missing '}'")

    private mutating func next() throws(Failure) -> UInt8 {
        guard index < bytes.count else { throw Self.open }
        index += 1
        return bytes[index - 1]
    }

    private func unsupported(_ modifier: UInt8, afterColon: Bool) -> Failure {
        let text = (afterColon ? ":" : "") + String(decoding: [modifier], as: UTF8.self)
        return Failure(message: "unsupported modifier (\(text)) in substitution")
    }

    /// What stands up to a byte inside `${…}`; an end before that is the end of all.
    private mutating func operand(upTo stop: UInt8, depth: Int, raw: Bool) throws(Failure) -> [UInt8] {
        do {
            return try expand(until: stop, depth: depth + 1, keepingEscapes: raw)
        } catch {
            if index >= bytes.count, error.isBuildKits {
                throw stop == 0x2F ? Failure(message: "syntax error: missing '/' in ${}") : Self.open
            }
            throw error
        }
    }

    private mutating func modified(
        _ name: String,
        by modifier: UInt8,
        afterColon: Bool,
        depth: Int
    ) throws(Failure) -> [UInt8] {
        let isPattern = modifier == UInt8(ascii: "#") || modifier == UInt8(ascii: "%")
        if isPattern, afterColon { throw unsupported(modifier, afterColon: true) }
        let word = try operand(upTo: 0x7D, depth: depth, raw: isPattern)
        let (value, isKnown) = current(name)
        let isUnset = value == nil || (afterColon && value == "")
        switch modifier {
        case UInt8(ascii: "-"): return isUnset ? word : Array((value ?? "").utf8)
        case UInt8(ascii: "+"): return isUnset ? [] : word
        case UInt8(ascii: "?"):
            if isUnset, isKnown {
                let reason = value == nil ? "is not allowed to be unset" : "is not allowed to be empty"
                let text = word.isEmpty ? reason : String(decoding: word, as: UTF8.self)
                throw Failure(message: "\(name): \(text)")
            }
            return Array((value ?? "").utf8)
        case UInt8(ascii: "#"), UInt8(ascii: "%"):
            return try trimmed(Array((value ?? "").utf8), modifier, word)
        default:
            throw unsupported(modifier, afterColon: afterColon)
        }
    }

    private func trimmed(_ current: [UInt8], _ modifier: UInt8, _ operand: [UInt8]) throws(Failure) -> [UInt8] {
        var word = operand
        let isGreedy = word.first == modifier
        if isGreedy { word.removeFirst() }
        try check(pattern: word)
        let pattern = ShellPattern(word)
        let isPrefix = modifier == UInt8(ascii: "#")
        let lengths = isGreedy ? Array((0...current.count).reversed()) : Array(0...current.count)
        for length in lengths {
            let part = isPrefix ? current[..<length] : current[(current.count - length)...]
            if pattern.matches(part) {
                return Array(isPrefix ? current[length...] : current[..<(current.count - length)])
            }
        }
        return current
    }

    private mutating func replaced(_ name: String, depth: Int) throws(Failure) -> [UInt8] {
        let all = index < bytes.count && bytes[index] == 0x2F
        if all { index += 1 }
        let word = try operand(upTo: 0x2F, depth: depth, raw: true)
        let replacement = try operand(upTo: 0x7D, depth: depth, raw: true)
        let current = Array((current(name).text ?? "").utf8)
        try check(pattern: word)
        let pattern = ShellPattern(word)
        var out: [UInt8] = []
        var start = 0
        while start < current.count {
            let end = (start...current.count).reversed().first { $0 > start && pattern.matches(current[start..<$0]) }
            guard let end else {
                out.append(current[start])
                start += 1
                continue
            }
            out += replacement
            start = end
            if !all { break }
        }
        return start < current.count ? out + current[start...] : out
    }

    private func check(pattern: [UInt8]) throws(Failure) {
        guard checksPatterns, let wrong = ShellPattern.wrongEscape(in: pattern) else { return }
        let text = String(decoding: pattern, as: UTF8.self)
        throw Failure(message: "invalid pattern (\(text)) in substitution: invalid escape '\\\(wrong)'")
    }
}
