import CaissonText
package import CaissonJSON
package import CaissonBuildModel

/// What identifies content in a registry: its type, digest and size, and some remarks about it.
package struct ContentDescriptor: Sendable, Hashable {
    /// The content's media type; empty when it isn't told.
    package var mediaType: String
    /// Its digest.
    package var digest: ContentDigest
    /// Its size in bytes.
    package var size: Int64
    /// Other places that have the content.
    package var urls: [String] = []
    /// Its annotations.
    package var annotations: [String: String] = [:]
    /// The content itself in base64, when it is embedded.
    package var data: String?
    /// The platform that a manifest is for.
    package var platform: ImagePlatform?
    /// What kind of artifact a manifest is of.
    package var artifactType: String = ""

    /// Makes a descriptor.
    package init(mediaType: String, digest: ContentDigest, size: Int64, platform: ImagePlatform? = nil) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
    }

    /// Makes the descriptor of some bytes.
    package init(mediaType: String, of bytes: [UInt8]) {
        self.init(mediaType: mediaType, digest: ContentDigest(of: bytes), size: Int64(bytes.count))
    }

    /// Reads a descriptor, whose size may be absent only if `needsSize` is false.
    package init(_ json: JSON, needsSize: Bool = true) throws(ParseError) {
        guard json.members != nil else { throw Self.wrong(json, "it is no object") }
        guard let text = json["digest"]?.string else { throw Self.wrong(json, "its digest is missing") }
        let size = json["size"]?.integer ?? (needsSize ? nil : json["size"] == nil ? 0 : nil)
        guard let size, size >= 0 else { throw Self.wrong(json, "its size is missing or no size") }
        self.init(mediaType: json["mediaType"]?.string ?? "", digest: try ContentDigest(parsing: text), size: size)
        urls = json["urls"]?.array?.compactMap(\.string) ?? []
        annotations = json["annotations"]?.texts ?? [:]
        data = json["data"]?.string
        platform = json["platform"].flatMap(ImagePlatform.init)
        artifactType = json["artifactType"]?.string ?? ""
    }

    /// The fields in the order in which Go writes them, without the empty ones.
    package var json: JSON {
        var members = [
            JSONMember("mediaType", .string(mediaType)), JSONMember("digest", .string(digest.description)),
            JSONMember("size", .number(String(size))),
        ]
        if !urls.isEmpty { members.append(JSONMember("urls", .array(urls.map { .string($0) }))) }
        if !annotations.isEmpty { members.append(JSONMember("annotations", JSON(annotations))) }
        if let data, !data.isEmpty { members.append(JSONMember("data", .string(data))) }
        if let platform { members.append(JSONMember("platform", platform.json)) }
        if !artifactType.isEmpty { members.append(JSONMember("artifactType", .string(artifactType))) }
        return .object(members)
    }

    private static func wrong(_ json: JSON, _ problem: String) -> ParseError {
        ParseError("descriptor", json.goText(indented: false), problem)
    }
}

/// The platform of an image, according to its descriptor or configuration.
package struct ImagePlatform: Sendable, Hashable {
    /// The processor.
    package var architecture: String
    /// The operating system.
    package var os: String
    /// The operating system's version, which Windows needs.
    package var osVersion = ""
    /// Features that the operating system must have.
    package var osFeatures: [String] = []
    /// The processor's variant.
    package var variant = ""

    /// Makes a platform.
    package init(os: String, architecture: String, variant: String = "") {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// Makes an image's platform of one that a build uses.
    package init(_ platform: Platform) {
        self.init(os: platform.os, architecture: platform.architecture, variant: platform.variant)
        let version = platform.osVersion.pieces(at: "+")
        (osVersion, osFeatures) = (version[0], Array(version.dropFirst()))
    }

    /// Reads an object; nil when the value isn't an object.
    package init?(_ json: JSON) {
        guard json.members != nil else { return nil }
        self.init(
            os: json["os"]?.string ?? "",
            architecture: json["architecture"]?.string ?? "",
            variant: json["variant"]?.string ?? ""
        )
        osVersion = json["os.version"]?.string ?? ""
        osFeatures = json["os.features"]?.array?.compactMap(\.string) ?? []
    }

    /// The fields in the order in which Go writes them.
    package var json: JSON {
        var members = [JSONMember("architecture", .string(architecture)), JSONMember("os", .string(os))]
        if !osVersion.isEmpty { members.append(JSONMember("os.version", .string(osVersion))) }
        if !osFeatures.isEmpty { members.append(JSONMember("os.features", .array(osFeatures.map { .string($0) }))) }
        if !variant.isEmpty { members.append(JSONMember("variant", .string(variant))) }
        return .object(members)
    }

    /// The same platform by the names that are compared (github.com/containerd/platforms `Normalize`).
    package var normalised: ImagePlatform {
        var same = self
        same.os = os.lowercased()
        if same.os == "macos" { same.os = "darwin" }
        (same.architecture, same.variant) = Platform.normalised(architecture.lowercased(), variant.lowercased())
        return same
    }

    /// Whether an image for this platform is one for the wanted platform.
    package func matches(_ wanted: ImagePlatform) -> Bool {
        let (a, b) = (normalised, wanted.normalised)
        return a.os == b.os && a.architecture == b.architecture && a.variant == b.variant
            && (b.osVersion.isEmpty || a.osVersion == b.osVersion)
    }
}

extension ImagePlatform {
    /// The platforms whose images run on this one, the best first: how a pull chooses from an index.
    package var runnable: [ImagePlatform] {
        let own = normalised
        func variants(_ architecture: String, _ names: [String]) -> [ImagePlatform] {
            names.map { ImagePlatform(os: own.os, architecture: architecture, variant: $0) }
        }
        func number(_ variant: String) -> Int { Int(variant.drop { $0 == "v" }.prefix { $0 != "." }) ?? 0 }
        switch own.architecture {
        case "amd64":
            let level = max(1, min(number(own.variant), 9))
            let levels = stride(from: level, to: 1, by: -1).map { "v\($0)" } + [""]
            return variants("amd64", levels) + variants("386", [""])
        case "arm":
            return variants(
                "arm",
                stride(from: max(5, min(number(own.variant), 8)), through: 5, by: -1).map { "v\($0)" }
            )
        case "arm64":
            let newer = own.variant.isEmpty ? [] : [own.variant]
            return variants("arm64", newer + [""]) + variants("arm", ["v8", "v7", "v6", "v5"])
        default: return [own]
        }
    }

    /// The best of some descriptors for this platform; nil when none is for it.
    package func best(of descriptors: [ContentDescriptor]) -> ContentDescriptor? {
        for wanted in runnable {
            if let found = descriptors.first(where: { $0.platform?.matches(wanted) ?? false }) { return found }
        }
        return nil
    }
}

extension ImagePlatform: CustomStringConvertible {
    /// `OS/ARCH[/VARIANT]`, or `unknown` without an operating system.
    package var description: String {
        os.isEmpty ? "unknown" : [os, architecture, variant].filter { !$0.isEmpty }.joined(separator: "/")
    }
}
