import CaissonText
import FoundationEssentials
import Testing

@testable import CaissonBuildModel

/// Which test reads the effect of each attribute of outputs and caches, held against what is accepted.
@Suite("Every attribute has a test, or says why not")
struct AttributeCoverageTests {
    /// How an attribute is held.
    enum Proof: Sendable {
        /// By a test of `Tests/IntegrationTests` with these words in its name, in that file.
        case test(String, String)
        /// By none: passed through as it is, for this reason.
        case untested(String)
    }

    private static let compression = Proof.test("ImageAttributeTests", "compression and its level make the layers")
    private static let store = Proof.test("StoreAttributeTests", "names in the store are canonical or dangling")
    private static let push = Proof.test("StoreAttributeTests", "an image that isn't stored is pushed all the same")
    private static let files = Proof.test("FileAttributeTests", "files carry the epoch, attestations their prefix")
    private static let cacheLayers = Proof.test("CacheAttributeTests", "compression, its level and force")
    private static let cacheTypes = Proof.test("CacheAttributeTests", "a cache is an image or a list")
    private static let localCache = Proof.test("CacheAttributeTests", "a local cache has tags and digests")

    private static let archive: [String: Proof] = [
        "name": .test("ImageAttributeTests", "an archive names its image"),
        "oci-mediatypes": .test("ImageAttributeTests", "media types are Docker's or OCI's"),
        "oci-artifact": .test("ImageAttributeTests", "an attestation is an artifact"),
        "attestation-inline": .test("ImageAttributeTests", "an attestation that is only for inside the image"),
        "attestation-prefix": .untested("BuildKit reads it for files alone; accepted as buildx does"),
        "prefer-nondist-layers": .test("StoreAttributeTests", "layers that aren't to be distributed"),
        "source-date-epoch": .test("ImageAttributeTests", "times are those of the epoch"),
        "rewrite-timestamp": .test("ImageAttributeTests", "times are those of the epoch"),
        "compression": compression, "compression-level": compression,
        "force-compression": .test("ImageAttributeTests", "only force-compression changes the layers"),
        "name-canonical": store,
        "compatibility-version": .untested("no engine of the tests knows it: BuildKit 0.30 and newer"),
    ]
    private static let image = archive.merging([
        "push": .test("ImageExportTests", "a pushed image is in the registry under the digest"),
        "push-by-digest": push, "store": push, "dangling-name-prefix": store,
        "danging-name-empty-only": .untested("dockerd sets it itself: only buildkitd, which no test has, obeys"),
        "unpack": .untested("dockerd unpacks always, so that only buildkitd, which no test has, is told of it"),
        "registry.insecure": .test("StoreAttributeTests", "a registry elsewhere is spoken to without TLS"),
    ]) { _, own in own }
    private static let directory = Proof.test("FileAttributeTests", "tar=false writes a layout")

    private static let exports: [String: [String: Proof]] = [
        "image": image, "registry": image,
        "oci": archive.merging(["dest": .test("ImageExportTests", "an OCI archive has the digest"), "tar": directory]) {
            _,
            own in own
        },
        "docker": archive.merging([
            "dest": .test("ImageExportTests", "a docker archive can be loaded again"), "tar": directory,
            "context": .untested("refused: the engine is chosen with --addr or --builder"),
        ]) { _, own in own },
        "local": [
            "dest": .test("ExportTests", "a folder gets exactly the stage's files"),
            "mode": .test("FileAttributeTests", "mode=delete removes what the result doesn't have"),
            "platform-split": .test("FileAttributeTests", "platforms that aren't split share a directory"),
            "attestation-prefix": files, "source-date-epoch": files,
        ],
        "tar": [
            "dest": .test("ExportTests", "a tar goes into a file"), "attestation-prefix": files,
            "source-date-epoch": files,
            "platform-split": .test("FileAttributeTests", "platforms that aren't split share a directory"),
        ],
        "cacheonly": [:],
    ]

    private static let outputTypes = ["cacheonly", "docker", "image", "local", "oci", "registry", "tar"]

    private static let cacheLayout: [String: Proof] = [
        "mode": .test("CacheAttributeTests", "mode=min leaves out what isn't in the result"),
        "compression": cacheLayers, "compression-level": cacheLayers, "force-compression": cacheLayers,
        "image-manifest": cacheTypes, "oci-mediatypes": cacheTypes,
        "ignore-error": .test("CacheTests", "a cache must be written where its user says so"),
    ]
    private static let insecure: [String: Proof] = [
        "registry.insecure": .test("StoreAttributeTests", "a registry elsewhere is spoken to without TLS"),
        "ref": .test("CacheTests", "a cache in a registry makes every step"),
    ]

    private static func proof(of kind: CacheSpec.Kind, _ direction: CacheSpec.Direction) -> [String: Proof] {
        switch (kind, direction) {
        case (.registry, .source): insecure
        case (.registry, .destination): cacheLayout.merging(insecure) { _, own in own }
        case (.local, .source):
            ["src": .test("CacheTests", "a cache in a directory"), "tag": localCache, "digest": localCache]
        case (.local, .destination):
            cacheLayout.merging(["dest": localCache, "tag": localCache, "reset": localCache]) { _, own in own }
        case (.inline, .source): [:]
        case (.inline, .destination):
            [
                "mode": .test("CacheAttributeTests", "an inline cache is in the image's configuration"),
                "ignore-error": .untested("an inline cache is part of the image and fails with it"),
            ]
        case (.gha, _): service(github, direction, exports: ["mode", "ignore-error"])
        case (.s3, _): service(s3, direction, exports: serviceExports)
        case (.azblob, _): service(azure, direction, exports: serviceExports)
        }
    }

    private static let serviceExports = [
        "mode", "ignore-error", "compression", "compression-level", "force-compression",
    ]
    private static let github = [
        "url", "url_v2", "token", "scope", "timeout", "repository", "ghtoken", "version",
    ]
    private static let s3 = [
        "bucket", "region", "prefix", "blobs_prefix", "manifests_prefix", "name", "endpoint_url", "use_path_style",
        "disable_accept_encoding", "access_key_id", "secret_access_key", "session_token", "touch_refresh",
        "upload_parallelism", "retry_mode", "retry_max_attempts",
    ]
    private static let azure = [
        "account_url", "account_name", "container", "prefix", "blobs_prefix", "manifests_prefix", "name",
        "secret_access_key",
    ]

    /// What a service takes that no test can have: checked, passed through untested.
    private static func service(
        _ keys: [String],
        _ direction: CacheSpec.Direction,
        exports: [String]
    ) -> [String: Proof] {
        let all = keys + (direction == .destination ? exports : [])
        return Dictionary(uniqueKeysWithValues: all.map { ($0, .untested("the service can't be had in a test")) })
    }

    @Test(
        "The table has the attributes of outputs that are accepted, and no others",
        arguments: AttributeCoverageTests.outputTypes
    )
    func accepted(type: String) throws {
        #expect(Self.exports.keys.sorted() == Self.outputTypes)
        let problem = ExportAttributeRules.problem(in: ["########": ""], type: type)
        #expect(try Self.exports[type]?.keys.sorted() == Self.known(problem))
    }

    /// What a message about an unknown attribute says is known.
    private static func known(_ problem: String?) throws -> [String] {
        let problem = try #require(problem)
        if problem.contains("it takes none") { return [] }
        let (_, list) = try #require(problem.cut(at: "("))
        return list.dropFirst("known: ".count).dropLast().split(separator: ",").map { String($0).trimmed }
    }

    @Test("The table has the attributes of caches that are accepted", arguments: CacheSpec.Kind.allCases)
    func caches(kind: CacheSpec.Kind) throws {
        for direction in [CacheSpec.Direction.source, .destination] {
            let table = Self.proof(of: kind, direction)
            let problem = CacheAttributeRules.problem(
                in: CacheSpec(kind: kind, attributes: ["########": ""]),
                as: direction
            )
            #expect(try table.keys.sorted() == Self.known(problem), "\(direction)")
        }
    }

    @Test("Each test that the table names is there")
    func tests() throws {
        let caches = CacheSpec.Kind.allCases.flatMap { kind in
            [CacheSpec.Direction.source, .destination].map { Self.proof(of: kind, $0) }
        }
        for (attribute, proof) in (Array(Self.exports.values) + caches).flatMap({ Array($0) }) {
            switch proof {
            case .test(let suite, let words):
                #expect(try Self.hasTest(words, in: suite), "\(attribute): \(suite)/\(words)")
            case .untested(let reason): #expect(!reason.isEmpty)
            }
        }
    }

    private static func hasTest(_ words: String, in suite: String) throws -> Bool {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = folder.appending(path: "IntegrationTests/\(suite).swift")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return text.contains("func `\(words)")
    }
}
