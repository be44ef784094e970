import CaissonJSON

/// What a manifest, an index or a list names.
struct ManifestContent {
    /// What may be manifests: an index' entries, and the manifest that this one is about.
    var manifests: [Descriptor] = []
    /// Configurations, layers and other content.
    var contents: [Descriptor] = []
    /// Whether it lists manifests.
    var isIndex = false
    /// A digest of an unknown kind among those that may be of manifests.
    var foreign: String?

    /// Reads one; nil where the bytes are no object of JSON.
    ///
    /// It is told by its members and not by its type, which old manifests don't have
    /// (`DetectManifestBlobMediaType` of BuildKit's `util/imageutil`).
    init?(parsing bytes: [UInt8]) {
        guard let value = try? JSON(parsing: bytes), value.isObject else { return nil }
        let listed = value["manifests"]?.array
        isIndex = listed != nil
        manifests = (listed ?? []).compactMap { Descriptor($0) }
        foreign = ((listed ?? []) + [value["subject"] ?? .null]).lazy.compactMap { Descriptor.foreignDigest($0) }.first
        // A signature or the like names the image that it is about; who keeps it wants that, too.
        if let subject = Descriptor(value["subject"]) { manifests.append(subject) }
        if let config = Descriptor(value["config"]) { contents.append(config) }
        for list in ["layers", "blobs"] {
            contents += (value[list]?.array ?? []).compactMap { Descriptor($0) }
        }
        for layer in value["fsLayers"]?.array ?? [] {
            let digest = JSON.object([JSONMember("digest", layer["blobSum"] ?? .null)])
            if let layer = Descriptor(digest) { contents.append(layer) }
        }
    }
}

/// The blobs that `manifest.json` names, which `docker save` writes beside the index and `docker load` reads first.
enum SavedImages {
    static let name = "manifest.json"

    /// The digests of its `Config` and `Layers`, which are paths such as `blobs/sha256/…`; none where it is something
    /// else.
    static func digests(in bytes: [UInt8]) -> [BlobDigest] {
        guard let images = (try? JSON(parsing: bytes))?.array else { return [] }
        let paths = images.flatMap { image in
            [image["Config"]?.string].compactMap { $0 } + (image["Layers"]?.array ?? []).compactMap(\.string)
        }
        return paths.compactMap { path in
            let parts = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "blobs" else { return nil }
            return BlobDigest(parsing: "\(parts[1]):\(parts[2])")
        }
    }
}
