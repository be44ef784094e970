import CaissonText
package import CaissonJSON
package import CaissonBuildModel

/// A manifest or index as a registry keeps it: its bytes and their meaning.
package struct Manifest: Sendable, Hashable {
    /// The most bytes that one may have, the limit of common registries.
    package static let limit = 4 << 20
    /// The most manifests or layers one may list.
    static let itemLimit = 10_000

    /// The bytes that the digest is of.
    package let bytes: [UInt8]
    /// Everything the bytes say.
    package let json: JSON
    /// The type, digest and size.
    package let descriptor: ContentDescriptor
    /// The manifests of an index.
    package let manifests: [ContentDescriptor]
    /// The configuration of an image.
    package let config: ContentDescriptor?
    /// The layers of an image, the lowest first.
    package let layers: [ContentDescriptor]

    /// Whether it lists manifests.
    package var isIndex: Bool { MediaType.isIndex(descriptor.mediaType) }

    /// Reads a manifest or index.
    ///
    /// - Parameters:
    ///   - bytes: All of its bytes.
    ///   - mediaType: The type according to the registry; nil, or a type that says nothing, if only the content
    /// decides.
    package init(_ bytes: [UInt8], mediaType: String? = nil) throws(ParseError) {
        guard bytes.count <= Self.limit else { throw Self.wrong("it is larger than \(Self.limit >> 20) MiB") }
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw Self.wrong("it is not JSON: \(error)")
        }
        let type = try Self.type(of: json, told: mediaType)
        self.bytes = bytes
        self.json = json
        descriptor = ContentDescriptor(mediaType: type, of: bytes)
        manifests = MediaType.isIndex(type) ? try Self.list(json, "manifests") : []
        layers = MediaType.isManifest(type) ? try Self.list(json, "layers") : []
        config =
            MediaType.isManifest(type) ? try json["config"].map { json throws(ParseError) in try .init(json) } : nil
        if MediaType.isManifest(type), config == nil { throw Self.wrong("its config is missing") }
    }

    /// The type, according to the registry and the content; an error if the two contradict each other.
    ///
    /// An index that is also a manifest would mean one thing to us and another to those who run it (CVE-2021-41190).
    private static func type(of json: JSON, told: String?) throws(ParseError) -> String {
        guard json.members != nil else { throw wrong("it is no object") }
        let (isList, isImage) = (json["manifests"] != nil, json["layers"] != nil || json["config"] != nil)
        guard !(isList && isImage) else { throw wrong("it is both an index and an image's manifest") }
        let own = json["mediaType"]?.string ?? ""
        let plain = told.map { String($0.prefix { $0 != ";" }).trimmed.lowercased() } ?? ""
        let isVague = ["", "text/plain", "application/json", "application/octet-stream"].contains(plain)
        if !own.isEmpty, !isVague, own != plain {
            throw wrong("it says that it is \(own.quoted), and the registry that it is \(plain.quoted)")
        }
        let type =
            !own.isEmpty ? own : !isVague ? plain : isList ? MediaType.ociIndex : isImage ? MediaType.ociManifest : ""
        if MediaType.schema1.contains(type) || (type.isEmpty && json["schemaVersion"]?.integer == 1) {
            throw wrong("it is of Docker's schema 1, which is no longer supported: push the image anew")
        }
        guard !type.isEmpty else { throw wrong("it is neither an index nor an image's manifest") }
        if MediaType.isIndex(type), isImage { throw wrong("it is called an index and is an image's manifest") }
        if MediaType.isManifest(type), isList { throw wrong("it is called an image's manifest and is an index") }
        return type
    }

    private static func list(_ json: JSON, _ name: String) throws(ParseError) -> [ContentDescriptor] {
        guard let member = json[name], member != .null else { return [] }
        guard let values = member.array, values.count <= itemLimit else {
            throw wrong("its \(name) are no list of at most \(itemLimit)")
        }
        var list: [ContentDescriptor] = []
        for value in values { list.append(try ContentDescriptor(value)) }
        return list
    }

    private static func wrong(_ problem: String) -> ParseError { ParseError("manifest", "", problem) }
}

extension Manifest {
    /// Makes an image's manifest; the same parts give the same bytes.
    package init(
        config: ContentDescriptor,
        layers: [ContentDescriptor],
        annotations: [String: String] = [:]
    ) throws(ParseError) {
        let isDocker = config.mediaType == MediaType.dockerConfig && annotations.isEmpty
        let type = isDocker ? MediaType.dockerManifest : MediaType.ociManifest
        var members = [
            JSONMember("schemaVersion", .number("2")), JSONMember("mediaType", .string(type)),
            JSONMember("config", config.json), JSONMember("layers", .array(layers.map(\.json))),
        ]
        if !annotations.isEmpty { members.append(JSONMember("annotations", JSON(annotations))) }
        try self.init(JSON.object(members).goBytes(indented: true), mediaType: type)
    }

    /// Makes an index of manifests, with the same bytes as docker buildx.
    package init(
        index manifests: [ContentDescriptor],
        mediaType: String = MediaType.ociIndex,
        annotations: [String: String] = [:]
    ) throws(ParseError) {
        var members = [
            JSONMember("schemaVersion", .number("2")), JSONMember("mediaType", .string(mediaType)),
            JSONMember("manifests", .array(manifests.map(\.json))),
        ]
        if !annotations.isEmpty { members.append(JSONMember("annotations", JSON(annotations))) }
        try self.init(JSON.object(members).goBytes(indented: true), mediaType: mediaType)
    }
}
