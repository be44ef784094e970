/// One way to authenticate that a registry offers in `WWW-Authenticate` (RFC 9110, 11.6.1).
struct Challenge: Sendable, Hashable {
    /// The scheme in lower case: `basic`, `bearer`.
    var scheme: String
    /// The parameters by their names in lower case; the first one counts if a name comes twice.
    var parameters: [String: String]

    /// The most bytes of header values that are looked at.
    static let limit = 16 << 10

    /// The challenges of all header values; parts that can't be read are passed over.
    static func parse(_ values: [String]) -> [Challenge] {
        values.flatMap { value in
            var parser = ChallengeParser(Array(value.utf8.prefix(limit)))
            return parser.challenges()
        }
    }
}

/// Reads `scheme name=value, name="value", scheme …`; it takes what it understands and never fails.
private struct ChallengeParser {
    private let bytes: [UInt8]
    private var next = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func challenges() -> [Challenge] {
        var found: [Challenge] = []
        while found.count < 16 {
            skip { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
            guard next < bytes.count else { break }
            let word = token()
            guard !word.isEmpty else {
                next += 1
                continue
            }
            skipBlanks()
            if peek == UInt8(ascii: "="), !found.isEmpty {
                next += 1
                let value = value()
                let name = word.lowercased()
                if found[found.count - 1].parameters[name] == nil { found[found.count - 1].parameters[name] = value }
            } else if peek == UInt8(ascii: "=") {
                next += 1
                _ = value()
            } else {
                found.append(Challenge(scheme: word.lowercased(), parameters: [:]))
            }
        }
        return found
    }

    private var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func skip(_ isSkipped: (UInt8) -> Bool) {
        while let byte = peek, isSkipped(byte) { next += 1 }
    }

    private mutating func skipBlanks() { skip { $0 == 0x20 || $0 == 0x09 } }

    private mutating func token() -> String {
        let start = next
        skip { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C,
                0x7E:
                true
            default: false
            }
        }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    private mutating func value() -> String {
        skipBlanks()
        guard peek == UInt8(ascii: "\"") else {
            // A token, or more than a token: some registries forget the quotes around a URL.
            let start = next
            skip { $0 > 0x20 && $0 != UInt8(ascii: ",") }
            return String(decoding: bytes[start..<next], as: UTF8.self)
        }
        next += 1
        var out: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            next += 1
            if byte == UInt8(ascii: "\\"), let escaped = peek {
                next += 1
                out.append(escaped)
            } else {
                out.append(byte)
            }
        }
        next += 1
        return String(decoding: out, as: UTF8.self)
    }
}
