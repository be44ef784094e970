/// The attributes that this side acts on, as values.
extension CacheSpec {
    /// The image that the cache is kept as in a registry: `ref`; nil for other kinds, and for what is no image's name.
    public var reference: ImageReference? {
        kind == .registry ? attributes["ref"].flatMap { try? ImageReference(parsing: $0) } : nil
    }

    /// The directory that a local cache is written to: `dest`.
    public var destinationDirectory: String? { kind == .local ? attributes["dest"] : nil }

    /// The directory that a local cache is read from: `src`.
    public var sourceDirectory: String? { kind == .local ? attributes["src"] : nil }

    /// The tag of a local cache: `tag`, else `latest`.
    public var tag: String { attributes["tag"] ?? "latest" }

    /// The digest of a local cache, which comes before its tag: `digest`; nil where none is given.
    public var digest: String? { attributes["digest"].flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether the registry may be spoken to without TLS: `registry.insecure`; nil where nothing is said of it.
    public var isInsecure: Bool? {
        get { attributes.boolean("registry.insecure") }
        set { attributes["registry.insecure"] = newValue.map { "\($0)" } }
    }

    /// Whether the other tags of a local cache go as it is written: `reset`.
    public var resetsTags: Bool { attributes.boolean("reset") == true }

    /// Whether the cache's failure fails the build: `ignore-error=false`.
    public var mustSucceed: Bool { attributes["ignore-error"] != nil && attributes.boolean("ignore-error") != true }

    /// Makes its failure one of the build, unless `ignore-error` says otherwise; an inline cache is part of the image.
    public mutating func failsBuildUnlessSaid() {
        if kind != .inline, attributes["ignore-error"] == nil { attributes["ignore-error"] = "false" }
    }
}
