public import CaissonBuildModel

extension BuildPlan {
    /// The plan without what has passed before, as far as that needn't be built again for others.
    ///
    /// A node's steps are part of those that are built from it, and images that are published together are so at the end of
    /// one run: those are built again with the rest, as is what they need; the engine's cache has their steps.
    ///
    /// - Parameters:
    ///   - passed: What became of nodes in an earlier run, by their names.
    ///   - kind: The engine's kind, which decides how one node's image is another's base.
    /// - Returns: The rest, and the names of what is left out.
    public func resuming(
        after passed: [String: BuildResult],
        on kind: EngineKind
    ) -> (rest: BuildPlan, kept: Set<String>) {
        var kept = Set(nodes.map(\.name)).intersection(passed.keys)
        while let needed = kept.first(where: { isNeeded($0, besides: kept, passed, kind) }) { kept.remove(needed) }
        var rest = self
        rest.nodes.removeAll { kept.contains($0.name) }
        for place in rest.nodes.indices {
            rest.nodes[place] = node(rest.nodes[place], without: kept, passed, kind)
            // It has been built so before: what is in the engine's cache of it is of then.
            if passed[rest.nodes[place].name] != nil { rest.nodes[place].request.noCache = .off }
        }
        rest.publishedTogether = publishedTogether.mapValues { $0.subtracting(kept) }.filter { !$0.value.isEmpty }
        return (rest, kept)
    }

    /// Whether a node has to be built for the sake of one that isn't kept.
    private func isNeeded(
        _ name: String,
        besides kept: Set<String>,
        _ passed: [String: BuildResult],
        _ kind: EngineKind
    ) -> Bool {
        if publishedTogether.values.contains(where: { $0.contains(name) && !$0.isSubset(of: kept) }) { return true }
        return nodes.contains { node in
            guard !kept.contains(node.name) else { return false }
            if node.sources.contains(name) { return true }
            return node.dependencies.contains { dependency in
                guard dependency.node == name, case .image = dependency.condition else { return false }
                return image(of: name, passed, kind) == nil
            }
        }
    }

    /// A node that no longer waits for what is kept.
    private func node(
        _ node: Node,
        without kept: Set<String>,
        _ passed: [String: BuildResult],
        _ kind: EngineKind
    ) -> Node {
        var node = node
        for dependency in node.dependencies where kept.contains(dependency.node) {
            guard case .image(as: let name) = dependency.condition else { continue }
            node.request.contexts[name] = image(of: dependency.node, passed, kind).map { .image($0) }
        }
        node.dependencies.removeAll { kept.contains($0.node) }
        return node
    }

    private func image(of name: String, _ passed: [String: BuildResult], _ kind: EngineKind) -> ImageReference? {
        guard let node = nodes.first(where: { $0.name == name }), let result = passed[name] else { return nil }
        return BaseImage(of: node.request, on: kind)?.reference(result)
    }
}
