package import CaissonBuildModel
import CaissonJSON
import CaissonText

/// The manifest of a saved mount: an artifact of the OCI image specification 1.1 with the layer as its only blob.
package enum MountManifest {
    /// The media type of a manifest (`application/vnd.oci.image.manifest.v1+json` of the OCI image specification).
    package static let mediaType = "application/vnd.oci.image.manifest.v1+json"
    /// The kind of artifact that it is of.
    package static let artifactType = "application/vnd.caisson.cache-mount.v1"
    /// The media type of the layer.
    package static let layerType = "application/vnd.caisson.cache-mount.layer.v1.tar+gzip"
    /// The media type of the configuration, which has nothing in it.
    package static let configType = "application/vnd.oci.empty.v1+json"
    /// The bytes of the configuration (`DescriptorEmptyJSON` of the specification).
    package static let config = Array("{}".utf8)
    /// The annotation of an index that tells when a mount was saved or restored last, in seconds since 1970.
    package static let used = "caisson.cache-mount.used"
    /// The most bytes of a manifest.
    package static let limit = 64 << 10

    private static let prefix = "caisson.cache-mount."

    /// The bytes of the manifest, the same for the same values.
    static func bytes(
        _ mount: CarriedMount,
        platform: String,
        content: MountContent,
        created: Timestamp,
        layer: (digest: ContentDigest, size: Int64)
    ) -> [UInt8] {
        var notes = [
            "id": mount.id, "platform": platform, "content": content.digest.description,
            "entries": String(content.entries), "size": String(content.size), "created": String(created.seconds),
        ]
        notes["uid"] = mount.userID.map { String($0) }
        notes["gid"] = mount.groupID.map { String($0) }
        notes["mode"] = mount.permissions.map { String($0, radix: 8) }
        let annotations = notes.reduce(into: [:]) { $0[prefix + $1.key] = $1.value }
        let config = descriptor(configType, ContentDigest(of: config), Int64(config.count))
        return JSON.object([
            JSONMember("schemaVersion", .number("2")), JSONMember("mediaType", .string(mediaType)),
            JSONMember("artifactType", .string(artifactType)), JSONMember("config", config),
            JSONMember("layers", .array([descriptor(layerType, layer.digest, layer.size)])),
            JSONMember("annotations", JSON(annotations)),
        ]).goBytes(indented: false)
    }

    /// Reads a manifest that may come from anybody; the time of its last use is not in it, so it is that of its
    /// creation.
    ///
    /// - Throws: `ParseError` that says what is missing or wrong.
    package static func parse(_ bytes: [UInt8]) throws(ParseError) -> StoredMount {
        guard bytes.count <= limit else { throw wrong("it has more than \(limit) bytes") }
        guard let json = try? JSON(parsing: bytes), json.isObject else { throw wrong("it is no JSON object") }
        guard json["artifactType"]?.string == artifactType else { throw wrong("it isn't of a cache mount") }
        guard let layers = json["layers"]?.array, layers.count == 1, let layer = layers.first,
            layer["mediaType"]?.string == layerType, let layerSize = layer["size"]?.integer, layerSize >= 0
        else { throw wrong("it has no layer of a known kind") }
        let notes = json["annotations"]?.texts ?? [:]
        guard let seconds = notes[prefix + "created"].flatMap({ Int64($0) }), let platform = notes[prefix + "platform"],
            platform.utf8.count <= 256
        else { throw wrong("its platform or its time is missing") }
        let created = Timestamp(seconds: seconds)
        return StoredMount(
            mount: try mount(notes),
            platform: platform,
            content: try content(notes),
            created: created,
            layer: try digest(layer["digest"]?.string),
            layerSize: layerSize,
            manifest: ContentDigest(of: bytes),
            manifestSize: Int64(bytes.count),
            used: created
        )
    }

    private static func mount(_ notes: [String: String]) throws(ParseError) -> CarriedMount {
        try CarriedMount(
            id: notes[prefix + "id"] ?? "",
            userID: try number(notes, "uid", 10),
            groupID: try number(notes, "gid", 10),
            permissions: try number(notes, "mode", 8)
        )
    }

    private static func content(_ notes: [String: String]) throws(ParseError) -> MountContent {
        guard let entries = notes[prefix + "entries"].flatMap({ Int($0) }), entries >= 0,
            let size = notes[prefix + "size"].flatMap({ Int64($0) }), size >= 0
        else { throw wrong("its number of files or their size is missing") }
        return MountContent(digest: try digest(notes[prefix + "content"]), entries: entries, size: size)
    }

    private static func number(_ notes: [String: String], _ name: String, _ radix: Int) throws(ParseError) -> UInt32? {
        guard let text = notes[prefix + name] else { return nil }
        guard let number = UInt32(text, radix: radix) else { throw wrong("its \(name) is no number") }
        return number
    }

    /// Only SHA-256, as the store has a folder for no other.
    private static func digest(_ text: String?) throws(ParseError) -> ContentDigest {
        let digest = try ContentDigest(parsing: text ?? "")
        guard digest.algorithm == .sha256 else { throw wrong("it has a digest of another kind than sha256") }
        return digest
    }

    private static func descriptor(_ type: String, _ digest: ContentDigest, _ size: Int64) -> JSON {
        .object([
            JSONMember("mediaType", .string(type)), JSONMember("digest", .string(digest.description)),
            JSONMember("size", .number(String(size))),
        ])
    }

    private static func wrong(_ problem: String) -> ParseError {
        ParseError("manifest", "of a cache mount", problem)
    }
}
