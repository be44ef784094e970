import CaissonGoRegex

/// A list of ignore patterns, compiled once, and the two ways in which Docker uses it to decide about a path.
///
/// The last pattern that matches wins; `!` patterns take back. The two ways differ: with `a/*` and `!a` the walk
/// ignores the path `a/b`, but the scan doesn't. So each caller must use the way that Docker uses in its place: the
/// context transfer and `COPY --exclude` walk, the checks of single paths scan.
package struct PatternMatcher: Sendable {
    /// The patterns in order.
    package let patterns: [Pattern]
    /// Whether any of them is an exception.
    package let hasExceptions: Bool
    /// Whether trying any of them on a path is an error.
    private let hasMalformed: Bool

    private let index: PatternIndex

    /// Which patterns matched a directory: the input for the paths in it; empty when nothing is known.
    package struct ParentResults: Sendable, Hashable, ExpressibleByArrayLiteral {
        fileprivate var words: [UInt64] = []

        /// Nothing is known.
        package init() {}

        /// Makes results from one value for each pattern.
        package init(arrayLiteral results: Bool...) {
            words = [UInt64](repeating: 0, count: (results.count + 63) / 64)
            for (index, isMatch) in results.enumerated() where isMatch { insert(index) }
        }

        /// Whether a pattern, by its place in the list, matched.
        package func contains(_ index: Int) -> Bool {
            index / 64 < words.count && words[index / 64] & 1 << UInt64(index % 64) != 0
        }

        /// The last pattern that matched.
        fileprivate var last: Int? {
            words.lastIndex { $0 != 0 }.map { $0 * 64 + 63 - words[$0].leadingZeroBitCount }
        }

        fileprivate mutating func insert(_ index: Int) { words[index / 64] |= 1 << UInt64(index % 64) }

        /// Forgets all results, and makes room for a list of patterns.
        fileprivate mutating func clear(_ wordCount: Int) {
            if words.count != wordCount { words = [UInt64](repeating: 0, count: wordCount) }
            for index in words.indices { words[index] = 0 }
        }
    }

    /// Compiles patterns of one source, such as the field of a request.
    package init(_ patterns: [[UInt8]], source: String = "") throws(IgnoreFileError) {
        try self.init(patterns.map { ($0, PatternPlace(source: source)) })
    }

    /// Compiles patterns, and remembers where each was written.
    package init(_ patterns: [(pattern: [UInt8], place: PatternPlace)]) throws(IgnoreFileError) {
        var compiled: [Pattern] = []
        for (pattern, place) in patterns {
            let text = trimmed(pattern[...])
            if text.isEmpty { continue }
            compiled.append(try Pattern(cleaned: cleanedPath(text), place: place))
        }
        self.patterns = compiled
        hasExceptions = compiled.contains(where: \.isException)
        hasMalformed = compiled.contains(where: \.isMalformed)
        index = PatternIndex(compiled.map(\.need))
    }

    /// Whether the path, or a directory above it, is matched: each pattern is tried on the path and on its ancestors.
    package func matchesOrParentMatches(_ path: [UInt8]) throws(IgnoreFileError) -> Bool {
        var matched = false
        for pattern in patterns where pattern.isException == matched {
            if try pattern.matches(path) || Self.matchesAncestor(pattern, of: path) {
                matched = !pattern.isException
            }
        }
        return matched
    }

    /// Whether the path is matched, given the patterns' results for its directory; also gives the results for the path.
    ///
    /// An exception that was not tried on the directory, because nothing had matched there, counts as not matching it.
    /// - Parameters:
    ///   - parent: The results of the directory; empty for the top level.
    ///   - results: Receives the results of this path. Its storage is used again.
    package func matches(
        _ path: [UInt8],
        parent: ParentResults,
        results: inout ParentResults
    ) throws(IgnoreFileError) -> Bool {
        results.clear(index.wordCount)
        let knowsParent = !parent.words.isEmpty && parent.words.count == index.wordCount
        guard let first = path.first, let last = path.last, knowsParent || !path.contains(slash) else {
            return try matchesWithoutParent(path, &results)
        }
        var matched = false
        var bytes: ByteSet?
        for word in 0..<index.wordCount {
            let known = knowsParent ? parent.words[word] : 0
            var rest = index.candidates(word, first: first, last: last) | known
            while rest != 0 {
                let bit = rest.trailingZeroBitCount
                let number = word * 64 + bit
                rest &= rest - 1
                var match = known & 1 << UInt64(bit) != 0
                if !match, patterns[number].isException == matched {
                    let all = bytes ?? ByteSet(path)
                    bytes = all
                    match = try index.mayMatch(number, all) ? patterns[number].matches(path) : false
                }
                guard match else { continue }
                results.insert(number)
                matched = !patterns[number].isException
            }
        }
        return matched
    }

    /// Does the same for a path when nothing is known about its directory: its ancestors are tried as well.
    private func matchesWithoutParent(
        _ path: [UInt8],
        _ results: inout ParentResults
    ) throws(IgnoreFileError) -> Bool {
        var matched = false
        for (number, pattern) in patterns.enumerated() where pattern.isException == matched {
            var match = try pattern.matches(path)
            if !match { match = Self.matchesAncestor(pattern, of: path) }
            guard match else { continue }
            results.insert(number)
            matched = !pattern.isException
        }
        return matched
    }

    /// Whether something below an ignored directory could be taken back, so that the directory has to be read.
    ///
    /// The pattern that ignores the directory applies to everything below it. So only a later exception counts, and
    /// only one that can match there at all. Where a pattern is malformed, trying it below would be an error, and Docker
    /// does.
    /// - Parameter results: The patterns' results for the directory.
    package func mayTakeBack(below directory: [UInt8], results: ParentResults) -> Bool {
        guard hasExceptions else { return false }
        if hasMalformed { return true }
        let decider = results.last ?? -1
        return patterns[(decider + 1)...].contains { $0.isException && $0.mayMatch(below: directory) }
    }

    private static func matchesAncestor(_ pattern: Pattern, of path: [UInt8]) -> Bool {
        var index = 0
        while let end = path[index...].firstIndex(of: slash) {
            // A malformed pattern was already reported for the path itself.
            if end > 0, let match = try? pattern.matches(Array(path[..<end])), match { return true }
            index = end + 1
        }
        return false
    }
}
