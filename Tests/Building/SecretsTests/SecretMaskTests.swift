import CaissonText
import CaissonBuildModel
import Testing

@testable import CaissonSecrets

/// A mask for some texts as they are, and nothing made from them.
private func mask(_ patterns: [String]) throws -> SecretMask {
    SecretMask(try SecretPatterns(patterns.map { Array($0.utf8) }))
}

@Suite struct SecretMaskTests {
    @Test(arguments: [
        ("a hunter2 b", "a *** b"), ("hunter2", "***"), ("hunter2hunter2", "***"), ("hunterhunter2", "hunter***"),
        ("hunter2 hunter2", "*** ***"), ("hunter", "hunter"), ("", ""), ("überhunter2", "über***"),
        ("overlapping", "***"), ("verlapping", "verl***"), ("abcdefgh", "***gh"), ("abcdef", "***"), ("cdef", "***"),
    ])
    func `what is covered by patterns becomes three stars`(text: String, masked: String) throws {
        let mask = try mask(["hunter2", "overlap", "apping", "abcd", "cdef"])
        #expect(mask.apply(text) == masked)
    }

    @Test func `patterns shorter than four bytes are left alone`() throws {
        let patterns = try SecretPatterns([Array("abc".utf8), []])
        #expect(patterns.isEmpty)
        #expect(SecretMask(patterns).apply("abc") == "abc")
    }

    @Test func `a long secret is found in its pieces, and at any cut`() throws {
        let secret = (0..<500).map { UInt8(33 + $0 * 7 % 90) }
        let mask = SecretMask(try SecretPatterns([secret]))
        #expect(mask.apply([1] + secret + [2]) == [1] + Array("***".utf8) + [2])
        for cut in stride(from: 0, through: 500, by: 17) {
            var state = SecretMask.StreamState()
            var out = mask.apply([1] + secret[..<cut], &state)
            #expect(state.held.count < 2 * SecretPatterns.pieceLength)
            out += mask.apply(secret[cut...] + [2], &state)
            out += mask.finish(&state)
            #expect(out == [1] + Array("***".utf8) + [2], "cut at \(cut)")
        }
    }

    @Test func `text that can't begin a secret isn't held back`() throws {
        let mask = try mask(["hunter2"])
        var state = SecretMask.StreamState()
        #expect(mask.apply(Array("password: ".utf8), &state) == Array("password: ".utf8))
        #expect(state.isIdle)
        #expect(mask.apply(Array("my hun".utf8), &state) == Array("my ".utf8))
        #expect(!state.isIdle)
        #expect(mask.apply(Array("gry\n".utf8), &state) == Array("hungry\n".utf8))
        #expect(mask.apply(Array("hunt".utf8), &state) == [])
        #expect(mask.finish(&state) == Array("hunt".utf8))
        #expect(state.isIdle)
    }

    /// Random patterns over few letters, so that they overlap, nest and repeat; random texts in random pieces; and the plain
    /// model: mark each byte of each occurrence, then replace each run.
    @Test(arguments: 0..<12) func `streams are masked as the plain model says`(seed: UInt64) throws {
        var random = SplitMix(seed)
        for round in 0..<60 {
            let letters = Int.random(in: 2...4, using: &random)
            let patterns = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                random.text(Int.random(in: 4...90, using: &random), letters)
            }
            let matching = try SecretPatterns(patterns)
            let mask = SecretMask(matching)
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let pattern = patterns.randomElement(using: &random) ?? []
                switch Int.random(in: 0...3, using: &random) {
                case 0: text += pattern
                case 1: text += pattern.prefix(Int.random(in: 0...pattern.count, using: &random))
                case 2: text += pattern.suffix(Int.random(in: 0...pattern.count, using: &random))
                default: text += random.text(Int.random(in: 0...20, using: &random), letters)
                }
            }
            let expected = PlainModel.masked(text, PlainModel.pieces(patterns))
            #expect(mask.apply(text) == expected, "seed \(seed), round \(round)")
            var state = SecretMask.StreamState()
            var out: [UInt8] = []
            var rest = text[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...30, using: &random))
                rest = rest.dropFirst(piece.count)
                out += mask.apply(Array(piece), &state)
                #expect(state.held.count < max(1, matching.longest))
            }
            out += mask.finish(&state)
            #expect(out == expected, "seed \(seed), round \(round), in pieces")
            for pattern in patterns { #expect(!out.contains(pattern), "seed \(seed), round \(round)") }
        }
    }
}

/// The slow and plain way to mask.
private enum PlainModel {
    /// The pieces that long patterns are looked for in.
    static func pieces(_ patterns: [[UInt8]]) -> [[UInt8]] {
        patterns.flatMap { pattern -> [[UInt8]] in
            let whole = max(1, pattern.count / 32)
            return (0..<whole).map { index in
                Array(pattern[index * 32..<(index == whole - 1 ? pattern.count : index * 32 + 32)])
            }
        }
    }

    static func masked(_ text: [UInt8], _ patterns: [[UInt8]]) -> [UInt8] {
        var isCovered = [Bool](repeating: false, count: text.count)
        for start in text.indices {
            for pattern in patterns where text[start...].starts(with: pattern) {
                for index in start..<start + pattern.count { isCovered[index] = true }
            }
        }
        var out: [UInt8] = []
        for index in text.indices {
            if !isCovered[index] { out.append(text[index]) }
            if isCovered[index], index == 0 || !isCovered[index - 1] { out += Array("***".utf8) }
        }
        return out
    }
}

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A text of that many letters out of the first few of the alphabet.
    mutating func text(_ count: Int, _ letters: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(ascii: "a") + UInt8(Int.random(in: 0..<letters, using: &self)) }
    }
}
