package import CaissonBuildModel
import CaissonText

/// The digest that names a blob, as numbers: a folder may have millions, and 64 digits as a text take three times the
/// memory.
package struct BlobDigest: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The hash function.
    package let algorithm: ContentDigest.Algorithm
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64
    /// What hashes of more than 32 bytes have beyond them.
    private let rest: [UInt64]

    /// Reads lower-case hexadecimal digits, as many as the algorithm has; nil for all else.
    package init?(_ algorithm: ContentDigest.Algorithm, hex: some Collection<UInt8>) {
        guard hex.count == algorithm.size * 2 else { return nil }
        var words = [UInt64](repeating: 0, count: algorithm.size / 8)
        for (offset, byte) in hex.enumerated() {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x61...0x66: digit = byte - 0x57
            default: return nil
            }
            words[offset / 16] = words[offset / 16] << 4 | UInt64(digit)
        }
        self.algorithm = algorithm
        (first, second, third, fourth) = (words[0], words[1], words[2], words[3])
        rest = Array(words[4...])
    }

    /// Reads `sha256:…`, `sha384:…` or `sha512:…`; nil for all else, so that no digest can lead out of the folder.
    package init?(parsing text: String) {
        // Descriptors are of any length; none of these has more than 135 bytes.
        guard text.utf8.count < 140, let (name, hex) = text.cut(at: ":"),
            let algorithm = ContentDigest.Algorithm(rawValue: name)
        else { return nil }
        self.init(algorithm, hex: Array(hex.utf8))
    }

    /// The hash in lower-case hexadecimal digits, which is the name of the blob's file.
    package var hex: String {
        ([first, second, third, fourth] + rest).map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        .joined()
    }

    /// The form in manifests, such as `sha256:…`.
    package var description: String { "\(algorithm.rawValue):\(hex)" }

    /// The order of the texts.
    package static func < (a: BlobDigest, b: BlobDigest) -> Bool {
        if a.algorithm != b.algorithm { return a.algorithm.size < b.algorithm.size }
        let (left, right) = ((a.first, a.second, a.third, a.fourth), (b.first, b.second, b.third, b.fourth))
        return left == right ? a.rest.lexicographicallyPrecedes(b.rest) : left < right
    }
}
