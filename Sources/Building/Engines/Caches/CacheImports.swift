import CaissonBuildKit
import FoundationEssentials

/// Caches as the Dockerfile front end takes them: a list in JSON (moby/buildkit frontend/dockerui/config.go).
enum CacheImports {
    private struct Entry: Encodable {
        var type: String
        var attributes: [String: String]

        private enum CodingKeys: String, CodingKey {
            case type = "Type"
            case attributes = "Attrs"
        }
    }

    /// The list; nil for no cache.
    static func json(_ caches: [SolveRequest.Cache]) -> String? {
        guard !caches.isEmpty else { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let entries = caches.map { Entry(type: $0.type, attributes: $0.attributes) }
        return (try? encoder.encode(entries)).map { String(decoding: $0, as: UTF8.self) }
    }
}
