import CaissonText

/// Reads small values as the Go libraries do with which BuildKit reads them.
enum Values {
    /// The nanoseconds of a span of time such as `1m30s`, as `time.ParseDuration` reads it.
    static func duration(_ text: String) -> Double? {
        var rest = text.utf8[...]
        var sign = 1.0
        if let first = rest.first, first == 0x2B || first == 0x2D {
            if first == 0x2D { sign = -1 }
            rest = rest.dropFirst()
        }
        if rest.elementsEqual([0x30]) { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix(while: Ascii.isDigit)
            rest = rest.dropFirst(digits.count)
            var fraction = rest.prefix(0)
            if rest.first == 0x2E {
                fraction = rest.dropFirst().prefix(while: Ascii.isDigit)
                rest = rest.dropFirst(fraction.count + 1)
            }
            guard !digits.isEmpty || !fraction.isEmpty else { return nil }
            let unit = rest.prefix { !Ascii.isDigit($0) && $0 != 0x2E }
            rest = rest.dropFirst(unit.count)
            guard let scale = units[String(Substring(unit))],
                let count = Double("0" + String(Substring(digits))),
                let part = Double("0." + String(Substring(fraction)) + "0")
            else { return nil }
            total += (count + part) * scale
            guard total < longest else { return nil }
        }
        return sign * total
    }

    private static let longest = 9_223_372_036_854_775_807.0
    private static let units: [String: Double] = ["ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9]

    /// A whole number without a sign that fits into 32 bits.
    static func unsigned(_ text: String, radix: Int = 10) -> UInt32? {
        guard let first = text.utf8.first, Ascii.isDigit(first) else { return nil }
        return UInt32(text, radix: radix)
    }

    /// Whether a text is a size such as `1g` or `1.5GiB`, as docker's units are read.
    static func isSize(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let last = bytes.lastIndex(where: { Ascii.isDigit($0) || $0 == 0x2E || $0 == 0x20 }) else { return false }
        let number = bytes[...last].dropLast(bytes[last] == 0x20 ? 1 : 0)
        let suffix = String(decoding: bytes[(last + 1)...], as: UTF8.self).lowercased()
        guard let size = float(Array(number)), size >= 0, !size.isInfinite else { return false }
        if suffix.isEmpty || suffix == "b" { return true }
        guard let unit = suffix.first, "kmgtp".contains(unit) else { return false }
        return ["", "b", "ib"].contains(String(suffix.dropFirst()))
    }

    /// A number as `strconv.ParseFloat` reads it: `_` may stand between digits.
    private static func float(_ bytes: [UInt8]) -> Double? {
        var digits: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            guard byte == 0x5F else {
                digits.append(byte)
                continue
            }
            guard index > 0, index + 1 < bytes.count, Ascii.isDigit(bytes[index - 1]), Ascii.isDigit(bytes[index + 1])
            else { return nil }
        }
        guard digits.allSatisfy({ Ascii.isDigit($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }) else {
            return nil
        }
        return Double(String(decoding: digits, as: UTF8.self))
    }

    /// The fields of a line of CSV; nil where its quotes are wrong or where it is empty.
    static func fields(_ line: String) -> [String]? {
        guard !line.isEmpty else { return nil }
        if !line.utf8.contains(0x22) { return line.pieces(at: ",") }
        var rest = Array(line.utf8)[...]
        var fields: [String] = []
        while true {
            guard rest.first == 0x22 else {
                let field = rest.prefix { $0 != 0x2C }
                if field.contains(0x22) { return nil }
                fields.append(String(decoding: field, as: UTF8.self))
                if field.endIndex == rest.endIndex { return fields }
                rest = rest[(field.endIndex + 1)...]
                continue
            }
            guard let (field, after) = quotedField(rest.dropFirst()) else { return nil }
            fields.append(field)
            guard let comma = after.first else { return fields }
            guard comma == 0x2C else { return nil }
            rest = after.dropFirst()
        }
    }

    private static func quotedField(_ bytes: ArraySlice<UInt8>) -> (field: String, rest: ArraySlice<UInt8>)? {
        var out: [UInt8] = []
        var rest = bytes
        while let quote = rest.firstIndex(of: 0x22) {
            out += rest[..<quote]
            rest = rest[(quote + 1)...]
            guard rest.first == 0x22 else { return (String(decoding: out, as: UTF8.self), rest) }
            out.append(0x22)
            rest = rest.dropFirst()
        }
        return nil
    }

    /// Why a mode of `--chmod` is none.
    static func complaint(ofMode mode: String) -> String? {
        let isOctal = "it should be an octal number between 0 and 07777, or a mode of chmod such as u+x"
        if let first = mode.utf8.first, Ascii.isDigit(first) {
            let number = unsigned(mode, radix: 8)
            return number.map { $0 <= 0o7777 } == true ? nil : "invalid chmod parameter: '\(mode)': \(isOctal)"
        }
        return isSymbolicMode(mode) ? nil : "invalid chmod parameter: '\(mode)': \(isOctal)"
    }

    private static func isSymbolicMode(_ mode: String) -> Bool {
        mode.pieces(at: ",").allSatisfy { clause in
            var rest = clause.utf8.drop { "augo".utf8.contains($0) }
            guard !rest.isEmpty else { return false }
            while let operation = rest.popFirst() {
                guard "+-=".utf8.contains(operation) else { return false }
                rest = rest.drop { "rstwXxugo".utf8.contains($0) }
            }
            return true
        }
    }

    /// Whether a text is a signal, by its name or its number.
    static func isSignal(_ text: String) -> Bool {
        if let number = Int(text) { return number != 0 }
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if signals.contains(name) { return true }
        if name.hasPrefix("RTMIN+"), let offset = unsigned(String(name.dropFirst(6))) {
            return (1...15).contains(offset) && !name.hasPrefix("RTMIN+0")
        }
        if name.hasPrefix("RTMAX-"), let offset = unsigned(String(name.dropFirst(6))) {
            return (1...14).contains(offset) && !name.hasPrefix("RTMAX-0")
        }
        return false
    }

    private static let signals = Set(
        """
        ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP \
        TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX
        """.split(separator: " ").map(String.init)
    )

    /// Why a checksum of a file from the web is none.
    static func complaint(ofDigest digest: String) -> String? {
        guard let (algorithm, hex) = digest.cut(at: ":"), !algorithm.isEmpty, !hex.isEmpty else {
            return "invalid checksum digest format: it is ALGORITHM:HEXADECIMAL, such as sha256:…"
        }
        guard let length = ["sha256": 64, "sha384": 96, "sha512": 128][algorithm] else {
            return "unsupported digest algorithm: \(algorithm)"
        }
        if hex.utf8.count != length { return "invalid checksum digest length: \(algorithm) has \(length) digits" }
        let isHex = hex.utf8.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        return isHex ? nil : "invalid checksum digest format: it is of 0-9 and a-f"
    }
}
