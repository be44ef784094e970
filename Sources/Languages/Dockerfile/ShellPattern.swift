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

    /// What stands after a backslash that may not; only `*`, `?`, `\`, and the ends of operands may.
    static func wrongEscape(in bytes: [UInt8]) -> Character? {
        var index = 0
        while index < bytes.count {
            defer { index += 1 }
            guard bytes[index] == UInt8(ascii: "\\") else { continue }
            index += 1
            guard index < bytes.count else { return "\\" }
            let next = bytes[index]
            if ![0x2A, 0x3F, 0x5C, 0x7D, 0x2F].contains(next) { return Character(Unicode.Scalar(next)) }
        }
        return nil
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
