import CaissonText
package import CaissonJSON
package import CaissonBuildModel
package import CaissonRegistry

/// What `caisson image inspect` prints.
package enum ImageText {
    /// The layout of `docker buildx imagetools inspect`.
    package static func summary(_ manifest: Manifest, _ reference: ImageReference) -> String {
        let root = manifest.descriptor
        var text = aligned([
            ("Name:", reference.description), ("MediaType:", root.mediaType), ("Digest:", root.digest.description),
        ])
        guard manifest.isIndex else { return text }
        text += aligned([("", ""), ("Manifests:", "")])
        var rows: [(String, String)] = []
        for (place, descriptor) in manifest.manifests.enumerated() {
            if place > 0 { rows.append(("", "")) }
            var named = reference
            named.digest = descriptor.digest.description
            rows.append(("  Name:", named.description))
            rows.append(("  MediaType:", descriptor.mediaType))
            guard let platform = descriptor.platform else { continue }
            rows.append(("  Platform:", platform.description))
            if !platform.osVersion.isEmpty { rows.append(("  OSVersion:", platform.osVersion)) }
            if !platform.osFeatures.isEmpty {
                rows.append(("  OSFeatures:", platform.osFeatures.joined(separator: ", ")))
            }
            if !descriptor.urls.isEmpty { rows.append(("  URLs:", descriptor.urls.joined(separator: ", "))) }
            guard !descriptor.annotations.isEmpty else { continue }
            rows.append(("  Annotations:", ""))
            text += aligned(rows)
            rows = []
            let notes = descriptor.annotations.sorted { $0.key < $1.key }
            text += aligned(notes.map { ("    \(visible($0.key)):", $0.value) })
        }
        return text + aligned(rows)
    }

    /// Rows of two cells, the first as wide as the widest of them and a blank.
    private static func aligned(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.unicodeScalars.count).max() ?? 0
        return rows.map { name, value in
            name + String(repeating: " ", count: width - name.unicodeScalars.count + 1) + visible(value) + "\n"
        }.joined()
    }

    /// A text without what a terminal would obey: it comes from the registry.
    private static func visible(_ text: String) -> String {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control } ? text.quoted : text
    }
}

extension ImageDetails {
    /// What templates and `--format json` see: the name, the manifest, and the image, or the images by platform.
    package func document(name: String) -> JSON {
        .object([
            JSONMember("name", .string(name)), JSONMember("manifest", manifestDocument),
            JSONMember("image", byPlatform { GoImage.ordered($0.config) }),
        ])
    }

    /// One value where there is one image, else an object by platform.
    package func byPlatform(_ value: (ImageDetails.Image) -> JSON?) -> JSON {
        if images.count > 1 {
            return .object(images.compactMap { image in value(image).map { JSONMember(image.platform, $0) } })
        }
        return images.first.flatMap(value) ?? .object([])
    }

    private var manifestDocument: JSON {
        let descriptor = root.descriptor
        guard root.isIndex else { return descriptor.json }
        var members = [
            JSONMember("schemaVersion", root.json["schemaVersion"] ?? .number("0")),
            JSONMember("mediaType", root.json["mediaType"] ?? .string("")),
            JSONMember("digest", .string(descriptor.digest.description)),
            JSONMember("size", .number(String(descriptor.size))),
            JSONMember("manifests", .array(root.manifests.map(\.json))),
        ]
        if members[1].value == .string("") { members.remove(at: 1) }
        if let texts = root.json["annotations"]?.texts, !texts.isEmpty {
            members.append(JSONMember("annotations", JSON(texts)))
        }
        return .object(members)
    }
}

/// The fields of an image's configuration in the order in which Go writes them, without those that it doesn't know.
package enum GoImage {
    package static func ordered(_ config: JSON) -> JSON {
        let known = ["created", "author", "architecture", "os", "os.version", "os.features", "variant"]
        // Always there, whatever they hold.
        var members = picked(known, of: config, keeping: ["architecture", "os"], absent: .string(""))
        let inner = [
            "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal",
            "ArgsEscaped",
        ]
        members.append(JSONMember("config", .object(picked(inner, of: config["config"] ?? .null).map(sorted))))
        let root = picked(["type", "diff_ids"], of: config["rootfs"] ?? .null, keeping: ["type"], absent: .string(""))
        members.append(JSONMember("rootfs", .object(root)))
        let fields = ["created", "created_by", "author", "comment", "empty_layer"]
        let history = (config["history"]?.array ?? []).map { JSON.object(picked(fields, of: $0)) }
        if !history.isEmpty { members.append(JSONMember("history", .array(history))) }
        return .object(members)
    }

    private static func picked(
        _ names: [String],
        of object: JSON,
        keeping kept: Set<String> = [],
        absent: JSON = .null
    ) -> [JSONMember] {
        names.compactMap { name in
            let value = object[name] ?? .null
            let isEmpty =
                [JSON.null, .string(""), .bool(false), .array([]), .object([])].contains(value)
            if isEmpty, !kept.contains(name) { return nil }
            return JSONMember(name, isEmpty ? absent : value)
        }
    }

    private static func sorted(_ member: JSONMember) -> JSONMember {
        guard let members = member.value.members else { return member }
        let ordered = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return JSONMember(member.name, .object(ordered))
    }
}
