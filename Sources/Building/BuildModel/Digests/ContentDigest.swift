import CaissonText

/// The digest that names content: an algorithm and its hash in lower-case hexadecimal digits.
package struct ContentDigest: Sendable, Hashable {
    /// The hash functions that name content.
    package enum Algorithm: String, Sendable, Hashable, CaseIterable {
        /// SHA-256, which all registries support.
        case sha256
        /// SHA-384.
        case sha384
        /// SHA-512.
        case sha512

        /// The bytes of a hash.
        package var size: Int {
            switch self {
            case .sha256: 32
            case .sha384: 48
            case .sha512: 64
            }
        }
    }

    /// The hash function.
    package let algorithm: Algorithm
    /// The hash, in lower-case hexadecimal digits.
    package let hex: String

    /// Makes a digest of a hash, whose size must be the algorithm's.
    init(_ algorithm: Algorithm, hash: [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        for byte in hash { hex += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        self.algorithm = algorithm
        self.hex = String(decoding: hex, as: UTF8.self)
    }

    /// Makes a digest of a hash in digits.
    init(_ algorithm: Algorithm, hex: String) {
        self.algorithm = algorithm
        self.hex = hex
    }

    /// Reads `sha256:…`.
    package init(parsing text: String) throws(ParseError) {
        guard let (name, hex) = text.cut(at: ":"), let algorithm = Algorithm(rawValue: name) else {
            throw ParseError("digest", text, "it must begin with sha256:, sha384: or sha512:")
        }
        let isFine =
            hex.utf8.count == algorithm.size * 2 && hex.utf8.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        guard isFine else {
            throw ParseError("digest", text, "it must have \(algorithm.size * 2) lower-case hexadecimal digits")
        }
        self.algorithm = algorithm
        self.hex = hex
    }

    /// The digest of these bytes.
    package init(of bytes: [UInt8], _ algorithm: Algorithm = .sha256) {
        let hasher = DigestHasher(algorithm)
        hasher.update(bytes)
        self = hasher.finish()
    }
}

extension ContentDigest: CustomStringConvertible {
    /// The form in references and manifests, such as `sha256:…`.
    package var description: String { "\(algorithm.rawValue):\(hex)" }
}
