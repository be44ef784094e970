/// A build cache outside of the engine: one `--cache-from` or `--cache-to`.
public struct CacheSpec: Sendable, Hashable {
    /// Where the cache is kept.
    public var kind: Kind
    /// Attributes by BuildKit's names, such as `ref`, `dest`, `mode`.
    ///
    /// Some hold credentials: `description` hides those, and nothing else may print them.
    public var attributes: [String: String]

    /// The places that a cache can be kept in, by BuildKit's names.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// An image registry.
        case registry
        /// A directory on this machine, an OCI image layout.
        case local
        /// The image that is built.
        case inline
        /// GitHub's cache service.
        case gha
        /// Amazon's S3, or what speaks its protocol.
        case s3
        /// Azure's blob storage.
        case azblob
    }

    /// Whether a cache is read or written.
    public enum Direction: Sendable, Hashable {
        /// `--cache-from`.
        case source
        /// `--cache-to`.
        case destination
    }

    /// Makes a cache.
    public init(kind: Kind, attributes: [String: String] = [:]) {
        self.kind = kind
        self.attributes = attributes
    }

    /// The cache as messages name it, such as `registry cache host/app:cache`; never with credentials.
    public var name: String {
        let place: String? =
            switch kind {
            case .registry: attributes["ref"]
            case .local: attributes["dest"] ?? attributes["src"]
            case .inline: nil
            case .gha: attributes["scope"] ?? "buildkit"
            case .s3: [attributes["bucket"], attributes["name"]].compactMap(\.self).joined(separator: "/")
            case .azblob: [attributes["container"], attributes["name"]].compactMap(\.self).joined(separator: "/")
            }
        return "\(kind.rawValue) cache" + (place.map { " \($0)" } ?? "")
    }

    /// Where the cache is written to, to find two that would overwrite each other.
    var target: [String: String] {
        let keys = [
            "ref", "dest", "tag", "bucket", "name", "scope", "container", "prefix", "manifests_prefix", "repository",
            "account_url",
        ]
        return attributes.filter { keys.contains($0.key) }
    }
}

extension CacheSpec: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The form with `type=` and the attributes in the order of their names, credentials as `***`.
    public var description: String {
        let pairs = attributes.sorted { $0.key < $1.key }.map { key, value in
            "\(key)=\(CacheAttributeRules.isSecret(key) ? "***" : value)"
        }
        return CommaFields.join(["type=\(kind.rawValue)"] + pairs)
    }

    /// The same: credentials stay hidden in a debugger's or a test's output, too.
    public var debugDescription: String { description }

    /// The description alone, so that a dump shows no credentials either.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
