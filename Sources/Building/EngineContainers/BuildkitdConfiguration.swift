package import CaissonEngineDiscovery
import CaissonSystem
import CaissonTOML
package import FoundationEssentials

/// A configuration of buildkitd for a container, with the files of certificates that it names.
///
/// These get the paths in the container that they have here, so that the text says the same there.
package struct BuildkitdConfiguration: Sendable, Hashable {
    /// The files, by their paths in the container.
    package private(set) var files: [String: Data]
    /// Whether it gives leave to use the host's network.
    package private(set) var allowsHostNetwork: Bool

    /// Reads the file of that path.
    ///
    /// - Parameter directory: Where paths that aren't absolute begin.
    /// - Throws: `EngineError` with code `configuration` where one of the files can't be read or is wrong.
    package static func read(_ path: String, in directory: String) throws(EngineError) -> BuildkitdConfiguration {
        let content = try file(path, in: directory, "buildkitd's configuration")
        let value: TOMLValue
        do {
            value = try TOMLValue(parsing: content)
        } catch {
            throw EngineError(.configuration, "buildkitd's configuration \(path):\(error)")
        }
        var files = [NodeContainer.configuration: Data(content)]
        for registry in value["registry"]?.entries ?? [] {
            for path in certificates(of: registry.value) {
                let place = try placed(path, registry.key)
                files[place] = Data(try file(path, in: directory, "the certificate of the registry \(registry.key)"))
            }
        }
        let leaves = value["insecure-entitlements"]?.list ?? []
        return BuildkitdConfiguration(
            files: files,
            allowsHostNetwork: leaves.contains { $0.string == "network.host" }
        )
    }

    private static func certificates(of registry: TOMLValue) -> [String] {
        let pairs = registry["keypair"].map { $0.list ?? [$0] } ?? []
        let paths = (registry["ca"]?.list ?? []) + pairs.flatMap { [$0["key"], $0["cert"]].compactMap(\.self) }
        return paths.compactMap(\.string).filter { !$0.isEmpty }
    }

    /// Where buildkitd, whose directory is the root, looks for a path.
    private static func placed(_ path: String, _ registry: String) throws(EngineError) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        let place = "/" + parts.joined(separator: "/")
        guard !parts.contains(".."), place != NodeContainer.configuration else {
            throw EngineError(
                .configuration,
                "the certificate “\(path)” of the registry \(registry) can't have that path in the container; write its absolute "
                    + "path without “..”"
            )
        }
        return place
    }

    private static func file(_ path: String, in directory: String, _ what: String) throws(EngineError) -> [UInt8] {
        do {
            return try BoundedFile.read(path.hasPrefix("/") ? path : directory + "/" + path)
        } catch {
            throw EngineError(.configuration, "\(what), \(path), \(error.explanation)")
        }
    }
}
