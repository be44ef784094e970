import CaissonJSON
import CaissonBuildModel
import Testing

@testable import CaissonEngines

@Suite struct ProvenanceTests {
    private static let first = #"""
        {"builder":{"id":"b"},"buildType":"https://mobyproject.org/buildkit@v1","materials":[{"uri":"u","digest":{"sha256":"1"}}],
        "invocation":{"configSource":{"entryPoint":"Dockerfile"},"parameters":{"frontend":"dockerfile.v0"},
        "environment":{"platform":"linux/amd64"}},"buildConfig":{"llbDefinition":[]},"metadata":{"reproducible":false}}
        """#
    private static let second = #"""
        {"buildDefinition":{"buildType":"https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
        "externalParameters":{"configSource":{"uri":"git://a","digest":{"sha1":"2"},"path":"Dockerfile"},
        "request":{"frontend":"dockerfile.v0"}},
        "internalParameters":{"buildConfig":{"llbDefinition":[]},"builderPlatform":"linux/amd64"},
        "resolvedDependencies":[{"uri":"u","digest":{"sha256":"1"},"name":"n"}]},
        "runDetails":{"builder":{"id":"b","version":{}},"metadata":{"invocationId":"i","startedOn":"s","finishedOn":"f",
        "buildkit_metadata":{"vcs":{"source":"x"}},"buildkit_hermetic":true,
        "buildkit_completeness":{"request":true,"resolvedDependencies":false},"buildkit_reproducible":true}}}
        """#

    private static func provenance(_ text: String, _ version: String, _ detail: ProvenanceDetail) throws -> JSON {
        try Provenance(Array(text.utf8), type: "https://slsa.dev/provenance/" + version, detail: detail).json
    }

    @Test func `the first form is told as it is, without steps and metadata where little is asked for`() throws {
        #expect(try Self.provenance(Self.first, "v0.2", .max) == JSON(parsing: Array(Self.first.utf8)))
        let little = try Self.provenance(Self.first, "v0.2", .min)
        #expect(little.members?.map(\.name) == ["builder", "buildType", "materials", "invocation"])
    }

    /// What docker buildx makes of it (moby/buildkit `ConvertToSLSA02`).
    @Test func `the second form is told in the words of the first`() throws {
        let expected = #"""
            {"builder":{"id":"b"},"buildType":"https://mobyproject.org/buildkit@v1",
            "materials":[{"uri":"u","digest":{"sha256":"1"}}],
            "invocation":{"configSource":{"uri":"git://a","digest":{"sha1":"2"},"entryPoint":"Dockerfile"},
            "parameters":{"frontend":"dockerfile.v0"},"environment":{"platform":"linux/amd64"}},
            "buildConfig":{"llbDefinition":[]},
            "metadata":{"buildInvocationID":"i","buildStartedOn":"s","buildFinishedOn":"f",
            "completeness":{"parameters":true,"environment":true,"materials":false},"reproducible":true,
            "https://mobyproject.org/buildkit@v1#metadata":{"vcs":{"source":"x"}},
            "https://mobyproject.org/buildkit@v1#hermetic":true}}
            """#
        let whole = try Self.provenance(Self.second, "v1", .max)
        #expect(whole.goText() == (try JSON(parsing: Array(expected.utf8))).goText())
        let little = try Self.provenance(Self.second, "v1", .min)
        #expect(little.members?.map(\.name) == ["builder", "buildType", "materials", "invocation"])
    }

    @Test(arguments: ["", "[]", "null", "7", "{", #"{"buildDefinition":7,"runDetails":[]}"#])
    func `what is no predicate is an error, or an empty one`(text: String) {
        let told = try? Self.provenance(text, "v1", .max)
        #expect(told == nil || text.hasPrefix(#"{"build"#))
    }
}
