import CaissonText
import CaissonBuildModel

/// The forms in which a secret's value may turn up in output: as it is, in base64, and escaped for URLs, JSON and shells.
struct SecretForms {
    /// A value shorter than this would be found in the middle of ordinary words.
    static let shortest = 4
    /// Lines of a value that are looked for by themselves have at least this many bytes.
    private static let shortestLine = 8
    /// They have at least this many different bytes: a rule of dashes is no secret.
    private static let leastVariety = 4
    /// Lines of a longer value are looked for as they are only.
    private static let longestWithEscapedLines = 16 * 1024

    /// How many bytes each form has; some forms may be there twice.
    private(set) var counts: [Int32] = []
    /// How many bytes they have together.
    private(set) var size = 0
    /// Where they go, one after another; nil where they are only measured.
    private let room: UnsafeMutableRawBufferPointer?

    /// The forms of a value; none of one that is too short.
    ///
    /// They are written nowhere but into the room, which must hold as many bytes as they have: those of a long value are many
    /// times as long.
    ///
    /// - Parameter encodedOnly: Whether only its base64 is looked for, not what it is made of.
    init(of value: [UInt8], into room: UnsafeMutableRawBufferPointer? = nil, encodedOnly: Bool = false) {
        self.room = room
        guard !Self.areNone(of: value) else { return }
        let trimmed = value.droppingLineEnd
        if encodedOnly {
            addBase64(of: trimmed)
            addBase64(of: value)
            return
        }
        addAll(of: trimmed)
        if trimmed.count != value.count { addBase64(of: value) }
        let lines = Self.lines(of: value)
        guard lines != [trimmed] else { return }
        for line in lines {
            add(line)
            if value.count <= Self.longestWithEscapedLines { addAll(of: line) }
        }
    }

    /// Whether a value has no forms, as it is too short.
    static func areNone(of value: [UInt8]) -> Bool { value.droppingLineEnd.count < shortest }

    private mutating func add(_ form: some Collection<UInt8>) {
        guard form.count >= Self.shortest else { return }
        if let room { UnsafeMutableRawBufferPointer(rebasing: room[size...]).copyBytes(from: form) }
        counts.append(Int32(form.count))
        size += form.count
    }

    private static func lines(of value: [UInt8]) -> [[UInt8]] {
        value.split { $0 == 0x0A || $0 == 0x0D }.compactMap { line in
            let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
            guard let first = line.firstIndex(where: { !isBlank($0) }),
                let last = line.lastIndex(where: { !isBlank($0) })
            else { return nil }
            let text = line[first...last]
            return text.count >= shortestLine && text.hasVariety(leastVariety) ? Array(text) : nil
        }
    }

    private mutating func addAll(of value: [UInt8]) {
        add(value)
        addBase64(of: value)
        // What is that long has lines, which are looked for by themselves.
        if value.count <= Self.longestWithEscapedLines { addEscaped(value) }
    }

    // MARK: Base64

    /// Where programs break lines of base64: `openssl`, `base64`, and others'.
    private static let lineWidths = [48, 60, 64, 70, 72, 76, 80, 100, 120, 128]
    /// Of a short value the lines of every width are looked for: `base64 -w 40`, `fold -w 20`.
    private static let allWidths = Array(shortestLine...128)
    private static let longestWithAllWidths = 1024
    /// How much of the end of a long encoded value is looked for by itself.
    private static let endLength = 24
    /// A long value is looked for in the usual widths alone.
    private static let usualWidths = [64, 76]

    /// The value encoded, also as a part of something longer: at each of the three offsets in a group of three bytes.
    private mutating func addBase64(of value: [UInt8]) {
        for alphabet in [Base64.Alphabet.standard, .url] {
            for offset in 0..<3 {
                let text = Base64.encode([UInt8](repeating: 0, count: offset) + value, alphabet)
                // The first characters depend on what comes before as well.
                let start = offset == 0 ? 0 : offset + 1
                let bare = text.prefix { $0 != UInt8(ascii: "=") }
                guard start < bare.count else { continue }
                // So does the last one on what follows, unless the value ends there: then the text is this one, padded or not.
                let certain = (offset + value.count) * 8 / 6
                if certain > start { add(text[start..<certain]) }
                // Of a long one the end is enough, the rest being there already.
                let end = value.count <= Self.longestWithEscapedLines ? start : max(start, bare.count - Self.endLength)
                add(bare[end...])
                add(text[end...])
            }
            addLines(of: Base64.encode(value, alphabet))
        }
    }

    /// The lines of an encoded value that was broken into such.
    private mutating func addLines(of whole: [UInt8]) {
        let widths: [Int] =
            switch whole.count {
            case ...Self.longestWithAllWidths: Self.allWidths
            case ...Self.longestWithEscapedLines: Self.lineWidths
            default: Self.usualWidths
            }
        for width in widths where whole.count > width {
            // A long text is looked for in pieces; lines that end where those do are found with it, but for the last ones.
            let isFound =
                whole.count > Self.longestWithEscapedLines && width.isMultiple(of: SecretPatterns.pieceLength)
            let first = isFound ? (whole.count / width - 1) * width : 0
            for begin in stride(from: first, to: whole.count, by: width) {
                let line = whole[begin..<min(begin + width, whole.count)]
                // A few letters alone might be anything's; together with what is above them they are this one's.
                let isShort = line.count < Self.shortestLine
                add(isShort ? whole[begin - Self.shortestLine..<begin] + [0x0A] + line : line)
            }
        }
    }

    // MARK: Escapes

    private mutating func addEscaped(_ value: [UInt8]) {
        for digits in [Hexadecimal.upper, Hexadecimal.lower] {
            for kept in URLText.keptSets {
                add(URLText.escape(value, keeping: kept, digits))
                if value.contains(0x20) {
                    add(URLText.escape(value, keeping: kept, digits, plusForSpace: true))
                }
            }
            for style in JSONEscape.styles { add(style.escape(value, digits)) }
        }
        // As a shell prints a word in single quotes that has one.
        if value.contains(UInt8(ascii: "'")) {
            add(value.flatMap { $0 == UInt8(ascii: "'") ? Array(#"'\''"#.utf8) : [$0] })
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether there are so many different bytes.
    fileprivate func hasVariety(_ least: Int) -> Bool {
        var seen = SIMD4<UInt64>()
        var count = 0
        for byte in self where seen[Int(byte >> 6)] & 1 << UInt64(byte & 63) == 0 {
            seen[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
            count += 1
            if count == least { return true }
        }
        return count >= least
    }
}

extension [UInt8] {
    /// The bytes without one line end.
    fileprivate var droppingLineEnd: [UInt8] {
        var end = count
        if end > 0, self[end - 1] == 0x0A { end -= 1 }
        if end > 0, self[end - 1] == 0x0D { end -= 1 }
        return Array(prefix(end))
    }
}

private enum Hexadecimal {
    static let upper = Array("0123456789ABCDEF".utf8)
    static let lower = Array("0123456789abcdef".utf8)
}

/// Percent-encoding as libraries do it: they differ in what they leave as it is.
private enum URLText {
    /// RFC 3986's unreserved characters, those of a browser's `encodeURIComponent`, and those of a path.
    static let keptSets = ["-_.~", "-_.~!'()*", "-_.~$&+=:@"].map { Set($0.utf8) }

    static func escape(
        _ value: [UInt8],
        keeping kept: Set<UInt8>,
        _ digits: [UInt8],
        plusForSpace: Bool = false
    ) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(value.count * 2)
        for byte in value {
            if byte.isAlphanumeric || kept.contains(byte) {
                out.append(byte)
            } else if plusForSpace, byte == 0x20 {
                out.append(UInt8(ascii: "+"))
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return out
    }
}

/// The inside of a JSON string as libraries write it.
private struct JSONEscape {
    /// Bytes that are written as `\u00XX` although they need not be, such as `<` by Go.
    var avoided: Set<UInt8> = []
    /// Whether `/` is written as `\/`.
    var escapesSlash = false
    /// Whether everything but ASCII is written as `\uXXXX`.
    var isASCII = false

    static let styles = [
        JSONEscape(), JSONEscape(avoided: Set("<>&".utf8)), JSONEscape(escapesSlash: true), JSONEscape(isASCII: true),
    ]

    func escape(_ value: [UInt8], _ digits: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(value.count + 16)
        for byte in value {
            switch byte {
            case UInt8(ascii: "\""): out += Array(#"\""#.utf8)
            case UInt8(ascii: "\\"): out += Array(#"\\"#.utf8)
            case UInt8(ascii: "/") where escapesSlash: out += Array(#"\/"#.utf8)
            case 0x0A: out += Array(#"\n"#.utf8)
            case 0x0D: out += Array(#"\r"#.utf8)
            case 0x09: out += Array(#"\t"#.utf8)
            case 0x08: out += Array(#"\b"#.utf8)
            case 0x0C: out += Array(#"\f"#.utf8)
            case 0..<0x20: out += Self.unit(UInt16(byte), digits)
            case _ where avoided.contains(byte): out += Self.unit(UInt16(byte), digits)
            default: out.append(byte)
            }
        }
        guard isASCII, out.contains(where: { $0 > 0x7F }), let text = String(validating: out, as: UTF8.self) else {
            return out
        }
        return text.utf16.flatMap { $0 < 0x80 ? [UInt8($0)] : Self.unit($0, digits) }
    }

    private static func unit(_ unit: UInt16, _ digits: [UInt8]) -> [UInt8] {
        Array(#"\u"#.utf8) + [12, 8, 4, 0].map { digits[Int(unit >> $0 & 15)] }
    }
}
