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

    private let bytes: LockedBytes
    /// Where each pattern begins, the patterns being sorted; and where the last one ends.
    private let starts: [Int]
    /// For each pattern the longest other one that it begins with; -1 for none.
    private let shorter: [Int]
    /// A bit for each hash of the first four bytes of a pattern.
    private let filter: [UInt64]
    private let shift: UInt32
    /// The bytes that patterns begin with.
    private let firsts: [Bool]
    /// The length of the longest pattern.
    let longest: Int

    /// Makes the search for some strings of at least four bytes; shorter ones are left out.
    init(_ strings: some Sequence<[UInt8]>) throws {
        var pieces = Set<ArraySlice<UInt8>>()
        for string in strings where string.count >= SecretForms.shortest { Self.cut(string) { pieces.insert($0) } }
        let sorted = pieces.sorted { $0.lexicographicallyPrecedes($1) }
        var starts = [0]
        for piece in sorted { starts.append((starts.last ?? 0) + piece.count) }
        bytes = try LockedBytes(capacity: starts.last ?? 0) { room in
            for (piece, start) in zip(sorted, starts) {
                UnsafeMutableRawBufferPointer(rebasing: room[start...]).copyBytes(from: piece)
            }
            return room.count
        }
        self.starts = starts
        shorter = Self.prefixes(of: sorted)
        longest = sorted.map(\.count).max() ?? 0
        let size = min(max(sorted.count * 16, 4096), 1 << 22)
        let bits = UInt32(Int.bitWidth - (size - 1).leadingZeroBitCount)
        shift = 32 - bits
        var filter = [UInt64](repeating: 0, count: 1 << (bits - 6))
        var firsts = [Bool](repeating: false, count: 256)
        for piece in sorted {
            let hash = Self.hash(piece.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }, 32 - bits)
            filter[hash >> 6] |= 1 << UInt64(hash & 63)
            if let first = piece.first { firsts[Int(first)] = true }
        }
        self.filter = filter
        self.firsts = firsts
    }

    /// Whether there is nothing to look for.
    var isEmpty: Bool { longest == 0 }

    private static func cut(_ string: [UInt8], _ take: (ArraySlice<UInt8>) -> Void) {
        var rest = string[...]
        while rest.count >= 2 * pieceLength {
            take(rest.prefix(pieceLength))
            rest = rest.dropFirst(pieceLength)
        }
        take(rest)
    }

    private static func prefixes(of sorted: [ArraySlice<UInt8>]) -> [Int] {
        var open: [Int] = []
        var result: [Int] = []
        for (index, piece) in sorted.enumerated() {
            while let last = open.last, !piece.starts(with: sorted[last]) { open.removeLast() }
            result.append(open.last ?? -1)
            open.append(index)
        }
        return result
    }

    @inline(__always)
    private static func hash(_ word: UInt32, _ shift: UInt32) -> Int { Int((word &* 0x9E37_79B1) >> shift) }

    // MARK: Searching

    /// Calls `found` with the place and length of every pattern in a text; of several that begin at one place with the
    /// longest.
    func search(_ text: UnsafeRawBufferPointer, found: (_ start: Int, _ count: Int) -> Void) {
        guard text.count >= 4, !isEmpty else { return }
        bytes.withBytes { patterns in
            filter.withUnsafeBufferPointer { filter in
                for start in 0...text.count - 4 {
                    let hash = Self.hash(text.loadUnaligned(fromByteOffset: start, as: UInt32.self), shift)
                    guard filter[hash >> 6] & (1 << UInt64(hash & 63)) != 0 else { continue }
                    let count = longestMatch(UnsafeRawBufferPointer(rebasing: text[start...]), patterns)
                    if count > 0 { found(start, count) }
                }
            }
        }
    }

    /// The first place from which the text to its end is the beginning of a pattern, but not the whole; the text's length
    /// where there is none.
    func unfinished(in text: UnsafeRawBufferPointer) -> Int {
        guard !isEmpty else { return text.count }
        return bytes.withBytes { patterns in
            for start in max(0, text.count - longest + 1)..<max(text.count, 0) where firsts[Int(text[start])] {
                if begins(UnsafeRawBufferPointer(rebasing: text[start...]), patterns) { return start }
            }
            return text.count
        }
    }

    /// The length of the longest pattern that the text begins with; 0 for none.
    private func longestMatch(_ text: UnsafeRawBufferPointer, _ patterns: UnsafeRawBufferPointer) -> Int {
        // Any pattern that the text begins with is the last one not above the text, or a beginning of that one.
        var low = 0
        var high = starts.count - 1
        while low < high {
            let middle = (low + high) / 2
            if order(middle, text, patterns) <= 0 { low = middle + 1 } else { high = middle }
        }
        var index = low - 1
        guard index >= 0 else { return 0 }
        let common = commonLength(index, text, patterns)
        while index >= 0, starts[index + 1] - starts[index] > common { index = shorter[index] }
        return index < 0 ? 0 : starts[index + 1] - starts[index]
    }

    /// Whether a pattern begins with the whole text and goes on.
    private func begins(_ text: UnsafeRawBufferPointer, _ patterns: UnsafeRawBufferPointer) -> Bool {
        var low = 0
        var high = starts.count - 1
        while low < high {
            let middle = (low + high) / 2
            if order(middle, text, patterns) <= 0 { low = middle + 1 } else { high = middle }
        }
        // The first pattern above the text.
        return low < starts.count - 1 && commonLength(low, text, patterns) == text.count
    }

    /// Below, at or above 0 as the pattern is below, equal to or above the text.
    private func order(_ index: Int, _ text: UnsafeRawBufferPointer, _ patterns: UnsafeRawBufferPointer) -> Int {
        let count = starts[index + 1] - starts[index]
        guard let left = patterns.baseAddress, let right = text.baseAddress else { return 0 }
        let difference = memcmp(left + starts[index], right, min(count, text.count))
        return difference == 0 ? count - text.count : Int(difference)
    }

    private func commonLength(_ index: Int, _ text: UnsafeRawBufferPointer, _ patterns: UnsafeRawBufferPointer) -> Int {
        let most = min(starts[index + 1] - starts[index], text.count)
        var count = 0
        while count < most, patterns[starts[index] + count] == text[count] { count += 1 }
        return count
    }
}
