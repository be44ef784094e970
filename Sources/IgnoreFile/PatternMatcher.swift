/// A list of ignore patterns, compiled once, and the two ways in which Docker decides a path by them.
///
/// The last pattern that matches wins; `!` patterns take back. The two ways differ (with `a/*` and `!a` the path `a/b` is
/// ignored by the walk, but not by the scan), so each caller must use the one that Docker uses in its place: the context
/// transfer and `COPY --exclude` walk, the checks of single paths scan.
package struct PatternMatcher: Sendable {
    /// The patterns in order.
    package let patterns: [Pattern]
    /// Whether any of them is an exception.
    package let hasExceptions: Bool

    /// What each pattern said about a directory: the input for the paths in it; empty when nothing is known.
    package typealias ParentResults = [Bool]

    /// Compiles patterns of one source, such as the field of a request.
    package init(_ patterns: [[UInt8]], source: String = "") throws(IgnoreFileError) {
        try self.init(patterns.map { ($0, PatternPlace(source: source)) })
    }

    /// Compiles patterns and remembers where each was written.
    package init(_ patterns: [(pattern: [UInt8], place: PatternPlace)]) throws(IgnoreFileError) {
        var compiled: [Pattern] = []
        for (pattern, place) in patterns {
            let text = trimmed(pattern[...])
            if text.isEmpty { continue }
            compiled.append(try Pattern(cleaned: cleanedPath(text), place: place))
        }
        self.patterns = compiled
        hasExceptions = compiled.contains(where: \.isException)
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

    /// Whether the path is matched, given what the patterns said about its directory, and what they say about it.
    ///
    /// An exception that was not tried on the directory, as nothing had matched there, counts as not matching it.
    /// - Parameters:
    ///   - parent: The results of the directory; empty for the top level.
    ///   - results: Receives the results of this path. Its storage is used again.
    package func matches(
        _ path: [UInt8],
        parent: ParentResults,
        results: inout ParentResults
    ) throws(IgnoreFileError) -> Bool {
        let knowsParent = parent.count == patterns.count && !parent.isEmpty
        var matched = false
        results.removeAll(keepingCapacity: true)
        for (index, pattern) in patterns.enumerated() {
            var match = knowsParent && parent[index]
            if !match, pattern.isException == matched {
                match = try pattern.matches(path)
                if !match, !knowsParent { match = Self.matchesAncestor(pattern, of: path) }
            }
            results.append(match)
            if match { matched = !pattern.isException }
        }
        return matched
    }

    /// Whether something below an ignored directory could be taken back, so that the directory has to be read.
    ///
    /// What ignores the directory holds for all below, so only an exception that comes later counts, and only one that can
    /// match there at all.
    /// - Parameter results: What the patterns said about the directory.
    package func mayTakeBack(below directory: [UInt8], results: ParentResults) -> Bool {
        guard hasExceptions else { return false }
        let decider = results.count == patterns.count ? results.lastIndex(of: true) ?? -1 : -1
        return patterns[(decider + 1)...].contains { $0.isException && $0.mayMatch(below: directory) }
    }

    private static func matchesAncestor(_ pattern: Pattern, of path: [UInt8]) -> Bool {
        var index = 0
        while let end = path[index...].firstIndex(of: slash) {
            // A malformed pattern was reported for the path itself already.
            if end > 0, let match = try? pattern.matches(Array(path[..<end])), match { return true }
            index = end + 1
        }
        return false
    }
}
