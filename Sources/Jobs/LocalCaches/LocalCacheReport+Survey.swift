import CaissonBuildModel

extension LocalCacheReport {
    init(_ survey: LayoutSurvey, path: String) {
        let graph = survey.graph
        let reach = survey.reach
        self.path = path
        entries = survey.index.entries.indices.map { Entry(survey.index.entries[$0], $0, graph, reach) }
        damages = graph.nodes.compactMap { node in node.flaw.map { Damage(digest: node.digest, flaw: $0) } }
            .sorted { $0.digest < $1.digest }
        unnamed = survey.unnamed.map { Unnamed(digest: $0.digest, facts: $0.facts) }
        var (named, shared, unnamedTotals, ingest) = (BlobTotals(), BlobTotals(), BlobTotals(), BlobTotals())
        for (index, node) in graph.nodes.enumerated() {
            guard let facts = node.facts else { continue }
            named.add(facts)
            if reach.users[index] > 1 { shared.add(facts) }
        }
        for blob in survey.unnamed { unnamedTotals.add(blob.facts) }
        for one in survey.ingest { ingest.add(one.totals) }
        (self.named, self.shared, self.unnamedTotals, self.ingest) = (named, shared, unnamedTotals, ingest)
        strangers = survey.strangers.count
        problems = graph.problems
    }
}

extension LocalCacheReport.Entry {
    fileprivate init(_ entry: LayoutIndex.Entry, _ position: Int, _ graph: LayoutGraph, _ reach: LayoutReach) {
        tag = entry.tag
        name = entry.name
        digest = entry.digestText
        mediaType = entry.mediaType
        let root = graph.roots[position]
        kind = root.map { graph.nodes[$0].kind } ?? .other
        written = root.flatMap { graph.nodes[$0].facts?.written }
        var (totals, own, missing, damaged) = (BlobTotals(), BlobTotals(), 0, 0)
        for index in reach.reached[position] {
            let node = graph.nodes[index]
            if let facts = node.facts {
                totals.add(facts)
                if reach.users[index] == 1 { own.add(facts) }
            }
            switch node.flaw {
            case nil: break
            case .missing?: missing += 1
            default: damaged += 1
            }
        }
        (self.totals, self.own, self.missing, self.damaged) = (totals, own, missing, damaged)
    }
}

extension LayoutGraph.Node {
    var kind: LocalCacheReport.Kind {
        guard facts != nil else { return .other }
        if isCacheManifest { return .cache }
        if isIndex { return .index }
        return children.isEmpty ? .other : .image
    }

    var flaw: LocalCacheReport.Flaw? {
        if isStrange { return .notRegular }
        if case .unreadable(let why) = state { return .unreadable(why) }
        guard let facts else { return .missing }
        if let declaredSize, declaredSize != facts.size {
            return .wrongSize(expected: declaredSize, found: facts.size)
        }
        return state == .damaged ? .wrongContent : nil
    }
}
