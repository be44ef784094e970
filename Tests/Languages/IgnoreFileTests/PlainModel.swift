import Glibc

/// What a list of patterns means, said as plainly as possible and without a thought of speed.
///
/// It knows literals, `*`, `?`, `**`, sets and escapes; names are scalars without line breaks.
struct PlainModel {
    typealias Scalars = ArraySlice<Unicode.Scalar>

    private var patterns: [(text: Scalars, isException: Bool)]

    init(_ patterns: [String]) {
        self.patterns = patterns.map { pattern in
            let text = Array(pattern.unicodeScalars)[...]
            return text.first == "!" ? (text.dropFirst(), true) : (text, false)
        }
    }

    /// Whether the walk leaves a path out: what a pattern said about the folder holds for all that is in it.
    func isExcludedByWalk(_ path: String) -> Bool { walk(Array(path.unicodeScalars)[...]).isExcluded }

    /// A pattern holds when it held for the folder, or when it matches; it is tried only where it would change what the
    /// patterns before it say.
    private func walk(_ path: Scalars) -> (isExcluded: Bool, holds: [Bool]) {
        var holds = Self.folder(path).map { walk($0).holds } ?? patterns.map { _ in false }
        var isExcluded = false
        for (index, pattern) in patterns.enumerated() {
            if pattern.isException == isExcluded, Self.matches(pattern.text, path) { holds[index] = true }
            if holds[index] { isExcluded = !pattern.isException }
        }
        return (isExcluded, holds)
    }

    /// Whether the scan finds a path, or a folder above it, excluded.
    func isExcludedByScan(_ path: String) -> Bool {
        let lineage = Self.lineage(Array(path.unicodeScalars)[...])
        var isExcluded = false
        for pattern in patterns where pattern.isException == isExcluded {
            if lineage.contains(where: { Self.matches(pattern.text, $0) }) { isExcluded.toggle() }
        }
        return isExcluded
    }

    private static func folder(_ path: Scalars) -> Scalars? { path.lastIndex(of: "/").map { path[..<$0] } }

    /// The path and all folders above it.
    private static func lineage(_ path: Scalars) -> [Scalars] { [path] + (folder(path).map { lineage($0) } ?? []) }

    /// Whether a pattern without its `!` matches a path.
    private static func matches(_ pattern: Scalars, _ path: Scalars) -> Bool {
        let rest = pattern.dropFirst(2)
        if pattern.starts(with: "**".unicodeScalars), !rest.contains(where: isWild) {
            // What follows is a suffix, even in the middle of a name.
            return path.reversed().starts(with: rest.reversed()) || rest.first == "/" && rest.dropFirst() == path
        }
        return matchesGlob(pattern, path)
    }

    private static func isWild(_ scalar: Unicode.Scalar) -> Bool { "*?[]\\".unicodeScalars.contains(scalar) }

    private static func matchesGlob(_ pattern: Scalars, _ path: Scalars) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "*" where rest.first == "*": return matchesFolders(rest.dropFirst(), path)
        case "*":
            // Any number of characters that are no slash.
            return (0...path.prefix { $0 != "/" }.count).contains { matchesGlob(rest, path.dropFirst($0)) }
        case "?":
            guard let next = path.first, next != "/" else { return false }
            return matchesGlob(rest, path.dropFirst())
        case "[":
            guard let next = path.first, let end = rest.firstIndex(of: "]") else { return false }
            let isNegated = rest.first == "^"
            let members = rest[..<end].dropFirst(isNegated ? 1 : 0)
            return members.contains(next) != isNegated && matchesGlob(rest[(end + 1)...], path.dropFirst())
        case "\\":
            guard let wanted = rest.first, wanted == path.first else { return false }
            return matchesGlob(rest.dropFirst(), path.dropFirst())
        default: return first == path.first && matchesGlob(rest, path.dropFirst())
        }
    }

    /// After `**`: everything at the end, else nothing or any text that ends with a slash.
    private static func matchesFolders(_ pattern: Scalars, _ path: Scalars) -> Bool {
        let rest = pattern.first == "/" ? pattern.dropFirst() : pattern
        if rest.isEmpty { return true }
        let starts = path.indices.filter { path[$0] == "/" }.map { $0 + 1 }
        return ([path.startIndex] + starts).contains { matchesGlob(rest, path[$0...]) }
    }
}

/// Makes pattern lists and paths that have a good chance to meet.
struct RandomNames {
    var generator: SeededGenerator

    private static let words = ["a", "b", "ab", "ba", "é", "aab", "*", "a.b"]
    private static let wildWords = [
        "*", "*", "?", "**", "**", "a*", "*b", "?b", "a?", "[ab]", "[^a]", "[aé]*", "\\*", "\\*b", "**a", "a**",
        "*a*b*",
        "**b*", "a**b", "***",
    ]

    /// A path of one to four names.
    mutating func path() -> String {
        (0..<Int.random(in: 1...4, using: &generator)).map { _ in pick(Self.words) }.joined(separator: "/")
    }

    /// So many paths, some of them perhaps the same.
    mutating func paths(_ count: Int) -> [String] { (0..<count).map { _ in path() } }

    /// A list of one to six patterns.
    mutating func patterns() -> [String] {
        (0..<Int.random(in: 1...6, using: &generator)).map { _ in pattern() }
    }

    private mutating func pattern() -> String {
        let words = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            Int.random(in: 0..<5, using: &generator) < 2 ? pick(Self.wildWords) : pick(Self.words)
        }
        let isException = Int.random(in: 0..<3, using: &generator) == 0
        return (isException ? "!" : "") + words.joined(separator: "/")
    }

    private mutating func pick(_ words: [String]) -> String { words.randomElement(using: &generator) ?? "" }
}

/// The first seed of the random tests; `CAISSON_TEST_SEED` repeats a run.
let firstSeed: UInt64 = {
    let given = getenv("CAISSON_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
    let seed = given ?? UInt64.random(in: 0..<1_000_000_000)
    print("random tests begin with CAISSON_TEST_SEED=\(seed)")
    return seed
}()

/// A generator that gives the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
