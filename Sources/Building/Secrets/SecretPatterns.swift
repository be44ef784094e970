import CaissonText
import Glibc

/// Byte strings that are looked for in output, made so that a search costs a table look-up a byte, however many they are.
///
/// ```
/// four bytes of the text ─▶ filter (may a pattern begin so?) ─▶ binary search among the sorted patterns
/// ```
/// The strings themselves lie in locked memory; what is outside tells only where they begin and how long they are. A long
/// string is looked for in pieces, each of which counts by itself, so that little text has to be held back for a secret
/// that may be about to come.
struct SecretPatterns: Sendable {
    /// Longer strings are cut into pieces of this length; the last one takes what is left over.
    static let pieceLength = 32

    /// The strings, one after another.
    private let bytes: LockedBytes
    /// The patterns, sorted by their bytes, each but once.
    private let patterns: [Pattern]
    /// A bit for each hash of the first four bytes of a pattern.
    private let filter: [UInt64]
    private let shift: UInt32
    /// The bytes that patterns begin with.
    private let firsts: [Bool]
    /// The length of the longest pattern.
    let longest: Int

    /// Where a pattern lies among the bytes.
    private struct Pattern {
        var start: Int
        var count: Int32
        /// The longest other pattern that it begins with; -1 for none.
        var shorter: Int32 = -1

        func bytes(in all: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: all[start..<start + Int(count)])
        }
    }

    /// Makes the search for some strings of at least four bytes; shorter ones are left out.
    init(_ strings: some Sequence<[UInt8]>) throws {
        let strings = strings.filter { $0.count >= SecretForms.shortest }
        bytes = try LockedBytes(capacity: strings.reduce(0) { $0 + $1.count }) { room in
            strings.reduce(0) { start, string in
                UnsafeMutableRawBufferPointer(rebasing: room[start...]).copyBytes(from: string)
                return start + string.count
            }
        }
        let patterns = bytes.withBytes { Self.sorted(Self.pieces(of: strings), in: $0) }
        longest = Int(patterns.map(\.count).max() ?? 0)
        let size = min(max(patterns.count * 16, 4096), 1 << 22)
        let bits = UInt32(Int.bitWidth - (size - 1).leadingZeroBitCount)
        let shift = 32 - bits
        var filter = [UInt64](repeating: 0, count: 1 << (bits - 6))
        var firsts = [Bool](repeating: false, count: 256)
        bytes.withBytes { all in
            for pattern in patterns {
                let hash = Self.hash(all.loadUnaligned(fromByteOffset: pattern.start, as: UInt32.self), shift)
                filter[hash >> 6] |= 1 << UInt64(hash & 63)
                firsts[Int(all[pattern.start])] = true
            }
        }
        self.patterns = patterns
        self.shift = shift
        self.filter = filter
        self.firsts = firsts
    }

    /// The patterns that strings, which lie one after another, are cut into.
    private static func pieces(of strings: [[UInt8]]) -> [Pattern] {
        var pieces: [Pattern] = []
        var start = 0
        for string in strings {
            let end = start + string.count
            while end - start >= 2 * pieceLength {
                pieces.append(Pattern(start: start, count: Int32(pieceLength)))
                start += pieceLength
            }
            pieces.append(Pattern(start: start, count: Int32(end - start)))
            start = end
        }
        return pieces
    }

    /// The patterns in the order of their bytes, each but once and with its longest beginning.
    private static func sorted(_ pieces: [Pattern], in all: UnsafeRawBufferPointer) -> [Pattern] {
        var patterns: [Pattern] = []
        var open: [Int32] = []
        // Most differ in the first bytes, which are at hand without a look at the strings.
        let keyed = pieces.map {
            (key: all.loadUnaligned(fromByteOffset: $0.start, as: UInt32.self).bigEndian, piece: $0)
        }
        let sorted = keyed.sorted { one, other in
            one.key == other.key
                ? compare(one.piece.bytes(in: all), other.piece.bytes(in: all)) < 0 : one.key < other.key
        }
        for (_, var piece) in sorted {
            let text = piece.bytes(in: all)
            if let last = patterns.last, compare(last.bytes(in: all), text) == 0 { continue }
            while let last = open.last, !text.starts(with: patterns[Int(last)].bytes(in: all)) { open.removeLast() }
            piece.shorter = open.last ?? -1
            open.append(Int32(patterns.count))
            patterns.append(piece)
        }
        return patterns
    }

    /// Below, at or above 0 as one text is below, equal to or above another.
    private static func compare(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
        guard let left = one.baseAddress, let right = other.baseAddress else { return one.count - other.count }
        let difference = memcmp(left, right, min(one.count, other.count))
        return difference == 0 ? one.count - other.count : Int(difference)
    }

    /// Whether there is nothing to look for.
    var isEmpty: Bool { longest == 0 }

    @inline(__always)
    private static func hash(_ word: UInt32, _ shift: UInt32) -> Int { Int((word &* 0x9E37_79B1) >> shift) }

    // MARK: Searching

    /// Calls `found` with the place and length of every pattern in a text; of several that begin at one place with the
    /// longest.
    func search(_ text: UnsafeRawBufferPointer, found: (_ start: Int, _ count: Int) -> Void) {
        guard text.count >= 4, !isEmpty else { return }
        bytes.withBytes { all in
            filter.withUnsafeBufferPointer { filter in
                for start in 0...text.count - 4 {
                    let hash = Self.hash(text.loadUnaligned(fromByteOffset: start, as: UInt32.self), shift)
                    guard filter[hash >> 6] & (1 << UInt64(hash & 63)) != 0 else { continue }
                    let count = longestMatch(UnsafeRawBufferPointer(rebasing: text[start...]), all)
                    if count > 0 { found(start, count) }
                }
            }
        }
    }

    /// The first place from which the text to its end is the beginning of a pattern, but not the whole; the text's length
    /// where there is none.
    func unfinished(in text: UnsafeRawBufferPointer) -> Int {
        guard !isEmpty else { return text.count }
        return bytes.withBytes { all in
            for start in max(0, text.count - longest + 1)..<max(text.count, 0) where firsts[Int(text[start])] {
                if begins(UnsafeRawBufferPointer(rebasing: text[start...]), all) { return start }
            }
            return text.count
        }
    }

    /// The length of the longest pattern that the text begins with; 0 for none.
    private func longestMatch(_ text: UnsafeRawBufferPointer, _ all: UnsafeRawBufferPointer) -> Int {
        // Any pattern that the text begins with is the last one not above the text, or a beginning of that one.
        var index = firstAbove(text, all) - 1
        guard index >= 0 else { return 0 }
        let common = commonLength(patterns[index].bytes(in: all), text)
        while index >= 0, Int(patterns[index].count) > common { index = Int(patterns[index].shorter) }
        return index < 0 ? 0 : Int(patterns[index].count)
    }

    /// Whether a pattern begins with the whole text and goes on.
    private func begins(_ text: UnsafeRawBufferPointer, _ all: UnsafeRawBufferPointer) -> Bool {
        let index = firstAbove(text, all)
        return index < patterns.count && commonLength(patterns[index].bytes(in: all), text) == text.count
    }

    /// The place of the first pattern above the text; their number where there is none.
    private func firstAbove(_ text: UnsafeRawBufferPointer, _ all: UnsafeRawBufferPointer) -> Int {
        var low = 0
        var high = patterns.count
        while low < high {
            let middle = (low + high) / 2
            if Self.compare(patterns[middle].bytes(in: all), text) <= 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func commonLength(_ pattern: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) -> Int {
        let most = min(pattern.count, text.count)
        var count = 0
        while count < most, pattern[count] == text[count] { count += 1 }
        return count
    }
}
