/// A record of an engine's build cache as BuildKit tells it (`UsageRecord` of `api/services/control/control.proto`).
public struct CacheRecord: Sendable, Hashable {
    /// The name that BuildKit gave it.
    public var id: String
    /// The records that it is made on: one of a layer, several of a merge, up to two of a difference.
    ///
    /// BuildKit before 0.10 tells one at most, in the field `Parent`.
    public var parents: [String]
    /// What it holds.
    public var kind: CacheRecordKind
    /// What made it, in words for people; may be empty.
    public var description: String
    /// Bytes that it takes beside its parents; 0 for one that is being written, as its size is not known yet.
    public var size: Int64
    /// Whether something other than an unused record needs it, such as a running build.
    public var isInUse: Bool
    /// Whether it can still be written.
    public var isMutable: Bool
    /// Whether an image has the same layer, so that removing it here may free nothing.
    public var isShared: Bool
    /// When it was made.
    public var created: Timestamp
    /// When a build used it last; nil where none did.
    public var lastUsed: Timestamp?
    /// How many builds used it.
    public var usageCount: Int

    /// Makes a record.
    public init(
        id: String,
        parents: [String] = [],
        kind: CacheRecordKind = .regular,
        description: String = "",
        size: Int64 = 0,
        isInUse: Bool = false,
        isMutable: Bool = false,
        isShared: Bool = false,
        created: Timestamp = Timestamp(seconds: 0),
        lastUsed: Timestamp? = nil,
        usageCount: Int = 0
    ) {
        self.id = id
        self.parents = parents
        self.kind = kind
        self.description = description
        self.size = size
        self.isInUse = isInUse
        self.isMutable = isMutable
        self.isShared = isShared
        self.created = created
        self.lastUsed = lastUsed
        self.usageCount = usageCount
    }
}

/// What a record of the build cache holds (`UsageRecordType` of `client/diskusage.go`).
public struct CacheRecordKind: RawRepresentable, Sendable, Hashable {
    /// BuildKit's name for it.
    public var rawValue: String

    /// Takes BuildKit's name, also one that isn't known here; BuildKit reads none as `regular` (`cache/manager.go`).
    public init(rawValue: String) {
        self.rawValue = rawValue.isEmpty ? "regular" : rawValue
    }

    /// What BuildKit made for itself, such as the layer of a helper.
    public static let `internal` = CacheRecordKind(rawValue: "internal")
    /// The image of a front end.
    public static let frontend = CacheRecordKind(rawValue: "frontend")
    /// What was sent of a context.
    public static let localSource = CacheRecordKind(rawValue: "source.local")
    /// What was fetched of a Git repository.
    public static let gitCheckout = CacheRecordKind(rawValue: "source.git.checkout")
    /// A cache mount of `RUN --mount=type=cache`.
    public static let cacheMount = CacheRecordKind(rawValue: "exec.cachemount")
    /// A layer.
    public static let regular = CacheRecordKind(rawValue: "regular")

    /// The kinds that BuildKit has, in its order.
    public static let known: [CacheRecordKind] = [
        .internal, .frontend, .localSource, .gitCheckout, .cacheMount, .regular,
    ]
}

extension CacheRecordKind: CustomStringConvertible {
    /// BuildKit's name for it.
    public var description: String { rawValue }
}
