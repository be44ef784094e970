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
        [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { out, count in
            bytes.withUnsafeBufferPointer { bytes in
                alphabet.characters.withUnsafeBufferPointer { encode(bytes, $0, out) }
            }
            count = out.count
        }
    }

    private static func encode(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ characters: UnsafeBufferPointer<UInt8>,
        _ out: UnsafeMutableBufferPointer<UInt8>
    ) {
        for group in 0..<out.count / 4 {
            let start = group * 3
            let left = bytes.count - start
            let second = left > 1 ? Int(bytes[start + 1]) : 0
            let third = left > 2 ? Int(bytes[start + 2]) : 0
            let bits = Int(bytes[start]) << 16 | second << 8 | third
            out[group * 4] = characters[bits >> 18]
            out[group * 4 + 1] = characters[bits >> 12 & 63]
            out[group * 4 + 2] = left > 1 ? characters[bits >> 6 & 63] : UInt8(ascii: "=")
            out[group * 4 + 3] = left > 2 ? characters[bits & 63] : UInt8(ascii: "=")
        }
    }

    /// The bytes that a text stands for; nil where it is none.
    package static func decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { [UInt8]($0) } }
}
