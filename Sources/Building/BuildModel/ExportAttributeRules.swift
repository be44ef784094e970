import CaissonText

/// The attributes that BuildKit's exporters know, and the values that they take.
///
/// The engine ignores an attribute that it doesn't know, so a mistyped one is found here or never.
enum ExportAttributeRules {
    /// What is wrong with the attributes of an output of `type`; nil when nothing is.
    static func problem(in attributes: [String: String], type: String) -> String? {
        let known = keys(ofType: type)
        for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
            if isAnnotation(key), isImage(type) { continue }
            guard known.contains(key) else {
                let hint = nearest(to: key, among: known).map { "did you mean \($0)?" }
                let list = known.isEmpty ? "it takes none" : "known: " + known.sorted().joined(separator: ", ")
                return "type=\(type) has no attribute \(key.quoted) (\(hint ?? list))"
            }
            if let problem = problem(ofValue: value, forKey: key) { return problem }
        }
        return nil
    }

    /// The attributes that are on or off.
    static let booleans: Set<String> = [
        "push", "push-by-digest", "registry.insecure", "oci-mediatypes", "oci-artifact", "unpack", "store",
        "danging-name-empty-only", "name-canonical", "attestation-inline", "prefer-nondist-layers", "force-compression",
        "rewrite-timestamp", "platform-split", "tar",
    ]
    private static let archiveKeys = [
        "name", "oci-mediatypes", "oci-artifact", "attestation-inline", "attestation-prefix", "prefer-nondist-layers",
        "source-date-epoch", "compression", "compression-level", "force-compression", "rewrite-timestamp",
        "name-canonical", "compatibility-version",
    ]
    private static let imageKeys =
        archiveKeys + [
            "push", "push-by-digest", "registry.insecure", "unpack", "store", "dangling-name-prefix",
            "danging-name-empty-only",
        ]
    private static let fileKeys = ["dest", "platform-split", "attestation-prefix", "source-date-epoch"]

    private static func keys(ofType type: String) -> [String] {
        switch type {
        case "local": fileKeys + ["mode"]
        case "tar": fileKeys
        case "oci": archiveKeys + ["dest", "tar"]
        case "docker": archiveKeys + ["dest", "tar", "context"]
        case "image", "registry": imageKeys
        default: []
        }
    }

    private static func isImage(_ type: String) -> Bool { ["oci", "docker", "image", "registry"].contains(type) }

    /// Whether the key is of the form `annotation[-WHERE][[PLATFORM]].KEY`.
    private static func isAnnotation(_ key: String) -> Bool {
        guard key.hasPrefix("annotation"), let (head, name) = key.cut(at: "."), !name.isEmpty else { return false }
        let place = head.cut(at: "[")
        guard place == nil || head.hasSuffix("]") else { return false }
        let kinds = ["", "-manifest", "-manifest-descriptor", "-index", "-index-descriptor"]
        return kinds.contains(String((place?.head ?? head).dropFirst("annotation".utf8.count)))
    }

    private static func problem(ofValue value: String, forKey key: String) -> String? {
        switch key {
        case "context":
            return "context=\(value) is not available yet in this version; choose the engine by its address"
        case _ where booleans.contains(key):
            return BooleanAttribute.parse(value) == nil ? "\(key)=\(value) must be true or false" : nil
        case "mode":
            return ["copy", "delete"].contains(value) ? nil : "mode=\(value) must be copy or delete"
        case "compression":
            return problem(ofCompression: value)
        case "compression-level", "compatibility-version":
            return Int64(value) == nil ? "\(key)=\(value) must be a whole number" : nil
        case "name":
            return problem(ofNames: value)
        default:
            return nil
        }
    }

    /// What is wrong with a name of a compression; nil when nothing is.
    static func problem(ofCompression value: String) -> String? {
        let kinds = ["uncompressed", "gzip", "estargz", "zstd"]
        return kinds.contains(value) ? nil : "compression=\(value) must be one of \(kinds.joined(separator: ", "))"
    }

    private static func problem(ofNames names: String) -> String? {
        for name in names.pieces(at: ",") {
            do {
                guard try ImageReference(parsing: name).digest == nil else {
                    return "name=\(name): a digest can't be given to an image that is yet to be built"
                }
            } catch {
                return error.description
            }
        }
        return nil
    }
}
