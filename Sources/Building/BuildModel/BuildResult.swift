/// How a build or a question ended.
public enum BuildOutcome: Sendable, Hashable {
    /// The build succeeded.
    case succeeded(BuildResult)
    /// The question was answered.
    case answered(BuildAnswer)
    /// It failed.
    case failed(BuildError)
    /// It was cancelled by its user.
    case cancelled
}

/// What a successful build gives back.
public struct BuildResult: Sendable, Hashable {
    /// The build's reference on the engine.
    public var ref: String
    /// What the exporters said, by BuildKit's keys, such as `containerimage.digest`, `image.name`.
    public var exporterResponse: [String: String]
    /// The image's id: what `docker images` shows and `--iidfile` gets.
    ///
    /// The config's digest on an engine without the
    /// containerd store, the manifest's (or index's) digest on one with it; nil when no image was made.
    public var imageID: String?
    /// The digest of the manifest or index that was made or pushed; nil when the engine made none.
    public var digest: String?
    /// What the build took and made, in numbers.
    public var statistics = BuildStatistics()

    /// Makes a result.
    public init(ref: String, exporterResponse: [String: String] = [:], imageID: String? = nil, digest: String? = nil) {
        self.ref = ref
        self.exporterResponse = exporterResponse
        self.imageID = imageID
        self.digest = digest
    }
}

/// When the size and the layers of an image are asked for.
public enum ImageMeasurement: Sendable, Hashable {
    /// Never.
    case never
    /// When a step of the build has run: an image that is cached as a whole is one whose size has been told.
    case whenMade
    /// With every image.
    case always
}

/// A build in numbers.
public struct BuildStatistics: Sendable, Hashable {
    /// The size of the image's layers in bytes, of all images of an index together; nil where no image was made.
    ///
    /// Unpacked as docker's own store and podman's have it, else packed, as in containerd's store, a registry, an archive.
    public var imageSize: Int64?
    /// Whether `imageSize` is that of the packed layers.
    public var isImageSizePacked = false
    /// How many layers the image has; nil where no image was made.
    public var layers: Int?
    /// How many steps there were, the engine's own included.
    public var steps = 0
    /// How many of them were cached.
    public var cachedSteps = 0
    /// How long it took, from the first connection on.
    public var duration = Duration.zero

    /// Makes statistics of nothing.
    public init() {}
}
