/// The hash functions of FIPS 180-4 that digests of content are made by: SHA-256, SHA-384 and SHA-512.
///
/// This is what is used where the system has no libcrypto; see `DigestHasher`. One text serves both word sizes: the
/// constants of SHA-256 are the upper halves of those of SHA-512.
struct SHA2<Word: FixedWidthInteger & UnsignedInteger & Sendable> {
    /// Which bits the rounds rotate and shift by.
    struct Rotations: Sendable {
        var e: (Word, Word, Word)
        var a: (Word, Word, Word)
        var low: (Word, Word, Word)
        var high: (Word, Word, Word)
    }

    private let constants: [Word]
    private let rotations: Rotations
    private let blockSize = MemoryLayout<Word>.size * 16
    private var state: [Word]
    private var schedule: [Word]
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    private init(state: [Word], constants: [Word], rotations: Rotations) {
        self.state = state
        self.constants = constants
        self.rotations = rotations
        schedule = [Word](repeating: 0, count: constants.count)
    }

    /// Takes the next bytes.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length &+= UInt64(bytes.count)
        var rest = bytes
        if !pending.isEmpty {
            let taken = min(blockSize - pending.count, rest.count)
            pending.append(contentsOf: rest.prefix(taken))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(taken))
            guard pending.count == blockSize else { return }
            let block = pending
            pending.removeAll(keepingCapacity: true)
            block.withUnsafeBytes { compress($0) }
        }
        while rest.count >= blockSize {
            compress(UnsafeRawBufferPointer(rebasing: rest.prefix(blockSize)))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(blockSize))
        }
        pending.append(contentsOf: rest)
    }

    /// The hash of all that was taken: so many bytes of it.
    mutating func finish(_ count: Int) -> [UInt8] {
        let lengthSize = blockSize / 8
        var tail = pending + [0x80]
        let used = (tail.count + lengthSize) % blockSize
        tail += [UInt8](repeating: 0, count: used == 0 ? 0 : blockSize - used)
        // The length in bits; its upper half is nothing that can be reached.
        tail += [UInt8](repeating: 0, count: lengthSize - 8)
        withUnsafeBytes(of: (length &<< 3).bigEndian) { tail += $0 }
        tail.withUnsafeBytes { all in
            for start in stride(from: 0, to: all.count, by: blockSize) {
                compress(UnsafeRawBufferPointer(rebasing: all[start..<(start + blockSize)]))
            }
        }
        var out: [UInt8] = []
        for word in state { withUnsafeBytes(of: word.bigEndian) { out += $0 } }
        return Array(out.prefix(count))
    }

    private mutating func compress(_ block: UnsafeRawBufferPointer) {
        let size = MemoryLayout<Word>.size
        for index in 0..<16 {
            schedule[index] = Word(bigEndian: block.loadUnaligned(fromByteOffset: index * size, as: Word.self))
        }
        for index in 16..<schedule.count {
            let (x, y) = (schedule[index - 15], schedule[index - 2])
            let low = Self.rotated(x, rotations.low.0) ^ Self.rotated(x, rotations.low.1) ^ (x &>> rotations.low.2)
            let high = Self.rotated(y, rotations.high.0) ^ Self.rotated(y, rotations.high.1) ^ (y &>> rotations.high.2)
            schedule[index] = schedule[index - 16] &+ low &+ schedule[index - 7] &+ high
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<schedule.count {
            let choice = (e & f) ^ (~e & g)
            let first = h &+ Self.mixed(e, rotations.e) &+ choice &+ constants[index] &+ schedule[index]
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let second = Self.mixed(a, rotations.a) &+ majority
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }

    private static func rotated(_ word: Word, _ count: Word) -> Word {
        (word &>> count) | (word &<< (Word(Word.bitWidth) &- count))
    }

    private static func mixed(_ word: Word, _ by: (Word, Word, Word)) -> Word {
        rotated(word, by.0) ^ rotated(word, by.1) ^ rotated(word, by.2)
    }
}

extension SHA2<UInt32> {
    /// SHA-256.
    static func sha256() -> SHA2<UInt32> {
        SHA2(
            state: SHA2Constants.initial512.map { UInt32($0 >> 32) },
            constants: SHA2Constants.rounds.prefix(64).map { UInt32($0 >> 32) },
            rotations: Rotations(e: (6, 11, 25), a: (2, 13, 22), low: (7, 18, 3), high: (17, 19, 10))
        )
    }
}

extension SHA2<UInt64> {
    /// SHA-512, or the longer part of SHA-384.
    static func sha512(initial: [UInt64] = SHA2Constants.initial512) -> SHA2<UInt64> {
        SHA2(
            state: initial,
            constants: SHA2Constants.rounds,
            rotations: Rotations(e: (14, 18, 41), a: (28, 34, 39), low: (1, 8, 7), high: (19, 61, 6))
        )
    }
}

/// The numbers of FIPS 180-4.
enum SHA2Constants {
    /// The fractions of the cube roots of the first 80 primes.
    static let rounds: [UInt64] = [
        0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
        0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
        0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
        0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
        0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
        0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
        0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
        0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
        0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
        0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
        0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
        0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
        0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
        0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
        0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
        0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
        0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
        0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
        0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
        0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
    ]

    /// The fractions of the square roots of the first 8 primes.
    static let initial512: [UInt64] = [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ]

    /// The fractions of the square roots of the next 8 primes.
    static let initial384: [UInt64] = [
        0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
        0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
    ]
}
