import CaissonJSON
import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel
import Testing

@testable import CaissonEngines

@Suite struct CachePlanTests {
    private static func plan(
        from sources: [CacheSpec] = [],
        to destinations: [CacheSpec] = [],
        _ features: EngineFeatures,
        arguments: [String: String] = [:],
        environment: [String: String] = [:]
    ) throws -> CachePlan {
        var request = BuildRequest(context: .empty)
        request.buildArgs = arguments
        request.caches.sources = sources
        request.caches.destinations = destinations
        return try CachePlan(request, features: features, environment: environment)
    }

    private static let registry = CacheSpec(kind: .registry, attributes: ["ref": "r.example/c"])

    @Test func `the engine is told not to fail for a cache, unless the user wants it to`() throws {
        let plan = try Self.plan(to: [Self.registry], .buildkitd)
        #expect(plan.destinations.first?.wire.attributes == ["ref": "r.example/c", "ignore-error": "true"])
        let strict = CacheSpec(kind: .registry, attributes: ["ref": "a", "ignore-error": "false"])
        #expect(try Self.plan(to: [strict], .buildkitd).destinations.first?.wire.attributes["ignore-error"] == "false")
    }

    @Test func `caches at the registries named are read and written without TLS`() throws {
        var request = BuildRequest(context: .empty)
        request.caches.sources = [Self.registry]
        request.caches.destinations = [Self.registry]
        for (hosts, expected) in [(["r.example"], "true"), (["*"], "true"), (["other"], nil)] as [([String], String?)] {
            request.insecureRegistries = Set(hosts)
            let plan = try CachePlan(request, features: .buildkitd, environment: [:])
            for entry in plan.sources + plan.destinations {
                #expect(entry.wire.attributes["registry.insecure"] == expected)
                #expect(entry.spec.attributes["registry.insecure"] == expected)
            }
        }
    }

    @Test(arguments: [CacheSpec.Kind.registry, .local, .gha, .s3, .azblob])
    func `the classic store writes inline caches alone, and the others are refused by name`(kind: CacheSpec.Kind) throws
    {
        let cache = CacheSpec(kind: kind, attributes: ["ref": "a", "dest": "/nonexistent/x"])
        #expect {
            _ = try Self.plan(to: [cache], .docker20)
        } throws: { error in
            let error = error as? BuildError
            return error?.code == .unsupported && error?.message.contains(cache.name) == true
        }
        #expect(try Self.plan(to: [CacheSpec(kind: .inline)], .docker20).destinations.count == 1)
    }

    @Test func `object stores are buildkitd's alone`() throws {
        for kind in [CacheSpec.Kind.s3, .azblob] {
            let cache = CacheSpec(kind: kind, attributes: ["bucket": "b"])
            #expect(throws: BuildError.self) { try Self.plan(from: [cache], .docker28) }
            #expect(try Self.plan(from: [cache], .buildkitd).sources.count == 1)
        }
    }

    @Test func `credentials go to the engine and into nothing that is shown`() throws {
        let cache = CacheSpec(kind: .s3, attributes: ["bucket": "b"])
        let plan = try Self.plan(from: [cache], .buildkitd, environment: ["AWS_SECRET_ACCESS_KEY": "hidden"])
        #expect(plan.sources.first?.wire.attributes["secret_access_key"] == "hidden")
        #expect(plan.sources.first?.spec.attributes["secret_access_key"] == nil)
        #expect(CacheImports.json(plan.sources.map(\.wire))?.contains("hidden") == true)
    }

    @Test func `a local cache that isn't there or is broken is left out with a warning that names it`() throws {
        let missing = CacheSpec(kind: .local, attributes: ["src": "/nonexistent/cache"])
        let plan = try Self.plan(from: [missing], .docker28)
        #expect(plan.sources.isEmpty && plan.stores.isEmpty)
        #expect(plan.warnings.first?.contains("local cache /nonexistent/cache") == true)
        let unwritable = CacheSpec(kind: .local, attributes: ["dest": "/proc/self/none"])
        #expect(try Self.plan(to: [unwritable], .docker28).warnings.count == 1)
        let strict = CacheSpec(kind: .local, attributes: ["dest": "/proc/self/none", "ignore-error": "false"])
        #expect(throws: BuildError.self) { try Self.plan(to: [strict], .docker28) }
    }

    @Test func `the build argument for an inline cache asks for one`() throws {
        let plan = try Self.plan(.docker20, arguments: ["BUILDKIT_INLINE_CACHE": "1"])
        #expect(plan.destinations.map(\.spec.kind) == [.inline])
        #expect(plan.externalDestinations.isEmpty)
        #expect(try Self.plan(.docker20, arguments: ["BUILDKIT_INLINE_CACHE": "0"]).destinations.isEmpty)
    }

    @Test func `the front end is told of caches in JSON`() {
        #expect(CacheImports.json([]) == nil)
        let caches = [SolveRequest.Cache(type: "registry", attributes: ["ref": "a/b:c"])]
        #expect(CacheImports.json(caches) == #"[{"Attrs":{"ref":"a/b:c"},"Type":"registry"}]"#)
    }
}
