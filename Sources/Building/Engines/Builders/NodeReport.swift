import CaissonBuildModel
import CaissonEngineContainers
package import CaissonEngineDiscovery

/// A node of a named builder, with what its engine says of itself.
package struct NodeReport: Sendable, Hashable, Encodable {
    /// The builder's name.
    package var builder: String
    /// What was written down of the node.
    package var node: BuilderNode
    /// What its engine says; nil where it can't be reached.
    package var capabilities: EngineCapabilities?
    /// Why it can't be reached.
    package var error: String?

    /// Asks all nodes of a builder, side by side.
    package static func all(of builder: BuilderRecord, environment: [String: String]) async -> [NodeReport] {
        await withTaskGroup(of: (Int, NodeReport).self) { group in
            for (index, node) in builder.nodes.enumerated() {
                group.addTask { (index, await NodeReport(builder.name, node, environment)) }
            }
            var found: [(Int, NodeReport)] = []
            for await item in group { found.append(item) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// The same, but not longer than `limit`.
    ///
    /// - Throws: `BuildError` with code `deadlineExceeded`.
    package static func all(
        of builder: BuilderRecord,
        environment: [String: String],
        within limit: Duration
    ) async throws -> [NodeReport] {
        try await withDeadline(limit) {
            await all(of: builder, environment: environment)
        } error: {
            BuildError(.deadlineExceeded, "the nodes of the builder “\(builder.name)” don't all answer within \(limit)")
        }
    }

    private init(_ builder: String, _ node: BuilderNode, _ environment: [String: String]) async {
        self.builder = builder
        self.node = node
        // Certificates come with keys, which are nobody's to read.
        self.node.container?.files = (node.container?.files ?? [:]).filter { $0.key == NodeContainer.configuration }
        do {
            if let container = try EngineContainer(of: node, variables: environment),
                try await container.isRunning() != true
            {
                // Looking at it isn't a reason to start it.
                self.error = "the container \(container.name) isn't running; a build starts it"
                return
            }
            let options = EngineOptions(environment: environment)
            capabilities = try await withTunnel(node.endpoint(of: builder), variables: environment) { endpoint in
                try await Engine(endpoint, options).capabilities()
            }
        } catch {
            self.error = "\(error)"
        }
    }
}
