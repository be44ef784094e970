package import CaissonBuildModel
import CaissonText

/// Where saved cache mounts are, as people write it.
///
/// A path that ends in `.tar` is a tar, another path a folder; else it is as an exporter of BuildKit is written, such as
/// `type=registry,ref=registry.example/app:mounts`.
package enum MountPlace: Sendable, Hashable {
    /// An image layout.
    case folder(String)
    /// The same in a tar.
    case tar(String)
    /// An index in a registry, whose manifests are the mounts.
    case registry(ImageReference)

    /// Reads a place.
    ///
    /// - Throws: `ParseError` that says what is wrong, and what would be right.
    package init(parsing text: String) throws(ParseError) {
        func wrong(_ problem: String) -> ParseError {
            ParseError("place of cache mounts", text, problem, expected: "a folder, a .tar, or type=registry,ref=NAME")
        }
        guard !text.isEmpty else { throw wrong("it is empty") }
        guard let fields = CommaFields.parse(text), fields.contains(where: { $0.hasPrefix("type=") }) else {
            self = text.hasSuffix(".tar") ? .tar(text) : .folder(text)
            return
        }
        var values: [String: String] = [:]
        for field in fields {
            guard let (key, value) = field.cut(at: "="), !value.isEmpty else {
                throw wrong("\(field.quoted) isn't KEY=VALUE")
            }
            let name = ["src": "dest", "destination": "dest", "name": "ref"][key] ?? key
            guard values.updateValue(value, forKey: name) == nil else { throw wrong("\(key.quoted) is there twice") }
        }
        let type = values.removeValue(forKey: "type") ?? ""
        guard let key = ["local": "dest", "tar": "dest", "registry": "ref"][type] else {
            throw wrong("the type \(type.quoted) is none of local, tar and registry")
        }
        guard let value = values.removeValue(forKey: key) else { throw wrong("\(key)= is missing") }
        if let other = values.keys.min() { throw wrong("type=\(type) knows no \(other.quoted)") }
        switch type {
        case "local": self = .folder(value)
        case "tar": self = .tar(value)
        default: self = .registry(try ImageReference(parsing: value))
        }
    }
}

extension CarriedMount {
    /// Reads a mount as people write it: `ID` or `id=ID`, and behind it `uid=`, `gid=` and `mode=` as the Dockerfile has
    /// them, with commas between.
    ///
    /// An id with a comma in it stands in quotes, as in a file of comma-separated values.
    package init(parsing text: String) throws(ParseError) {
        guard let fields = CommaFields.parse(text), let first = fields.first else {
            throw ParseError("cache mount", text, "its quotes are wrong")
        }
        var numbers: [String: UInt32] = [:]
        for field in fields.dropFirst() {
            let (key, value) = field.cut(at: "=") ?? (field, "")
            guard ["uid", "gid", "mode"].contains(key), let number = UInt32(value, radix: key == "mode" ? 8 : 10) else {
                throw ParseError(
                    "cache mount",
                    text,
                    "\(field.quoted) is none of uid=NUMBER, gid=NUMBER and mode=OCTAL"
                )
            }
            guard numbers.updateValue(number, forKey: key) == nil else {
                throw ParseError("cache mount", text, "\(key.quoted) is there twice")
            }
        }
        try self.init(
            id: first.hasPrefix("id=") ? String(first.dropFirst(3)) : first,
            userID: numbers["uid"],
            groupID: numbers["gid"],
            permissions: numbers["mode"]
        )
    }

    /// The mount as people write it.
    package var written: String {
        var fields = [id.hasPrefix("id=") ? "id=" + id : id]
        if let userID { fields.append("uid=\(userID)") }
        if let groupID { fields.append("gid=\(groupID)") }
        if let permissions { fields.append("mode=0\(String(permissions, radix: 8))") }
        return CommaFields.join(fields)
    }

    /// Whether it has an owner, a group or permissions of its own.
    package var hasOwner: Bool { userID != nil || groupID != nil || permissions != nil }
}
