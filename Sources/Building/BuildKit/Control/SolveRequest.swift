/// One build in the form that BuildKit's control API takes.
package struct SolveRequest: Sendable {
    /// The build's reference, by which its status is asked for.
    package var ref: String
    /// The session that serves the build's files.
    package var session: String
    /// The front end, such as `dockerfile.v0`.
    package var frontend: String
    /// The front end's options.
    ///
    /// The engine keeps them in its history, so they must never hold a secret.
    package var frontendAttributes: [String: String]
    /// What to do with the result; several need BuildKit 0.13.
    package var exporters: [Exporter]
    /// Powers that steps may use, such as `network.host`.
    package var entitlements: [String]
    /// Caches that are written.
    package var cacheExports: [Cache] = []
    /// Caches to read; front ends also take some from their options.
    package var cacheImports: [Cache] = []
    /// Whether the engine leaves the build out of its history, as it should for questions, which build nothing.
    package var isInternal = false

    /// What it and other builds of its batch have of each other; nil for a build by itself.
    package var links: SolveLinks?

    /// Which sources may be used, as BuildKit's JSON; see `SourcePolicy`.
    package var sourcePolicy: [UInt8]?

    /// One cache by BuildKit's name.
    ///
    /// Its options may hold credentials.
    package struct Cache: Sendable, Hashable {
        /// `registry`, `local`, `inline`, `gha`, `s3` or `azblob`.
        package var type: String
        /// Its options.
        package var attributes: [String: String]

        /// Makes a cache.
        package init(type: String, attributes: [String: String] = [:]) {
            self.type = type
            self.attributes = attributes
        }
    }

    /// One exporter by BuildKit's name.
    package struct Exporter: Sendable, Hashable {
        /// `image`, `moby`, `local`, `tar`, `oci` or `docker`.
        package var type: String
        /// Its options.
        package var attributes: [String: String]

        /// Makes an exporter.
        package init(type: String, attributes: [String: String] = [:]) {
            self.type = type
            self.attributes = attributes
        }
    }

    /// Makes a request.
    package init(
        ref: String,
        session: String,
        frontend: String = "dockerfile.v0",
        frontendAttributes: [String: String] = [:],
        exporters: [Exporter] = [],
        entitlements: [String] = []
    ) {
        self.ref = ref
        self.session = session
        self.frontend = frontend
        self.frontendAttributes = frontendAttributes
        self.exporters = exporters
        self.entitlements = entitlements
    }
}

extension WireSolveRequest {
    /// The request on the wire, which repeats the first exporter in the fields that engines before BuildKit 0.13 read.
    init(_ request: SolveRequest) {
        self.init()
        ref = request.ref
        session = request.session
        frontend = request.frontend
        frontendAttrs = request.frontendAttributes
        entitlements = request.entitlements
        exporters = request.exporters.map { exporter in
            var wire = WireExporter()
            wire.type = exporter.type
            wire.attrs = exporter.attributes
            return wire
        }
        cache.exports = request.cacheExports.map(WireCacheOptionsEntry.init)
        cache.imports = request.cacheImports.map(WireCacheOptionsEntry.init)
        `internal` = request.isInternal
        if let json = request.sourcePolicy, let policy = try? SourcePolicy.decoded(json) { self.policy = policy }
        exporterDeprecated = request.exporters.first?.type ?? ""
        exporterAttrsDeprecated = request.exporters.first?.attributes ?? [:]
    }
}

extension WireCacheOptionsEntry {
    init(_ cache: SolveRequest.Cache) {
        self.init()
        type = cache.type
        attrs = cache.attributes
    }
}
