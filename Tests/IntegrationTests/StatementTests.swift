import Foundation
import Testing

/// What is stated about an image and asked of a Dockerfile.
@Suite struct StatementTests {
    private func withLayout(
        _ flags: [String],
        _ body: (_ blobs: [[String: Any]], _ metadata: [String: Any], _ index: [String: Any]) throws -> Void
    ) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase, to: directory)
            let output = ["-o", "type=oci,dest=../i.tar", "--metadata-file", "../m.json", "."]
            let context = directory.appending(path: "context")
            try TestContext.write(TestContext.busyboxBase, to: context)
            try await Build(flags + output, in: context, on: engine).succeed()
            let layout = directory.appending(path: "layout")
            try FileManager.default.createDirectory(at: layout, withIntermediateDirectories: false)
            try await runSuccessfully(
                Command("tar", ["-xf", directory.appending(path: "i.tar").path, "-C", layout.path])
            )
            let folder = layout.appending(path: "blobs/sha256")
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            try body(
                files.compactMap { try? Self.json($0) },
                try Self.json(directory.appending(path: "m.json")),
                try Self.json(layout.appending(path: "index.json"))
            )
        }
    }

    private static func json(_ file: URL) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: try Data(contentsOf: file)) as? [String: Any])
    }

    @Test(.requires(.docker26), arguments: ["min", "max"])
    func `provenance is kept beside the image, in the mode that was asked for`(mode: String) async throws {
        try await withLayout(["--provenance", "mode=\(mode)"]) { blobs, _, _ in
            let statement = blobs.first { ($0["predicateType"] as? String)?.contains("slsa.dev/provenance") == true }
            let predicate = try #require(statement?["predicate"] as? [String: Any])
            #expect(("\(predicate)".contains("llbDefinition")) == (mode == "max"))
        }
    }

    @Test(
        .requires(.docker26),
        arguments: [
            ("", [], true), ("0", [], true), ("1", [], false), ("", ["--provenance=false"], false),
            ("", ["--attest", "type=provenance,disabled=true"], false),
        ] as [(String, [String], Bool)]
    )
    func `the least provenance is pushed beside an image unasked, as with buildx`(
        variable: String,
        flags: [String],
        isKept: Bool
    ) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                try TestContext.write(TestContext.busyboxBase, to: directory)
                let name = "\(registry.address)/\(uniqueImageName("least"))"
                let words = flags + ["--push", "-t", name, "--metadata-file", "m.json", "."]
                let environment = ["BUILDX_NO_DEFAULT_ATTESTATIONS": variable]
                try await Build(words, in: directory, on: engine, environment: environment).succeed()
                let metadata = try Self.json(directory.appending(path: "m.json"))
                let descriptor = try #require(metadata["containerimage.descriptor"] as? [String: Any])
                #expect((descriptor["mediaType"] as? String)?.hasSuffix("index.v1+json") == isKept, "\(descriptor)")
                let ref = try #require(metadata["buildx.build.ref"] as? String)
                #expect(ref.split(separator: "/", omittingEmptySubsequences: false).count == 3, "\(ref)")
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a build with the least provenance goes into the store and to a registry`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                try TestContext.write(TestContext.busyboxBase, to: directory)
                let name = "\(registry.address)/\(uniqueImageName("least"))"
                let flags = ["-t", name, "--metadata-file", "m.json", "."]
                for more in [[], ["--push"]] {
                    let environment = ["BUILDX_NO_DEFAULT_ATTESTATIONS": ""]
                    try await Build(more + flags, in: directory, on: engine, environment: environment).succeed()
                    let metadata = try Self.json(directory.appending(path: "m.json"))
                    #expect((metadata["containerimage.digest"] as? String)?.hasPrefix("sha256:") == true, "\(more)")
                    #expect(try #require(metadata["caisson.image.size"] as? Int) > 100_000, "\(more)")
                }
            }
        }
    }

    @Test(.requires(.docker26))
    func `notes are where they were asked for`() async throws {
        let notes = ["--annotation", "a.note=1", "--annotation", "manifest-descriptor:b.note=2"]
        try await withLayout(notes) { blobs, _, index in
            let manifest = blobs.first { ($0["mediaType"] as? String)?.hasSuffix("image.manifest.v1+json") == true }
            #expect((manifest?["annotations"] as? [String: String])?["a.note"] == "1")
            let entry = (index["manifests"] as? [[String: Any]])?.first
            #expect((entry?["annotations"] as? [String: String])?["b.note"] == "2")
        }
    }

    @Test(.requires(.docker26))
    func `the metadata tell steps and time`() async throws {
        try await withLayout([]) { _, metadata, _ in
            let steps = try #require(metadata["caisson.steps.total"] as? Int)
            #expect(steps >= 3)
            #expect(try #require(metadata["caisson.steps.cached"] as? Int) <= steps)
            #expect(try #require(metadata["caisson.duration.seconds"] as? Double) > 0)
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `the metadata tell the size of the image in the engine's store`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase, to: directory)
            let name = uniqueImageName("size")
            try await Build(["-t", name, "--metadata-file", "m.json", "."], in: directory, on: engine).succeed()
            let metadata = try Self.json(directory.appending(path: "m.json"))
            #expect(try #require(metadata["caisson.image.size"] as? Int) > 100_000)
            #expect(try #require(metadata["caisson.image.layers"] as? Int) == 2)
        }
    }

    @Test(.requires(.docker26))
    func `the metadata tell the packed size of an image in an archive`() async throws {
        try await withLayout([]) { blobs, metadata, _ in
            let manifest = blobs.first { ($0["mediaType"] as? String)?.hasSuffix("image.manifest.v1+json") == true }
            let layers = try #require(manifest?["layers"] as? [[String: Any]])
            let sizes = layers.compactMap { $0["size"] as? Int }
            #expect(sizes.count == 2)
            #expect(metadata["caisson.image.size"] as? Int == sizes.reduce(0, +))
            #expect(metadata["caisson.image.layers"] as? Int == 2)
            #expect(metadata["caisson.image.packed"] as? Bool == true)
        }
    }

    @Test(.requires(.docker26), arguments: ["min", "max", "disabled"])
    func `the metadata tell the provenance as docker buildx does`(detail: String) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + "ARG WORD\nRUN echo $WORD\n", to: directory)
            // A value that is no secret to the Dockerfile, but to the user.
            let flags = [
                "--build-arg", "WORD=hush-hush-1", "--secret", "id=s,env=WORD_SECRET", "--metadata-file", "m.json",
            ]
            let environment = ["BUILDX_METADATA_PROVENANCE": detail, "WORD_SECRET": "hush-hush-1"]
            let files = ["-t", uniqueImageName("provenance"), "."]
            try await Build(flags + files, in: directory, on: engine, environment: environment).succeed()
            let text = try String(contentsOf: directory.appending(path: "m.json"), encoding: .utf8)
            let metadata = try Self.json(directory.appending(path: "m.json"))
            let provenance = metadata["buildx.build.provenance"] as? [String: Any]
            #expect((provenance != nil) == (detail != "disabled"))
            guard let provenance else { return }
            #expect(provenance["buildType"] as? String == "https://mobyproject.org/buildkit@v1")
            let invocation = try #require(provenance["invocation"] as? [String: Any])
            let parameters = try #require(invocation["parameters"] as? [String: Any])
            let arguments = try #require(parameters["args"] as? [String: String])
            #expect(arguments["build-arg:WORD"] == "***")
            #expect(!text.contains("hush-hush-1"))
            #expect((provenance["buildConfig"] != nil) == (detail == "max"))
            #expect((provenance["metadata"] != nil) == (detail == "max"))
        }
    }

    @Test(
        .requires(.docker20),
        arguments: [["--provenance", "true"], ["--sbom", "true"], ["--attest", "type=sbom"]]
    )
    func `statements are refused where the engine makes none`(flags: [String]) async throws {
        let engine = try await TestEngine.shared(.docker20)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase, to: directory)
            try await Build(flags + ["."], in: directory, on: engine).fail(with: 2, saying: "containerd image store")
        }
    }

    @Test(.requires(.docker26))
    func `a source that a policy denies fails the build`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let rule = #"{"rules":[{"action":"DENY","selector":{"identifier":"docker-image://*"}}]}"#
            try TestContext.write("FROM denied.example/a\n", to: directory, files: ["p.json": rule, "q.json": "{}"])
            let flags = ["--source-policy-file", "p.json", "."]
            try await Build(flags, in: directory, on: engine).fail(with: 2, saying: "denied")
            try await Build(["--source-policy-file", "q.json", "."], in: directory, on: engine)
                .fail(with: 2, saying: "no rules")
        }
    }

    @Test(.requires(.docker26))
    func `targets and arguments are told without a build`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            try TestContext.write("ARG WORD=x\nFROM scratch AS one\nFROM scratch AS two\nCOPY . /\n", to: directory)
            let targets = try await Build(["--call", "targets", "."], in: directory, on: engine).succeed()
            #expect(targets.output.contains("one") && targets.output.contains("two"))
            let outline = try await Build(["--call", "outline,format=json", "."], in: directory, on: engine).succeed()
            #expect(try JSONSerialization.jsonObject(with: outline.standardOutput) is [String: Any])
        }
    }

    @Test(.requires(.docker20))
    func `a question that the front end doesn't know is refused as such`() async throws {
        let engine = try await TestEngine.shared(.docker20)
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase, to: directory)
            try await Build(["--check", "."], in: directory, on: engine).fail(
                with: 2,
                saying: "--call check",
                "newer engine"
            )
        }
    }
}
