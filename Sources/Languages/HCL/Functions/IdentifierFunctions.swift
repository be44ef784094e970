import CaissonText
import Crypto

extension HCLFunction {
    /// Functions that make UUIDs.
    static let identifiers: Group = [
        "uuidv4": native("Generates and returns a Type-4 UUID in the standard hexadecimal string format.", []) {
            call throws(HCLCallError) in
            .string(uuid(call.environment.random(16), version: 4))
        },
        "uuidv5": native(
            "Generates and returns a Type-5 UUID in the standard hexadecimal string format.",
            [Parameter("namespace", .string), Parameter("name", .string)]
        ) { call throws(HCLCallError) in
            guard let space = space(call.text(0)) else {
                throw HCLCallError("uuidv5() doesn't support namespace \(call.text(0)) (invalid UUID)")
            }
            let digest = Insecure.SHA1.hash(data: space + Array(call.text(1).utf8))
            return .string(uuid(Array(digest.prefix(16)), version: 5))
        },
    ]

    /// The namespaces of RFC 4122, and any that is given as a UUID.
    private static func space(_ name: String) -> [UInt8]? {
        let tail = "-9dad-11d1-80b4-00c04fd430c8"
        return switch name {
        case "dns": bytes("6ba7b810" + tail)
        case "url": bytes("6ba7b811" + tail)
        case "oid": bytes("6ba7b812" + tail)
        case "x500": bytes("6ba7b814" + tail)
        default: bytes(name)
        }
    }

    /// The bytes of a UUID: plain, with dashes, in braces, or behind `urn:uuid:`.
    private static func bytes(_ text: String) -> [UInt8]? {
        var digits = Array(text.utf8)
        switch digits.count {
        case 45:
            guard text.lowercased().hasPrefix("urn:uuid:") else { return nil }
            digits.removeFirst(9)
        case 38: digits = Array(digits.dropFirst().dropLast())
        case 32, 36: break
        default: return nil
        }
        if digits.count == 36 {
            for place in [8, 13, 18, 23] where digits[place] != UInt8(ascii: "-") { return nil }
            digits = [0..<8, 9..<13, 14..<18, 19..<23, 24..<36].flatMap { digits[$0] }
        }
        guard digits.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        return stride(from: 0, to: 32, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
    }

    /// The text of a UUID of a version.
    private static func uuid(_ bytes: [UInt8], version: UInt8) -> String {
        var text = ""
        for (index, byte) in bytes.prefix(16).enumerated() {
            let marked =
                switch index {
                case 6: byte & 0x0F | version << 4
                case 8: byte & 0x3F | 0x80
                default: byte
                }
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += marked.hex
        }
        return text
    }
}

extension UInt8 {
    /// Two hexadecimal digits.
    var hex: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
