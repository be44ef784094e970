import CaissonBuildModel
import CaissonJSON

/// An image as an engine tells it, in the terms that both engines have.
struct StoredImage: Sendable, Hashable {
    /// Its id in hexadecimal digits, without `sha256:`.
    var id: String
    /// The id of the image that it was made from here; empty where there is none.
    var parent = ""
    /// Whether a tag or a digest of a registry names it.
    var isNamed = false
    /// Bytes of all its layers, and in podman of its configuration.
    var size: Int64 = 0
    /// When it was made.
    var created = Timestamp(seconds: 0)
    /// Whether a container has it.
    var hasContainer = false
    /// The digests of its layers as they are unpacked, the lowest first.
    var layers: [String] = []
    /// The instruction that made it; may be empty.
    var instruction = ""
    /// Whether it never had a name but what a build gives its steps.
    var wasNeverNamed = false

    /// An id of either engine without its algorithm; nil for what can't be one.
    static func id(_ value: JSON?) -> String? {
        guard let text = value?.string else { return nil }
        let prefix = "sha256:"
        let digits = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        // It becomes a part of an address, so nothing else may be in it.
        let isPlain = digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return digits.utf8.count == 64 && isPlain ? digits : nil
    }

    /// Reads an entry of the list (`ImageSummary` of Docker's API; podman's has `Names` and `History` beside it).
    init?(listed value: JSON) {
        guard let id = Self.id(value["Id"]) else { return nil }
        self.id = id
        parent = Self.id(value["ParentId"]) ?? ""
        isNamed = Self.isNamed(value)
        size = max(value["Size"]?.integer ?? 0, 0)
        created = Timestamp(seconds: value["Created"]?.integer ?? 0)
        // Podman remembers the names that an image had; that of a step ends so (containers/buildah imagebuildah).
        if let names = value["History"]?.array {
            wasNeverNamed = names.allSatisfy { $0.string?.hasSuffix("-tmp:latest") ?? false }
        }
    }

    /// Whether an entry or an image tells of a name.
    static func isNamed(_ value: JSON) -> Bool {
        ["RepoTags", "RepoDigests", "Names"].contains { key in
            // Docker before API 1.43 has these for none.
            value[key]?.array?.contains { !($0.string ?? "").hasPrefix("<none>") } ?? false
        }
    }

    /// Adds what only the image itself tells (`ImageInspect` of Docker's API, `InspectImage` of podman's).
    mutating func add(inspected value: JSON) {
        isNamed = isNamed || Self.isNamed(value)
        layers = (value["RootFS"]?["Layers"]?.array ?? []).compactMap(\.string)
        if let last = value["History"]?.array?.last {
            instruction = Self.instruction(last["created_by"]?.string ?? "")
        } else {
            let words = value["ContainerConfig"]?["Cmd"]?.array ?? []
            instruction = Self.instruction(words.prefix(64).compactMap(\.string).joined(separator: " "))
        }
        // dockerd writes the zero time for an image that never had a name; one that was imported has no instruction.
        if let tagged = value["Metadata"]?["LastTagTime"]?.string {
            wasNeverNamed = tagged.hasPrefix("0001-") && !instruction.isEmpty
        }
    }

    /// What a step was, from the command of its container: `RUN make`, `ENV X=1`; up to 1,000 bytes.
    static func instruction(_ command: String) -> String {
        let start = String(decoding: command.utf8.prefix(1000), as: UTF8.self)
        let shell = "/bin/sh -c "
        let mark = "#(nop)"
        var rest = Substring(start)
        if rest.hasPrefix(shell) { rest = rest.dropFirst(shell.count) }
        let isRun = !rest.hasPrefix(mark)
        if !isRun { rest = rest.dropFirst(mark.count) }
        rest = rest.drop { $0 == " " }
        while rest.last == " " { rest = rest.dropLast() }
        return isRun && !rest.isEmpty ? "RUN " + rest : String(rest)
    }
}
