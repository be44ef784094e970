import CaissonText

/// Replaces variables with their values, in all forms of `${…}` that BuildKit knows.
struct Expander {
    let bytes: [UInt8]
    let escape: UInt8
    private var index = 0

    /// Deeper nesting than this is refused, so that no input exhausts the stack.
    private static let deepest = 50

    init(bytes: [UInt8], escape: UInt8) {
        self.bytes = bytes
        self.escape = escape
    }

    /// Expands up to a given byte, which is consumed, or to the end; nil when the text can't be expanded.
    mutating func expand(
        until stop: UInt8?,
        depth: Int,
        keepsEscapes: Bool = false,
        value: (String) -> String?
    ) -> [UInt8]? {
        guard depth < Self.deepest else { return nil }
        var out: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if byte == stop {
                index += 1
                return out
            }
            switch byte {
            case 0x27:
                guard let end = bytes[(index + 1)...].firstIndex(of: 0x27) else { return nil }
                out += bytes[(index + 1)..<end]
                index = end + 1
            case 0x22:
                guard let inside = doubleQuoted(depth: depth, value: value) else { return nil }
                out += inside
            case 0x24:
                guard let text = dollar(depth: depth, value: value) else { return nil }
                out += text
            case escape:
                if keepsEscapes { out.append(byte) }
                if index + 1 < bytes.count { out.append(bytes[index + 1]) }
                index += 2
            default:
                out.append(byte)
                index += 1
            }
        }
        return stop == nil ? out : nil
    }

    private mutating func doubleQuoted(depth: Int, value: (String) -> String?) -> [UInt8]? {
        var out: [UInt8] = []
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 {
                index += 1
                return out
            }
            if byte == 0x24 {
                guard let text = dollar(depth: depth, value: value) else { return nil }
                out += text
            } else if byte == escape, index + 1 < bytes.count {
                let next = bytes[index + 1]
                if next != 0x22, next != 0x24, next != escape { out.append(byte) }
                out.append(next)
                index += 2
            } else {
                out.append(byte)
                index += 1
            }
        }
        return nil
    }

    private mutating func name() -> String {
        let start = index
        if index < bytes.count, [0x40, 0x2A, 0x23, 0x3F, 0x2D, 0x24, 0x21].contains(bytes[index]) {
            index += 1
        } else if index < bytes.count, Ascii.isDigit(bytes[index]) {
            while index < bytes.count, Ascii.isDigit(bytes[index]) { index += 1 }
        } else {
            while index < bytes.count, Ascii.isNameByte(bytes[index]) { index += 1 }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func dollar(depth: Int, value: (String) -> String?) -> [UInt8]? {
        index += 1
        guard index < bytes.count, bytes[index] == 0x7B else {
            let name = name()
            return name.isEmpty ? [0x24] : Array((value(name) ?? "").utf8)
        }
        index += 1
        guard index < bytes.count, ![0x7B, 0x7D, 0x3A].contains(bytes[index]) else { return nil }
        let name = name()
        guard index < bytes.count else { return nil }
        let current = value(name)
        var modifier = bytes[index]
        index += 1
        if modifier == 0x7D { return Array((current ?? "").utf8) }
        var emptyIsUnset = false
        if modifier == 0x3A {
            guard index < bytes.count else { return nil }
            emptyIsUnset = true
            modifier = bytes[index]
            index += 1
        }
        let isUnset = current == nil || (emptyIsUnset && current == "")
        switch modifier {
        case UInt8(ascii: "/"):
            return replaced(Array((current ?? "").utf8), depth: depth, value: value)
        case UInt8(ascii: "#"), UInt8(ascii: "%"):
            guard !emptyIsUnset else { return nil }
            return trimmed(Array((current ?? "").utf8), modifier, depth: depth, value: value)
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "?"):
            guard let word = expand(until: 0x7D, depth: depth + 1, value: value) else { return nil }
            if modifier == UInt8(ascii: "-") { return isUnset ? word : Array((current ?? "").utf8) }
            if modifier == UInt8(ascii: "+") { return isUnset ? [] : word }
            return isUnset ? nil : Array((current ?? "").utf8)
        default:
            return nil
        }
    }

    private mutating func trimmed(
        _ current: [UInt8],
        _ modifier: UInt8,
        depth: Int,
        value: (String) -> String?
    ) -> [UInt8]? {
        guard var word = expand(until: 0x7D, depth: depth + 1, keepsEscapes: true, value: value) else { return nil }
        let isGreedy = word.first == modifier
        if isGreedy { word.removeFirst() }
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

    private mutating func replaced(_ current: [UInt8], depth: Int, value: (String) -> String?) -> [UInt8]? {
        let all = index < bytes.count && bytes[index] == 0x2F
        if all { index += 1 }
        guard let word = expand(until: 0x2F, depth: depth + 1, keepsEscapes: true, value: value),
            let replacement = expand(until: 0x7D, depth: depth + 1, keepsEscapes: true, value: value)
        else { return nil }
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
}

/// A pattern of `*`, `?` and literal bytes, matched in time proportional to the product of both lengths at most.
struct ShellPattern {
    private enum Part: Equatable {
        case literal(UInt8), any, many
    }

    private var parts: [Part] = []

    init(_ bytes: [UInt8]) {
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                parts.append(.literal(byte))
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "*") {
                if parts.last != .many { parts.append(.many) }
            } else {
                parts.append(byte == UInt8(ascii: "?") ? .any : .literal(byte))
            }
        }
    }

    func matches(_ text: ArraySlice<UInt8>) -> Bool {
        var part = 0
        var index = text.startIndex
        var star = -1
        var mark = index
        while index < text.endIndex {
            if part < parts.count, parts[part] == .many {
                star = part
                mark = index
                part += 1
            } else if part < parts.count, parts[part] == .any || parts[part] == .literal(text[index]) {
                part += 1
                index += 1
            } else if star >= 0 {
                part = star + 1
                mark += 1
                index = mark
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .many }
    }
}
