import FoundationEssentials
import CaissonHTTPClient

/// The size of an image.
struct ImageSize: Sendable, Hashable {
    /// Bytes of its layers.
    var size: Int64
    /// Whether that is of the layers packed, as registries keep them.
    var isPacked = false
    /// How many layers it has.
    var layers: Int

    private struct Inspection: Decodable {
        var Size: Int64?
        var RootFS: Layers?

        struct Layers: Decodable {
            var Layers: [String]?
        }
    }

    /// Whether dockerd says that it has no image of a name.
    static func isMissing(_ name: String, at endpoint: Endpoint) async -> Bool {
        let stream = try? await dial(endpoint, DialOptions(connectTimeout: .seconds(2)))
        let answer = try? await stream?.get("/images/\(DockerdImages.escaped(name))/json", upTo: 4 << 20)
        return answer?.status == 404
    }

    /// Asks dockerd; nil where it doesn't tell: a figure that is missing fails no build.
    static func ask(_ id: String, at endpoint: Endpoint) async -> ImageSize? {
        let target = "/images/\(DockerdImages.escaped(id))/json"
        let stream = try? await dial(endpoint, DialOptions(connectTimeout: .seconds(2)))
        let answer = try? await stream?.get(target, upTo: 4 << 20)
        guard let answer, answer.status == 200,
            let found = try? JSONDecoder().decode(Inspection.self, from: Data(answer.body)), let size = found.Size
        else { return nil }
        return ImageSize(size: size, layers: found.RootFS?.Layers?.count ?? 0)
    }
}
