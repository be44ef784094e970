import CaissonText
package import CaissonBuildModel

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
    fileprivate init(_ algorithm: Algorithm, hex: String) {
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

/// Hashes content piece by piece.
package final class DigestHasher {
    private enum Engine {
        case library(LibCrypto, OpaquePointer)
        case narrow(SHA256)
        case wide(SHA512)
    }

    private let algorithm: ContentDigest.Algorithm
    private var engine: Engine

    /// Begins to hash; without the system's library when the caller asks for that.
    package init(_ algorithm: ContentDigest.Algorithm = .sha256, usesLibrary: Bool = true) {
        self.algorithm = algorithm
        engine = usesLibrary ? Self.libraryEngine(algorithm) ?? Self.ownEngine(algorithm) : Self.ownEngine(algorithm)
    }

    deinit {
        if case .library(let library, let context) = engine { library.free(context) }
    }

    /// Takes the next bytes.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        switch engine {
        case .library(let library, let context):
            _ = library.update(context, bytes.baseAddress, bytes.count)
        case .narrow(var own):
            // Nothing else may hold the arrays while they change, or they would be copied.
            engine = .narrow(SHA256())
            own.update(bytes)
            engine = .narrow(own)
        case .wide(var own):
            engine = .wide(SHA512())
            own.update(bytes)
            engine = .wide(own)
        }
    }

    /// Takes the next bytes.
    package func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// The digest of everything that was taken; nothing may be taken afterwards.
    package func finish() -> ContentDigest {
        switch engine {
        case .library(let library, let context):
            var hash = [UInt8](repeating: 0, count: 64)
            var count: UInt32 = 0
            _ = library.finish(context, &hash, &count)
            return ContentDigest(algorithm, hash: Array(hash.prefix(Int(count))))
        case .narrow(let own): return ContentDigest(algorithm, hex: own.hexadecimal())
        case .wide(var own): return ContentDigest(algorithm, hash: own.finish(algorithm.size))
        }
    }

    private static func libraryEngine(_ algorithm: ContentDigest.Algorithm) -> Engine? {
        guard let library = LibCrypto.shared, let context = library.new() else { return nil }
        let kind =
            switch algorithm {
            case .sha256: library.sha256()
            case .sha384: library.sha384()
            case .sha512: library.sha512()
            }
        // A system whose policy forbids a hash refuses it here.
        guard kind != nil, library.begin(context, kind, nil) == 1 else {
            library.free(context)
            return nil
        }
        return .library(library, context)
    }

    private static func ownEngine(_ algorithm: ContentDigest.Algorithm) -> Engine {
        switch algorithm {
        case .sha256: .narrow(SHA256())
        case .sha384: .wide(SHA512(initial: SHA512.initial384))
        case .sha512: .wide(SHA512())
        }
    }
}
