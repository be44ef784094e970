import CaissonBuildModel
package import CaissonEngineDiscovery
package import CaissonPrivateEngine
import CaissonSystem

extension ListedEngine {
    /// All engines known here, those that run on their own first, then the private one and the builders with a name.
    package static func all(
        _ discovery: Discovery,
        privateEngine: PrivateEngine,
        store: BuilderStore
    ) throws(EngineError) -> [ListedEngine] {
        let found = discovery.survey().map { item in
            ListedEngine(
                name: item.endpoint.address,
                kind: item.endpoint.kind,
                endpoint: item.endpoint.address,
                status: status(item.state),
                origin: item.endpoint.origin.description
            )
        }
        let inUse = try store.inUse()
        let named = try store.everywhere().flatMap { builder in
            builder.nodes.map { node in
                let endpoint = node.endpoint(of: builder.name)
                var info = ListedEngine(
                    name: builder.name,
                    kind: endpoint.kind,
                    endpoint: node.address,
                    status: status(endpoint.socketPath.map { UnixSocket.probe($0) }),
                    origin:
                        "\(builder.isBuildx ? "buildx's " : "")node \(node.name)\(builder.name == inUse ? ", in use" : "")"
                )
                if !node.platforms.isEmpty { info.notices = ["for \(node.platforms.joined(separator: ", "))"] }
                return info
            }
        }
        return found + [try privateEngine.status()] + named
    }
}
