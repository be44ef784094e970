import CaissonText
import CaissonSystem
import Glibc
import CaissonIgnoreFile

/// Why a path is sent or not.
package struct ContextExplanation: Sendable, Hashable {
    /// A pattern that matched the path or a directory above it.
    package struct Match: Sendable, Hashable {
        /// The ignore file.
        package var file: String
        /// The line in it, from 1.
        package var line: Int
        /// The pattern as the matcher understands it, with its `!`.
        package var pattern: [UInt8]
        /// Whether it takes back what earlier patterns matched.
        package var isException: Bool
        /// What it matched: the path itself, or a directory above it, whose match counts for the path too.
        package var matched: [UInt8]
    }

    /// What becomes of the path.
    package enum Verdict: String, Sendable, Hashable {
        /// It is sent.
        case sent
        /// It is ignored.
        case ignored
        /// A directory that is ignored but still sent, because something below it is sent.
        case sentForContent
        /// Not ignored, but of a kind that is never sent.
        case neverSent
    }

    /// The path under the context's root.
    package var path: [UInt8]
    /// Whether there is such a file now.
    package var exists: Bool
    /// What becomes of it.
    package var verdict: Verdict
    /// The patterns that matched it, in the file's order; the last one decides.
    package var matches: [Match]
}

extension ContextSelection {
    /// Says why a path is sent or not; only the patterns decide for a file that doesn't exist.
    /// - Parameter path: The path under the root; it is cleaned as patterns are.
    package func explain(_ path: [UInt8]) throws(BuildContextError) -> ContextExplanation {
        let path = cleanedPath(path[...])
        _ = try path == [UInt8(ascii: ".")] ? ([], []) : split(path)
        let matches = try matches(of: path)
        let status = status(of: path)
        var verdict = matches.last.map { !$0.isException } ?? false ? ContextExplanation.Verdict.ignored : .sent
        switch status.map({ $0.st_mode & S_IFMT }) {
        case S_IFDIR where verdict == .ignored:
            if try hasContentSent(path) { verdict = .sentForContent }
        case S_IFIFO where verdict == .sent, S_IFSOCK where verdict == .sent, S_IFBLK where verdict == .sent,
            S_IFCHR where verdict == .sent:
            verdict = .neverSent
        default: break
        }
        return ContextExplanation(path: path, exists: status != nil, verdict: verdict, matches: matches)
    }

    /// The Dockerfile, when it lies in the context and is ignored.
    var ignoredDockerfile: [UInt8]? {
        guard case .inside(let path) = dockerfile, let last = try? matches(of: path).last else { return nil }
        return last.isException ? nil : path
    }

    /// What a tar has only because of the Dockerfile, although it is ignored: the Dockerfile, and what it is a link to.
    package func keptThoughIgnored() throws(BuildContextError) -> [[UInt8]] {
        guard case .inside(let path) = dockerfile else { return [] }
        let kept = [path] + (try FollowedPaths.resolve([path], in: source) ?? []).filter { $0 != path }
        var ignored: [[UInt8]] = []
        for path in kept where try matches(of: path).last.map({ !$0.isException }) ?? false { ignored.append(path) }
        return ignored
    }

    /// The patterns that match a path in the walk, each with the first directory on the way (or the path) that it
    /// matched.
    private func matches(of path: [UInt8]) throws(BuildContextError) -> [ContextExplanation.Match] {
        guard let matcher, path != [UInt8(ascii: ".")] else { return [] }
        var results: PatternMatcher.ParentResults = []
        var first = [Int?](repeating: nil, count: matcher.patterns.count)
        let filter = CompiledFilter(excluding: matcher)
        // The directory at which the walk gives up: no exception that matches further down is ever tried.
        var pruned = path.count
        let ends = path.indices.filter { path[$0] == UInt8(ascii: "/") } + [path.count]
        for end in ends {
            let parent = results
            do throws(IgnoreFileError) {
                let directory = Array(path[..<end])
                let isIgnored = try matcher.matches(directory, parent: parent, results: &results)
                if isIgnored, end < pruned, filter.isLost(directory, matcher, results) { pruned = end }
            } catch {
                throw BuildContextError(.malformedPattern, error.message)
            }
            for index in first.indices where results.contains(index) && first[index] == nil { first[index] = end }
        }
        return first.indices.compactMap { index in
            guard results.contains(index), let end = first[index] else { return nil }
            let pattern = matcher.patterns[index]
            guard !pattern.isException || end <= pruned else { return nil }
            return ContextExplanation.Match(
                file: pattern.place.source,
                line: pattern.place.line,
                pattern: (pattern.isException ? [UInt8(ascii: "!")] : []) + pattern.text,
                isException: pattern.isException,
                matched: Array(path[..<end])
            )
        }
    }

    private func status(of path: [UInt8]) -> stat? {
        var status = stat()
        if path == [UInt8(ascii: ".")] { return source.root.status() }
        guard let (parent, name) = try? split(path), let directory = try? source.directory(at: parent) else {
            return nil
        }
        let result = name.withCPath { fstatat(directory.raw, $0, &status, AT_SYMLINK_NOFOLLOW) }
        return result == 0 ? status : nil
    }

    private func hasContentSent(_ directory: [UInt8]) throws(BuildContextError) -> Bool {
        let walk = try walk(options: FileInspector.Options(readsAttributes: false))
        while let entry = try walk.next() {
            if entry.path.starts(with: directory + [UInt8(ascii: "/")]) { return true }
            if precedes(directory, entry.path), entry.path != directory { return false }
        }
        return false
    }
}
