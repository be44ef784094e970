import CaissonBuildKit
import CaissonBuildModel
import Testing

@testable import CaissonEngines

/// Attributes that are on or off, where the engines' drivers read them.
struct BooleanAttributeTests {
    private static let words: [(word: String, isOn: Bool)] =
        ["1", "t", "T", "true", "TRUE", "True", ""].map { ($0, true) }
        + ["0", "f", "F", "false", "FALSE", "False"].map { ($0, false) }

    private static func request(_ export: ExportSpec...) -> BuildRequest {
        var request = BuildRequest(context: .empty)
        request.exports = export
        return request
    }

    @Test func `the parts of a build speak without TLS to what registry.insecure says`() throws {
        for (word, isOn) in Self.words {
            let export = try ExportSpec(parsing: "type=image,name=r.example/a,push=true,registry.insecure=\(word)")
            let outputs = try PlatformOutputs(Self.request(export), engines: [])
            #expect(outputs.insecureRegistries == (isOn ? ["r.example"] : []), "registry.insecure=\(word)")
        }
    }

    @Test func `what is pushed by digest isn't given to an exporter that needs tags`() throws {
        for (word, isOn) in Self.words {
            let export = try ExportSpec(parsing: "type=image,name=a,push=true,push-by-digest=\(word)")
            let plan = try ExportPlan(Self.request(export), features: .docker28)
            #expect(plan.exporters.map(\.type) == [isOn ? "image" : "moby"], "push-by-digest=\(word)")
        }
    }

    @Test func `a layout in a directory is made where tar is off, by whatever word`() throws {
        for (word, isOn) in Self.words {
            let export = ExportSpec.oci(.path("d"), attributes: ["tar": word])
            let plan = try ExportPlan(Self.request(export), features: .buildkitd)
            #expect((plan.layoutDirectory == nil) == isOn, "tar=\(word)")
        }
    }

    @Test func `the engine fails for a cache where ignore-error is off`() throws {
        for (word, isOn) in Self.words {
            var request = Self.request()
            request.caches.destinations = try CacheSpec.list(
                parsing: "type=registry,ref=a,ignore-error=\(word)",
                as: .destination
            )
            let plan = try CachePlan(request, features: .buildkitd, environment: [:])
            let sent = plan.destinations.first?.wire.attributes["ignore-error"]
            #expect(sent == (isOn ? "true" : "false"), "ignore-error=\(word)")
        }
    }

    @Test func `the inline cache is written where the build argument says so`() throws {
        for (word, isOn) in Self.words where !word.isEmpty {
            var request = Self.request()
            request.buildArgs["BUILDKIT_INLINE_CACHE"] = word
            let plan = try CachePlan(request, features: .buildkitd, environment: [:])
            #expect(plan.destinations.isEmpty == !isOn, "BUILDKIT_INLINE_CACHE=\(word)")
        }
    }
}
