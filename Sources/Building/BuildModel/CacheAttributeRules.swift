import CaissonText

/// The attributes that BuildKit's cache back ends know, and the values that they take.
///
/// The engine ignores an attribute that it doesn't know, so a mistyped one is found here or never.
enum CacheAttributeRules {
    /// What is wrong with the attributes of a cache; nil when nothing is.
    static func problem(in cache: CacheSpec, as direction: CacheSpec.Direction) -> String? {
        let known = keys(of: cache.kind, direction)
        for (key, value) in cache.attributes.sorted(by: { $0.key < $1.key }) {
            guard known.contains(key) else {
                // What is for writing does no harm where a cache is read, and scripts give both flags the same text.
                let other = keys(of: cache.kind, direction == .source ? .destination : .source)
                if other.contains(key) { continue }
                return unknown(key, of: cache.kind, known: known)
            }
            if let problem = problem(ofValue: value, forKey: key, of: cache.kind) { return problem }
        }
        let missing = required(by: cache.kind, direction).first { cache.attributes[$0, default: ""].isEmpty }
        return missing.map { "type=\(cache.kind.rawValue) needs \($0)=…" }
    }

    /// Whether the value of an attribute is a credential.
    static func isSecret(_ key: String) -> Bool {
        ["secret_access_key", "access_key_id", "session_token", "token", "ghtoken", "password"]
            .contains(key.lowercased())
    }

    private static func unknown(_ key: String, of kind: CacheSpec.Kind, known: [String]) -> String {
        let hint = nearest(to: key, among: known).map { "did you mean \($0)?" }
        let list = known.isEmpty ? "it takes none" : "known: " + known.sorted().joined(separator: ", ")
        return "type=\(kind.rawValue) has no attribute \(key.quoted) (\(hint ?? list))"
    }

    private static let layerKeys = ["compression", "compression-level", "force-compression"]
    private static let manifestKeys = ["image-manifest", "oci-mediatypes"]
    private static let exportKeys = ["mode", "ignore-error"]
    private static let s3Keys = [
        "bucket", "region", "prefix", "blobs_prefix", "manifests_prefix", "name", "endpoint_url", "use_path_style",
        "disable_accept_encoding", "access_key_id", "secret_access_key", "session_token", "touch_refresh",
        "upload_parallelism", "retry_mode", "retry_max_attempts",
    ]
    private static let azureKeys = [
        "account_url", "account_name", "container", "prefix", "blobs_prefix", "manifests_prefix", "name",
        "secret_access_key",
    ]
    private static let githubKeys = [
        "url", "url_v2", "token", "scope", "timeout", "repository", "ghtoken", "version",
    ]

    private static func keys(of kind: CacheSpec.Kind, _ direction: CacheSpec.Direction) -> [String] {
        let isExport = direction == .destination
        switch kind {
        case .registry:
            return ["ref", "registry.insecure"] + (isExport ? exportKeys + layerKeys + manifestKeys : [])
        case .local:
            guard isExport else { return ["src", "tag", "digest"] }
            return ["dest", "tag", "reset"] + exportKeys + layerKeys + manifestKeys
        case .inline: return isExport ? exportKeys : []
        case .gha: return githubKeys + (isExport ? exportKeys : [])
        case .s3: return s3Keys + (isExport ? exportKeys + layerKeys : [])
        case .azblob: return azureKeys + (isExport ? exportKeys + layerKeys : [])
        }
    }

    private static func required(by kind: CacheSpec.Kind, _ direction: CacheSpec.Direction) -> [String] {
        switch kind {
        case .registry: ["ref"]
        case .local: direction == .source ? ["src"] : ["dest"]
        case .inline, .gha: []
        // The region and the account come from the engine's own environment where they aren't given.
        case .s3, .azblob: []
        }
    }

    /// The attributes that are on or off.
    static let booleans: Set<String> = [
        "image-manifest", "oci-mediatypes", "force-compression", "ignore-error", "reset", "use_path_style",
        "disable_accept_encoding", "registry.insecure",
    ]
    private static let numbers: Set<String> = ["compression-level", "upload_parallelism", "retry_max_attempts"]

    private static func problem(ofValue value: String, forKey key: String, of kind: CacheSpec.Kind) -> String? {
        switch key {
        case "ref":
            return problem(ofReference: value)
        case "mode":
            if kind == .inline, value != "min" {
                return "an inline cache has mode=min alone; use type=registry for max"
            }
            return ["min", "max"].contains(value) ? nil : "mode=\(value) must be min or max"
        case "compression":
            return ExportAttributeRules.problem(ofCompression: value)
        case "digest":
            let isDigest = value.hasPrefix("sha256:") && value.utf8.count == 71
            return isDigest ? nil : "digest=\(value) must be sha256: and 64 digits"
        case "timeout", "touch_refresh":
            return Timespan(parsing: value) == nil ? "\(key)=\(value) must be a time such as 90s or 10m" : nil
        case "version":
            return ["1", "2"].contains(value) ? nil : "version=\(value) must be 1 or 2"
        case _ where booleans.contains(key):
            return BooleanAttribute.parse(value) == nil ? "\(key)=\(value) must be true or false" : nil
        case _ where numbers.contains(key):
            return Int32(value) == nil ? "\(key)=\(value) must be a whole number" : nil
        default:
            return value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) ? "\(key) has control characters" : nil
        }
    }

    /// The attributes in the words that the engine's caches take: nothing after a `=` is `true` to its exporters alone.
    static func spelledOut(_ attributes: [String: String]) -> [String: String] {
        var attributes = attributes
        for key in booleans where attributes[key] == "" { attributes[key] = "true" }
        return attributes
    }

    private static func problem(ofReference text: String) -> String? {
        do {
            _ = try ImageReference(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }
}
