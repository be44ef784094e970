import CaissonBuildModel
import CaissonText

/// Which entries of an index stay by some rules.
struct EntryChoice {
    /// Those that go, in the order of the index.
    var dropped: [LocalCachePlan.Dropped] { (0..<entries.count).compactMap(drop) }
    /// By node of the graph, how many of the entries that stay reach it.
    private(set) var users: [Int]
    private let entries: [LayoutIndex.Entry]
    private let written: [Timestamp?]
    private var reasons: [LocalCachePlan.Reason?]
    private let graph: LayoutGraph
    private let reach: LayoutReach

    init(_ survey: LayoutSurvey, _ rules: LocalCacheRules, at now: Timestamp) {
        let (entries, graph) = (survey.index.entries, survey.graph)
        (self.entries, self.graph) = (entries, graph)
        reach = survey.reach
        users = reach.users
        written = graph.roots.map { root in root.flatMap { graph.nodes[$0].facts?.written } }
        reasons = [LocalCachePlan.Reason?](repeating: nil, count: entries.count)
        for position in entries.indices {
            if let reason = reason(position, rules, now) { remove(position, reason) }
        }
        if let count = rules.keptUntagged { limitUntagged(to: max(count, 0)) }
        if let bytes = rules.maximumBytes { limitBytes(to: max(bytes, 0)) }
    }

    private func drop(_ position: Int) -> LocalCachePlan.Dropped? {
        reasons[position].map { reason in
            let entry = entries[position]
            return LocalCachePlan.Dropped(
                position: position,
                tag: entry.tag,
                name: entry.name,
                digest: entry.digestText,
                reason: reason
            )
        }
    }

    private func reason(_ position: Int, _ rules: LocalCacheRules, _ now: Timestamp) -> LocalCachePlan.Reason? {
        let entry = entries[position]
        let names = [entry.tag, entry.name].compactMap { $0 }
        if let patterns = rules.keptTags, !names.isEmpty,
            !patterns.contains(where: { pattern in names.contains { pattern.matches($0) } })
        {
            return .tag
        }
        if rules.dropsMissing, let root = graph.roots[position], graph.nodes[root].flaw == .missing { return .missing }
        if let span = rules.maximumAge, let written = written[position], written <= now.before(span) { return .age }
        return nil
    }

    private mutating func remove(_ position: Int, _ reason: LocalCachePlan.Reason) {
        reasons[position] = reason
        for node in reach.reached[position] { users[node] -= 1 }
    }

    private mutating func limitUntagged(to count: Int) {
        let untagged = oldestFirst.filter { entries[$0].tag == nil && entries[$0].name == nil }
        for position in untagged.dropLast(count) { remove(position, .untagged) }
    }

    private mutating func limitBytes(to limit: Int64) {
        var bytes: Int64 = 0
        for (index, node) in graph.nodes.enumerated() where users[index] > 0 {
            bytes = bytes.clampedAdding(node.facts?.size ?? 0)
        }
        for position in oldestFirst where written[position] != nil {
            guard bytes > limit else { return }
            remove(position, .size)
            for node in reach.reached[position] where users[node] == 0 {
                bytes = bytes.clampedAdding(-(graph.nodes[node].facts?.size ?? 0))
            }
        }
    }

    /// Those that stay so far, with the manifest written first at the front; of equal ones the one that the index has
    /// first, as it is added to at its end.
    private var oldestFirst: [Int] {
        entries.indices.filter { reasons[$0] == nil }.sorted { a, b in
            let (left, right) = (written[a], written[b])
            if left == right { return a < b }
            guard let left else { return true }
            return right.map { left < $0 } ?? false
        }
    }
}
