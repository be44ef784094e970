import CaissonText
import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel

/// What a build's caches mean on one engine: what it is told of them, and what it may read and write here for them.
struct CachePlan: Sendable {
    /// One cache as its user asked for it and as the engine is told of it.
    struct Entry: Sendable, Hashable {
        /// The cache.
        var spec: CacheSpec
        /// The same with the credentials of the environment, for the engine alone.
        var wire: SolveRequest.Cache
        /// The name of its content store, for a local cache.
        var store: String?

        /// Makes it the cache in a directory here, which an attribute names to the engine, and returns its store's name.
        ///
        /// The engine asks for `local:` and that attribute in a header, which is plain ASCII (cache/remotecache/local).
        fileprivate mutating func serve(_ path: String, by key: String) -> String {
            let isPlain = path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            let name = isPlain ? path : ContentDigest(of: path.pathBytes).hex
            wire.attributes[key] = name
            let store = "local:" + name
            self.store = store
            return store
        }
    }

    /// The caches that are read.
    var sources: [Entry] = []
    /// The caches that are written, the inline one included.
    var destinations: [Entry] = []
    /// The stores of local caches by the names that the engine asks for them.
    var stores: [String: ServedLayout] = [:]
    /// What the user is to know before the build starts.
    var warnings: [String] = []

    /// Plans a request's caches.
    ///
    /// - Throws: `BuildError` with code `unsupported` for what the engine can't do.
    init(_ request: BuildRequest, features: EngineFeatures, environment: [String: String]) throws(BuildError) {
        for cache in request.caches.destinations {
            try add(destination: request.allowingInsecure(cache), features, environment)
        }
        for cache in request.caches.sources { try add(source: request.allowingInsecure(cache), features, environment) }
        let wantsInline = request.buildArgs["BUILDKIT_INLINE_CACHE"].flatMap(GoBoolean.parse) ?? false
        if wantsInline, !destinations.contains(where: { $0.spec.kind == .inline }) {
            try add(destination: CacheSpec(kind: .inline), features, environment)
        }
    }

    /// The caches that aren't part of the image: those that are written after it.
    var externalDestinations: [Entry] { destinations.filter { $0.spec.kind != .inline } }

    private mutating func add(
        destination cache: CacheSpec,
        _ features: EngineFeatures,
        _ environment: [String: String]
    ) throws(BuildError) {
        guard features.writesCache(cache.kind) else {
            let advice: FieldMessage =
                cache.kind == .s3 || cache.kind == .azblob
                ? "use buildkitd (\(field: .engineAddress))"
                : "use type=inline, dockerd with the containerd image store, or buildkitd (\(field: .engineAddress))"
            throw BuildError(.unsupported, "\(features.name) can't write the \(cache.name) — \(message: advice)")
        }
        guard var entry = CachePlan.entry(cache, environment) else {
            guard !cache.mustSucceed else {
                throw BuildError(.output, "the \(cache.name) can't be written: \(Self.noToken)")
            }
            return skip(cache)
        }
        if let path = cache.destinationDirectory {
            do {
                let store = entry.serve(path, by: "dest")
                stores[store] = ServedLayout(try ImageLayout.create(path), isWritable: true)
            } catch {
                return try fail(cache, error.message)
            }
        }
        // The engine's default is to fail; ours is not to.
        let ignores = !cache.mustSucceed
        if cache.kind != .inline { entry.wire.attributes["ignore-error"] = ignores ? "true" : "false" }
        destinations.append(entry)
    }

    private mutating func add(
        source cache: CacheSpec,
        _ features: EngineFeatures,
        _ environment: [String: String]
    ) throws(BuildError) {
        guard features.readsCache(cache.kind) else {
            throw BuildError(
                .unsupported,
                "\(features.name) can't read the \(cache.name) — use type=registry, or buildkitd (\(field: .engineAddress))"
            )
        }
        guard var entry = CachePlan.entry(cache, environment) else { return skip(cache) }
        if let path = cache.sourceDirectory {
            do {
                let layout = try ImageLayout.open(path)
                guard let digest = try CachePlan.digest(of: cache, in: layout) else {
                    return warnings.append("the \(cache.name) has no tag \(cache.tag); building without it")
                }
                // Read here once, so that what is broken is found before the build and named.
                _ = try layout.content(digest)
                entry.wire.attributes["digest"] = digest
                let store = entry.serve(path, by: "src")
                stores[store] = stores[store] ?? ServedLayout(layout, isWritable: false)
            } catch {
                return warnings.append("the \(cache.name) can't be read: \(error.message); building without it")
            }
        }
        sources.append(entry)
    }

    private static func entry(_ cache: CacheSpec, _ environment: [String: String]) -> Entry? {
        guard let filled = cache.withCredentials(of: environment) else { return nil }
        return Entry(spec: cache, wire: .init(type: cache.kind.rawValue, attributes: filled.attributes))
    }

    private static func digest(of cache: CacheSpec, in layout: ImageLayout) throws(BuildContextError) -> String? {
        if let digest = cache.digest { return digest }
        return try layout.digest(ofTag: cache.tag)
    }

    private static let noToken = "the environment has no ACTIONS_RUNTIME_TOKEN and address"

    private mutating func skip(_ cache: CacheSpec) {
        warnings.append("the \(cache.name) is left out: \(Self.noToken)")
    }

    private mutating func fail(_ cache: CacheSpec, _ reason: String) throws(BuildError) {
        guard !cache.mustSucceed else { throw BuildError(.output, "the \(cache.name) can't be written: \(reason)") }
        warnings.append("the \(cache.name) can't be written: \(reason); building without it")
    }
}

extension EngineFeatures {
    /// Whether caches of a kind can be written.
    func writesCache(_ kind: CacheSpec.Kind) -> Bool {
        guard isDockerd else { return true }
        return kind == .inline || hasContainerdStore && [.registry, .local, .gha].contains(kind)
    }

    /// Whether caches of a kind can be read.
    func readsCache(_ kind: CacheSpec.Kind) -> Bool {
        !isDockerd || [.registry, .local].contains(kind) || kind == .gha && hasContainerdStore
    }
}
