import CaissonText

/// Reads the fields of `RUN --mount=…` and finds what BuildKit refuses in them.
struct MountChecker {
    /// A value whose variables have been replaced.
    struct Value {
        var text: String
        /// Whether it isn't known, since a variable in it isn't.
        var isUnknown = false
    }

    private static let keys = [
        "type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid", "gid",
        "src",
        "dst", "destination", "ro", "rw", "readwrite", "env",
    ]

    private(set) var type = "bind"
    private(set) var isTypeKnown = true
    private(set) var target = Value(text: "")
    private(set) var from: String?
    private var values: [String: Value] = [:]

    /// What BuildKit refuses before it knows variables.
    static func complaint(beforeExpansion text: String) -> String? {
        guard let fields = Values.fields(text) else { return "failed to parse csv mounts: \(quoted(text))" }
        for field in fields {
            guard let (key, value) = field.cut(at: "="), key.lowercased() == "from" else { continue }
            let dollar = value.utf8.firstIndex(of: 0x24)
            if let dollar, value.utf8.index(after: dollar) != value.utf8.endIndex {
                return "'from' doesn't support variable expansion, define alias stage instead: FROM \(value) AS name"
            }
        }
        return nil
    }

    /// The name after `from=`, before anything is replaced.
    static func source(in text: String) -> String? {
        var found: String?
        for field in Values.fields(text) ?? [] {
            guard let (key, value) = field.cut(at: "="), key.lowercased() == "from" else { continue }
            found = value
        }
        return found == "" ? nil : found
    }

    /// Reads all fields, in their order.
    mutating func complaint(_ text: String, expand: (String) throws(Expander.Failure) -> Value) -> String? {
        for field in Values.fields(text) ?? [] {
            do {
                if let complaint = try complaint(field: field, expand) { return complaint }
            } catch {
                return error.isBuildKits ? error.message : nil
            }
        }
        return complaintAboutAll()
    }

    private mutating func complaint(
        field: String,
        _ expand: (String) throws(Expander.Failure) -> Value
    ) throws(Expander.Failure) -> String? {
        guard let (name, raw) = field.cut(at: "=") else { return complaint(word: field) }
        let key = name.lowercased()
        let value = try expand(raw)
        guard Self.keys.contains(key) else {
            let near = Spelling.nearest(to: key, among: Self.keys)
            return "unexpected key '\(key)' in '\(field)'" + (near.map { " (did you mean \($0)?)" } ?? "")
        }
        values[key] = value
        if ["required", "size"].contains(key), let complaint = complaint(place: key) { return complaint }
        switch key {
        case "target", "dst", "destination": target = value
        case "from": from = value.text
        case "type":
            type = value.text.lowercased()
            isTypeKnown = !value.isUnknown
        default: break
        }
        return value.isUnknown ? nil : complaint(key, value.text)
    }

    private func complaint(word: String) -> String? {
        switch word.lowercased() {
        case "readonly", "ro", "readwrite", "rw": nil
        case "required": complaint(place: "required")
        default: "invalid field '\(word)' must be a key=value pair"
        }
    }

    /// Whether the mount's type, as far as it is known by now, takes a key.
    private func complaint(place key: String) -> String? {
        let types = key == "size" ? ["tmpfs"] : ["secret", "ssh"]
        return !isTypeKnown || types.contains(type) ? nil : "unexpected key '\(key)' for mount type '\(type)'"
    }

    private func complaint(_ key: String, _ value: String) -> String? {
        switch key {
        case "type":
            ["bind", "cache", "tmpfs", "secret", "ssh"].contains(value.lowercased())
                ? nil : "unsupported mount type \(quoted(value)): it can be bind, cache, tmpfs, secret or ssh"
        case "sharing":
            ["shared", "private", "locked"].contains(value.lowercased())
                ? nil : "unsupported sharing value \(quoted(value)): it can be shared, private or locked"
        case "readonly", "ro", "readwrite", "rw", "required":
            GoBoolean.parse(value) == nil ? "invalid value for \(key): \(quoted(value)) is neither true nor false" : nil
        case "size": Values.isSize(value) ? nil : "invalid value for size: \(quoted(value))"
        case "mode": Values.unsigned(value, radix: 8) == nil ? "invalid value \(quoted(value)) for mode" : nil
        case "uid", "gid": Values.unsigned(value) == nil ? "invalid value \(quoted(value)) for \(key)" : nil
        default: nil
        }
    }

    /// Whether one of some keys has a value: nil where that isn't known.
    private func hasValue(_ keys: String...) -> Bool? {
        let found = keys.compactMap { values[$0] }
        if found.contains(where: { !$0.isUnknown && !$0.text.isEmpty }) { return true }
        return found.contains(where: \.isUnknown) ? nil : false
    }

    private func complaintAboutAll() -> String? {
        guard isTypeKnown else { return nil }
        if type == "bind" || type == "tmpfs", let key = ["mode", "uid", "gid"].first(where: { values[$0] != nil }) {
            return "\(key) not allowed for \(quoted(type)) type mounts"
        }
        if type == "secret", let complaint = complaintAboutSecret() { return complaint }
        if values["sharing"] != nil, type != "cache" { return "invalid cache sharing set for \(type) mount" }
        return type == "ssh" && hasValue("source", "src") == true ? "ssh does not support source" : nil
    }

    private func complaintAboutSecret() -> String? {
        if hasValue("from") == true { return "secret mount should not have a from" }
        if values["sharing"] != nil { return "secret mount should not define sharing" }
        if hasValue("source", "src", "target", "dst", "destination", "id") == false {
            return "invalid secret mount. one of source, target required"
        }
        let areBothSet = hasValue("source", "src") == true && hasValue("id") == true
        return areBothSet ? "both source and id can't be set" : nil
    }
}
