/// Which blobs each entry reaches, and how many entries reach each blob.
struct LayoutReach {
    /// By entry, the nodes; none where its manifest isn't known.
    var reached: [[Int]]
    /// By node, the entries that reach it; what `manifest.json` names counts for one more.
    var users: [Int]

    /// Whether there was more to walk than the budget allows, so that the rest isn't told.
    private(set) var isCut = false

    /// Equal manifests are walked once; still thousands of entries may name the same thousands of blobs.
    ///
    /// - Parameter budget: How many names are looked at, and how many blobs are noted, in all.
    init(_ graph: LayoutGraph, budget: Int = 16 << 20) {
        var budget = budget
        var marks = [Int](repeating: -1, count: graph.nodes.count)
        var known: [Int: [Int]] = [:]
        reached = []
        users = [Int](repeating: 0, count: graph.nodes.count)
        for (position, root) in graph.roots.enumerated() {
            guard let root else {
                reached.append([])
                continue
            }
            let nodes = known[root] ?? graph.reach(from: root, marks: &marks, mark: position, budget: &budget)
            known[root] = nodes
            budget -= nodes.count
            reached.append(nodes)
            for node in nodes { users[node] += 1 }
        }
        isCut = budget < 0
        // None of those is a manifest whose children count: they are configurations and layers.
        for node in Set(graph.others) { users[node] += 1 }
    }
}
