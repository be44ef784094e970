import CaissonIgnoreFile

/// Which files of a directory the engine wants: `include-patterns`, `exclude-patterns` and `followpaths` of its
/// request.
///
/// The engine reads the `.dockerignore` itself and sends its patterns as `exclude-patterns`, so nothing else decides.
package struct WalkFilter: Sendable, Hashable {
    /// A path must match one of these; empty for all.
    package var includePatterns: [[UInt8]]
    /// A path must not match these, with `!` for exceptions.
    package var excludePatterns: [[UInt8]]
    /// Paths to include together with everything that symbolic links on the way to them point to.
    package var followPaths: [[UInt8]]

    /// Makes a filter; without arguments it lets everything through.
    package init(
        includePatterns: [[UInt8]] = [],
        excludePatterns: [[UInt8]] = [],
        followPaths: [[UInt8]] = []
    ) {
        self.includePatterns = includePatterns
        self.excludePatterns = excludePatterns
        self.followPaths = followPaths
    }
}

/// A filter with its patterns compiled and its links followed, deciding as fsutil's `NewFilterFS` does.
struct CompiledFilter: Sendable {
    /// What becomes of a path.
    enum Verdict {
        /// It is sent, and its directories before it.
        case emit
        /// It isn't sent; if it is a directory, something below it may be.
        case skip
        /// Neither it nor anything below it is sent.
        case prune
    }

    /// What the patterns said about a directory.
    struct Results: Sendable {
        fileprivate var include: PatternMatcher.ParentResults = []
        fileprivate var exclude: PatternMatcher.ParentResults = []
    }

    private var include: PatternMatcher?
    private var exclude: PatternMatcher?
    /// Whether a directory can be ruled out by comparing its path with the patterns' beginnings.
    private var includesArePrefixes = false
    /// Whether exceptions can be ruled out for a directory in the same way.
    private var exceptionsArePrefixes = false
    /// Files that are sent whatever the patterns say.
    private var kept: Set<[UInt8]> = []

    /// Takes patterns that are compiled already.
    init(excluding exclude: PatternMatcher?, keeping kept: Set<[UInt8]> = []) {
        self.kept = kept
        take(exclude)
    }

    /// Whether it lets everything through.
    var isEmpty: Bool { include == nil && exclude == nil }

    /// Compiles patterns; `followed` are the targets of the filter's `followPaths`, nil for "everything".
    init(_ filter: WalkFilter, followed: [[UInt8]]?) throws(BuildContextError) {
        var includes = filter.includePatterns
        if let followed, !filter.followPaths.isEmpty {
            includes = withoutNested(includes + followed) ?? []
        }
        do throws(IgnoreFileError) {
            if !includes.isEmpty {
                let matcher = try PatternMatcher(includes, source: "include-patterns")
                includesArePrefixes = matcher.patterns.allSatisfy { $0.isException || Self.isPrefix($0) }
                include = matcher
            }
            if !filter.excludePatterns.isEmpty {
                take(try PatternMatcher(filter.excludePatterns, source: "exclude-patterns"))
            }
        } catch {
            throw BuildContextError(.malformedPattern, error.message)
        }
    }

    private mutating func take(_ exclude: PatternMatcher?) {
        self.exclude = exclude
        exceptionsArePrefixes = exclude?.patterns.allSatisfy { !$0.isException || Self.isPrefix($0) } ?? true
    }

    /// Decides a path, given the results of the directory it is in.
    func decide(
        _ path: [UInt8],
        isDirectory: Bool,
        parent: Results,
        results: inout Results
    ) throws(BuildContextError) -> Verdict {
        var verdict = Verdict.emit
        do throws(IgnoreFileError) {
            if let include, try !include.matches(path, parent: parent.include, results: &results.include) {
                verdict = .skip
                let isOutside = includesArePrefixes && !Self.mayMatch(include, below: path)
                if isDirectory, isOutside { return .prune }
            }
            if let exclude, try exclude.matches(path, parent: parent.exclude, results: &results.exclude) {
                if kept.contains(path) { return .emit }
                verdict = .skip
                if isDirectory, isLost(path, exclude, results.exclude), !leadsToKept(path) { return .prune }
            }
        } catch {
            throw BuildContextError(.malformedPattern, error.message)
        }
        return verdict
    }

    /// Whether nothing below an ignored directory is taken back by an exception.
    ///
    /// Upstream reads every ignored directory where an exception has a wildcard, and finds the same files. Where none has one,
    /// it only compares beginnings: `*` with `!src/*/**` gives up at `src/app`, although the exception matches what is in it.
    func isLost(_ path: [UInt8], _ exclude: PatternMatcher, _ results: PatternMatcher.ParentResults) -> Bool {
        if exceptionsArePrefixes, !Self.mayMatch(exclude, below: path, exceptions: true) { return true }
        return !exclude.mayTakeBack(below: path, results: results)
    }

    private static func isPrefix(_ pattern: Pattern) -> Bool {
        !pattern.textWithoutTrailingGlob.contains { "*[]?^\\".utf8.contains($0) }
    }

    private func leadsToKept(_ directory: [UInt8]) -> Bool {
        kept.contains {
            $0.count > directory.count && $0.starts(with: directory) && $0[directory.count] == UInt8(ascii: "/")
        }
    }

    /// Whether the beginning of a pattern, or of an exception, is the path or lies below it.
    private static func mayMatch(_ matcher: PatternMatcher, below path: [UInt8], exceptions: Bool = false) -> Bool {
        matcher.patterns.contains { pattern in
            guard pattern.isException == exceptions else { return false }
            let text = pattern.textWithoutTrailingGlob
            guard text.starts(with: path) else { return false }
            return text.count == path.count || text[text.startIndex + path.count] == UInt8(ascii: "/")
        }
    }
}

/// The paths without those that lie below the one before them, or nil when one of them is the root itself.
func withoutNested(_ paths: [[UInt8]]) -> [[UInt8]]? {
    var kept: [[UInt8]] = []
    var last: [UInt8] = []
    for path in paths {
        if path == [UInt8(ascii: ".")] { return nil }
        if path.starts(with: last), path.count > last.count, path[last.count] == UInt8(ascii: "/") { continue }
        kept.append(path)
        last = path
    }
    return kept
}
