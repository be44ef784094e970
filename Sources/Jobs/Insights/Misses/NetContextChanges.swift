package import CaissonBuildModel
import CaissonText

/// What differs in a context between two builds, over all the builds between them, sorted by the bytes of the paths.
package struct NetContextChanges: Sendable {
    /// A change with the bytes of its path.
    struct Entry: Sendable {
        var path: [UInt8]
        var change: ContextChange
    }

    /// The changes; a file that changed and changed back has none.
    private(set) var entries: [Entry]
    /// How many further changes were seen and not written down.
    package let omitted: Int
    /// Whether all that changed is known: nothing did where there are no entries either.
    package var isWhole: Bool { omitted == 0 }

    /// The changes of one context after the build `since`; nil where the builds between don't all say what changed.
    ///
    /// - Parameters:
    ///   - name: The context's name, as in `ContextChanges.name`.
    ///   - budget: How many changes may be looked at; it is lowered by those that were.
    package init?(
        of name: String,
        since: BuildID,
        in build: BuildDossier,
        among builds: [BuildID: BuildDossier],
        budget: inout Int
    ) {
        guard let links = Self.links(of: name, since: since, in: build, among: builds) else { return nil }
        var states: [[UInt8]: Span] = [:]
        for link in links.reversed() {
            guard budget >= link.changes.count else { return nil }
            budget -= link.changes.count
            for change in link.changes { states[change.path.pathBytes, default: Span(change)].take(change) }
        }
        entries = states.compactMap { path, span in span.net.map { Entry(path: path, change: $0) } }
        entries.sort { $0.path.lexicographicallyPrecedes($1.path) }
        omitted = links.map { max(0, $0.omitted) }.clampedSum
    }

    /// The records between two builds, the newest first.
    private static func links(
        of name: String,
        since: BuildID,
        in build: BuildDossier,
        among builds: [BuildID: BuildDossier]
    ) -> [ContextChanges]? {
        var links: [ContextChanges] = []
        var current = build
        var visited: Set<BuildID> = []
        while visited.insert(current.record.id).inserted {
            let own = current.contexts.filter { $0.name == name }
            guard let first = own.first else { return nil }
            links += own.reversed()
            // A context that a build sent more than once names the build itself from the second time on.
            guard own.dropFirst().allSatisfy({ $0.previous == current.record.id }), let previous = first.previous
            else { return nil }
            if previous == since { return links }
            guard let next = builds[previous] else { return nil }
            current = next
        }
        return nil
    }
}

extension NetContextChanges {
    /// What happened to one file, from the first change to the last.
    private struct Span {
        let first: ContextChange
        var last: ContextChange
        var count = 0
        var hasOnlyModes = true

        init(_ change: ContextChange) {
            first = change
            last = change
        }

        mutating func take(_ change: ContextChange) {
            last = change
            count += 1
            if change.kind != .mode { hasOnlyModes = false }
        }

        /// The change between the two ends; nil where there is none.
        var net: ContextChange? {
            var change = last
            change.before = first.before
            let wasThere = first.kind != .added
            let isThere = last.kind != .removed
            if !wasThere, !isThere { return nil }
            if count == 1 {
                return first.before != nil && first.before == first.after && first.kind != .mode ? nil : first
            }
            if !wasThere {
                change.kind = .added
            } else if !isThere {
                change.kind = .removed
            } else {
                change.kind = kind
                if first.before != nil, first.before == last.after { return nil }
            }
            return change
        }

        /// How a file changed that is there before and after.
        private var kind: ContextChange.Kind {
            if hasOnlyModes { return .mode }
            return first.before != nil && last.after != nil ? .content : .perhaps
        }
    }

    /// The changes that some sources of a COPY take: the first 100 of them and how many more there are.
    package struct Match: Sendable, Hashable {
        /// As many are told one by one at most.
        static let limit = 100
        /// The first ones, sorted by path, each once.
        package var changes: [ContextChange] = []
        /// How many more there are.
        package var more = 0
        /// Whether all of them may be none, as only sizes or times are known to differ.
        package var isVague = true

        fileprivate mutating func add(_ change: ContextChange) {
            if change.kind != .perhaps { isVague = false }
            if changes.count < Self.limit { changes.append(change) } else { more += 1 }
        }
    }

    /// The changes that match one of the sources and none of the exclusions; nil where that would take too long.
    ///
    /// - Parameter budget: How many paths may be compared; it is lowered by those that were.
    package func matching(
        _ sources: [SourcePattern],
        excluding exclusions: [SourcePattern],
        budget: inout Int
    ) -> Match? {
        var match = Match()
        for range in ranges(of: sources) {
            let cost = range.count.clampedAdding(
                range.count.multipliedReportingOverflow(by: exclusions.count).partialValue
            )
            guard cost <= budget else { return nil }
            budget -= cost
            for entry in entries[range] where !exclusions.contains(where: { $0.matches(entry.path) }) {
                match.add(entry.change)
            }
        }
        let patterns = sources.filter(\.isPattern)
        guard !patterns.isEmpty else { return match }
        let (cost, isOver) = entries.count.multipliedReportingOverflow(by: patterns.count + exclusions.count)
        guard !isOver, cost <= budget else { return nil }
        budget -= cost
        let done = ranges(of: sources)
        for (place, entry) in entries.enumerated() where !done.contains(where: { $0.contains(place) }) {
            guard patterns.contains(where: { $0.matches(entry.path) }) else { continue }
            if !exclusions.contains(where: { $0.matches(entry.path) }) { match.add(entry.change) }
        }
        return match
    }

    /// Where the entries of plain paths stand, without overlaps.
    private func ranges(of sources: [SourcePattern]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for path in sources.prefix(256).compactMap(\.path) {
            guard !path.isEmpty else { return [0..<entries.count] }
            let own = place(of: path)
            if own < entries.count, entries[own].path == path { ranges.append(own..<(own + 1)) }
            // All that begins with `path/`; the byte after `/` is `0`.
            ranges.append(place(of: path + [UInt8(ascii: "/")])..<place(of: path + [UInt8(ascii: "0")]))
        }
        ranges.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        var joined: [Range<Int>] = []
        for range in ranges where !range.isEmpty {
            if let last = joined.last, range.lowerBound < last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }

    /// How many entries have a lesser path.
    private func place(of path: [UInt8]) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = low + (high - low) / 2
            if entries[middle].path.lexicographicallyPrecedes(path) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
