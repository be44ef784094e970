import FoundationEssentials

/// Base64 (RFC 4648).
package enum Base64 {
    /// The characters that stand for the values of six bits.
    package struct Alphabet: Sendable {
        fileprivate let characters: [UInt8]

        /// The one of most texts.
        package static let standard = Alphabet("+/")
        /// The one for URLs and names of files.
        package static let url = Alphabet("-_")

        private init(_ lastTwo: String) {
            let others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
            characters = Array((others + lastTwo).utf8)
        }
    }

    /// The text for some bytes, in one line and filled up with `=`.
    package static func encode(_ bytes: [UInt8], _ alphabet: Alphabet = .standard) -> [UInt8] {
        let characters = alphabet.characters
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let second = start + 1 < bytes.count ? bytes[start + 1] : 0
            let third = start + 2 < bytes.count ? bytes[start + 2] : 0
            let group = Int(bytes[start]) << 16 | Int(second) << 8 | Int(third)
            out += [characters[group >> 18], characters[group >> 12 & 63]]
            out.append(start + 1 < bytes.count ? characters[group >> 6 & 63] : UInt8(ascii: "="))
            out.append(start + 2 < bytes.count ? characters[group & 63] : UInt8(ascii: "="))
        }
        return out
    }

    /// The bytes that a text stands for; nil where it is none.
    package static func decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { [UInt8]($0) } }
}
