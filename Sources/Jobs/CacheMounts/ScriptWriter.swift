import CaissonBuildModel
import CaissonText

/// Writes the lines of a Dockerfile, in which ids and images of any characters mean nothing but themselves.
struct ScriptWriter {
    private var text: String
    private var arguments: [String: String] = [:]
    private let nonce: String
    private let literals: [String?]

    init(_ mounts: [CarriedMount], image: String, nonce: String, namespace: String?) throws(ParseError) {
        guard !mounts.isEmpty, mounts.count <= MountScript.mostMounts else {
            throw ParseError("cache mounts", "\(mounts.count)", "one build carries 1 to \(MountScript.mostMounts)")
        }
        // A reference has no blanks, quotes or dollar signs, and stands as it is.
        let reference = try ImageReference(parsing: image)
        guard (8...64).contains(nonce.utf8.count), nonce.utf8.allSatisfy(\.isAlphanumeric) else {
            throw ParseError("nonce", nonce, "it must have 8 to 64 letters and digits")
        }
        self.nonce = nonce
        literals = mounts.map { Self.literal($0.id) }
        text = "FROM \(reference.familiar)\nUSER 0:0\n"
        for (place, mount) in mounts.enumerated() where literals[place] == nil {
            text += "ARG \(Self.argument(place))\n"
            arguments[Self.argument(place)] = mount.id
        }
        if let namespace {
            guard !namespace.utf8.contains(0) else { throw ParseError("namespace", namespace, "it has a NUL in it") }
            arguments["BUILDKIT_CACHE_MOUNT_NS"] = namespace
        }
    }

    /// Begins a step with the mount.
    mutating func run(_ mount: CarriedMount, _ place: Int, target: String, _ extra: String?) {
        text += "RUN --mount=type=cache,\(literals[place] ?? "id=$\(Self.argument(place))"),target=\(target)"
        if let user = mount.userID { text += ",uid=\(user)" }
        if let group = mount.groupID { text += ",gid=\(group)" }
        if let permissions = mount.permissions { text += ",mode=0\(String(permissions, radix: 8))" }
        text += ",sharing=locked"
        if let extra { text += ",\(extra)" }
    }

    /// Writes a text that is a Dockerfile's own.
    mutating func append(_ plain: String) { text += plain }

    /// Ends the step with its command: a list of texts, so that a Dockerfile's `SHELL` has no part in it.
    mutating func end(command: String, _ words: [String]) {
        let all = ["/bin/sh", "-c", command, marker] + words
        text += " [" + all.map(Self.quoted).joined(separator: ", ") + "]\n"
    }

    func script(contextFiles: [String]) -> MountScript {
        MountScript(
            dockerfile: text,
            arguments: arguments,
            contextFiles: contextFiles,
            marker: marker,
            needsExpansion: literals.contains(nil)
        )
    }

    private var marker: String { MountScript.mark + nonce }

    private static func argument(_ place: Int) -> String { "\(MountScript.argumentMark)\(place)" }

    /// The attribute with the id in it, for all engines; nil where the id has characters that some of them would read
    /// as something else.
    private static func literal(_ id: String) -> String? {
        let plain = Array("._-/:@+=~%".utf8)
        let quotable = Array(" ,".utf8)
        guard id.utf8.allSatisfy({ $0.isAlphanumeric || plain.contains($0) || quotable.contains($0) }) else {
            return nil
        }
        guard id.utf8.contains(where: quotable.contains) else { return "id=\(id)" }
        // The outer quotes are the Dockerfile's, the inner ones those of the comma-separated values.
        return #""\"id=\#(id)\"""#
    }

    /// A text in JSON; a dollar sign would be replaced in the step's name, and `<<` would begin a heredoc.
    private static func quoted(_ word: String) -> String {
        var out = "\""
        for scalar in word.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\" + String(scalar)
            case "\n": out += "\\n"
            case "<", ">", "&", "$": out += "\\u00" + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
