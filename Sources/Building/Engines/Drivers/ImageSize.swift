import FoundationEssentials
package import CaissonBuildModel
import CaissonHTTPClient
import CaissonText

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
        var Metadata: Tagging?
        var Id: String?
        var RepoDigests: [String]?
        /// Of the image store that is containerd's, since API 1.48.
        var Descriptor: Content?

        /// The digest of the manifest; nil in dockerd's own store, where an image's id is another one.
        var digest: String? {
            if let digest = Descriptor?.digest { return digest }
            return Id.flatMap { id in RepoDigests?.contains { $0.hasSuffix("@" + id) } == true ? id : nil }
        }

        struct Content: Decodable {
            var digest: String?
        }

        struct Tagging: Decodable {
            var LastTagTime: String?

            /// The time, as in RFC 3339; one of the year 1 is none.
            var time: Timestamp? {
                guard let text = LastTagTime, text.utf8.count >= 20 else { return nil }
                let zone = text.dropFirst(19).drop { $0 == "." || $0.isNumber }
                let digits = text.dropFirst(19).dropLast(zone.count).dropFirst().prefix(9)
                let padded = digits + String(repeating: "0", count: 9 - digits.count)
                guard let date = try? Date(text.prefix(19) + zone, strategy: .iso8601),
                    let seconds = Int64(exactly: date.timeIntervalSince1970.rounded(.down))
                else { return nil }
                return Timestamp(seconds: seconds, nanoseconds: Int32(padded) ?? 999_999_999)
            }
        }

        struct Layers: Decodable {
            var Layers: [String]?
        }
    }

    /// Whether dockerd says that it has no image of a name.
    static func isMissing(_ name: String, at endpoint: Endpoint) async -> Bool {
        await answer(name, at: endpoint)?.status == 404
    }

    /// What dockerd says of an image's name.
    static func stored(_ name: String, at endpoint: Endpoint) async -> LocalImage {
        guard let answer = await answer(name, at: endpoint) else { return .unknown }
        if answer.status == 404 { return .absent }
        guard answer.status == 200 else { return .unknown }
        guard let found = try? JSONDecoder().decode(Inspection.self, from: Data(answer.body)) else { return .unknown }
        if let digest = found.digest { return .reserve(digest) }
        guard let time = found.Metadata?.time, time.seconds > 0
        else { return .unknown }
        return .named(since: time)
    }

    /// Asks dockerd; nil where it doesn't tell: a figure that is missing fails no build.
    static func ask(_ id: String, at endpoint: Endpoint) async -> ImageSize? {
        guard let answer = await answer(id, at: endpoint), answer.status == 200,
            let found = try? JSONDecoder().decode(Inspection.self, from: Data(answer.body)), let size = found.Size
        else { return nil }
        return ImageSize(size: size, layers: found.RootFS?.Layers?.count ?? 0)
    }

    private static func answer(_ name: String, at endpoint: Endpoint) async -> SmallAnswer? {
        let stream = try? await dial(endpoint, DialOptions(connectTimeout: .seconds(2)))
        return try? await stream?.get("/images/\(DockerdImages.escaped(name))/json", upTo: 4 << 20)
    }
}

/// What an engine's own store of images says of a name.
package enum LocalImage: Sendable, Hashable {
    /// It has no such image, or no such store: the registry is asked.
    case absent
    /// It has one, which has that name since then, and builds on it without asking a registry.
    case named(since: Timestamp)
    /// It has one of this digest, and builds on it where the registry has none or can't be reached, as dockerd does with
    /// containerd's image store.
    case reserve(String)
    /// It doesn't tell.
    case unknown
}
