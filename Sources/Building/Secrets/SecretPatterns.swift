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
        /// While they are sorted the first bytes, by which most differ; then the longest other pattern that it begins with, -1
        /// for none.
        var mark: Int32 = -1

        func bytes(in all: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: all[start..<start + Int(count)])
        }
    }

    /// Makes the search for some strings of at least four bytes; shorter ones are left out.
    init(_ strings: some Sequence<[UInt8]>) throws {
        let strings = strings.filter { $0.count >= SecretForms.shortest }
        let bytes = try LockedBytes(capacity: strings.reduce(0) { $0 + $1.count }) { room in
            strings.reduce(0) { start, string in
                UnsafeMutableRawBufferPointer(rebasing: room[start...]).copyBytes(from: string)
                return start + string.count
            }
        }
        self.init(bytes, counts: strings.map { Int32($0.count) })
    }

    /// Makes the search for values in all their forms, and for others in their encoded ones.
    init(ofValues values: [LockedBytes], encoded: [LockedBytes] = []) throws {
        let all = values.map { ($0, false) } + encoded.map { ($0, true) }
        let size = all.reduce(0) { size, value in
            size + value.0.withCopy { SecretForms(of: $0, encodedOnly: value.1).size }
        }
        var counts: [Int32] = []
        let bytes = try LockedBytes(capacity: size) { room in
            all.reduce(0) { start, value in
                let rest = UnsafeMutableRawBufferPointer(rebasing: room[start...])
                let forms = value.0.withCopy { SecretForms(of: $0, into: rest, encodedOnly: value.1) }
                counts += forms.counts
                return start + forms.size
            }
        }
        self.init(bytes, counts: counts)
    }

    /// Makes the search for strings that lie one after another.
    private init(_ bytes: LockedBytes, counts: [Int32]) {
        self.bytes = bytes
        let patterns = bytes.withBytes { Self.sorted(Self.pieces(of: counts), in: $0) }
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
    private static func pieces(of counts: [Int32]) -> [Pattern] {
        var pieces: [Pattern] = []
        let length = Int32(pieceLength)
        pieces.reserveCapacity(counts.reduce(0) { $0 + max(1, Int($1 / length)) })
        var start = 0
        for count in counts {
            var rest = count
            while rest >= 2 * length {
                pieces.append(Pattern(start: start, count: length))
                start += pieceLength
                rest -= length
            }
            pieces.append(Pattern(start: start, count: rest))
            start += Int(rest)
        }
        return pieces
    }

    /// The patterns in the order of their bytes, each but once and with its longest beginning.
    ///
    /// It works in the place that they have: of a long secret there are many.
    private static func sorted(_ pieces: consuming [Pattern], in all: UnsafeRawBufferPointer) -> [Pattern] {
        var patterns = pieces
        for index in patterns.indices {
            let first = all.loadUnaligned(fromByteOffset: patterns[index].start, as: UInt32.self)
            patterns[index].mark = Int32(bitPattern: first.bigEndian ^ 1 << 31)
        }
        patterns.sort { one, other in
            one.mark == other.mark
                ? compare(one.bytes(in: all), other.bytes(in: all)) < 0 : one.mark < other.mark
        }
        var kept = 0
        var open: [Int32] = []
        for index in patterns.indices {
            var pattern = patterns[index]
            let text = pattern.bytes(in: all)
            if kept > 0, compare(patterns[kept - 1].bytes(in: all), text) == 0 { continue }
            while let last = open.last, !text.starts(with: patterns[Int(last)].bytes(in: all)) { open.removeLast() }
            pattern.mark = open.last ?? -1
            open.append(Int32(kept))
            patterns[kept] = pattern
            kept += 1
        }
        patterns.removeLast(patterns.count - kept)
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
        while index >= 0, Int(patterns[index].count) > common { index = Int(patterns[index].mark) }
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
