import Foundation
import Testing

/// `caisson batch` beside docker buildx bake, with the same definition on the same engine.
@Suite(.enabled(if: BuildxHelp.isThere, "skipped: no docker-buildx (Scripts/install-engines 28)"))
struct BatchTests {
    static let engines = [EngineKind.docker26, .docker28].filter {
        TestPaths.enginesAreRequired || $0.reasonNotToRun == nil
    }

    /// The images of the fixture by what their names say.
    private static let images = ["api", "web", "tool-small", "tool-large", "tool-huge", "docs"]

    private static func json(_ file: URL) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    }

    @Test(.requires(.docker26), .requires(.docker28), arguments: engines)
    func `eight targets are the images that buildx makes, and each is built once`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { folder in
            let directory = folder.appending(path: "batch")
            try TestContext.copyFixture("batch", to: directory)
            let count = uniqueImageName("count")
            // With one time for all, and without provenance, the same image has the same id.
            let environment = ["COUNT": count, "SOURCE_DATE_EPOCH": "1700000000"]
            let ours = ["--var", "TAG=\(count)-ours", "--metadata-file", "ours.json"]
            let made = try await Batch(ours, in: directory, on: engine, environment: environment).succeed()
            let rows = made.errorOutput.split(separator: "\n").filter { $0.contains("  built  ") }
            #expect(rows.count == 8, "\(made.errorOutput)")
            #expect(rows.contains { $0.hasPrefix(" base ") && $0.contains("for other targets, ") })
            let theirs = environment.merging(["TAG": "\(count)-theirs"]) { $1 }
            let words = ["--metadata-file", "theirs.json"]
            try await runSuccessfully(Batch(words, in: directory, on: engine, environment: theirs).ofBuildx)
            for image in Self.images {
                let ids = try await engine.docker(
                    "image",
                    "inspect",
                    "--format",
                    "{{.Id}}",
                    "batch/\(image):\(count)-ours",
                    "batch/\(image):\(count)-theirs"
                ).split(separator: "\n")
                #expect(ids.count == 2 && Set(ids).count == 1, "\(image): \(ids)")
            }
            try Self.expectSameKeys(directory)
            try await Batch(["-q", "count"], in: directory, on: engine, environment: environment).succeed()
            let counted = try String(contentsOf: directory.appending(path: "counted/counted"), encoding: .utf8)
            #expect(
                counted.split(separator: "\n").map(String.init).sorted()
                    == (["base", "library"] + Self.images).sorted()
            )
        }
    }

    /// Holds that the metadata of each target have the keys that buildx writes, and the values where they aren't its own.
    private static func expectSameKeys(_ directory: URL) throws {
        let ours = try json(directory.appending(path: "ours.json"))
        let theirs = try json(directory.appending(path: "theirs.json"))
        #expect(Set(ours.keys) == Set(theirs.keys) && theirs.count == 8)
        for (name, value) in theirs {
            let expected = try #require(value as? [String: Any])
            let found = try #require(ours[name] as? [String: Any]).filter { !$0.key.hasPrefix("caisson.") }
            #expect(Set(found.keys) == Set(expected.keys), "\(name)")
            let digest = "containerimage.digest"
            #expect(found[digest] as? String == expected[digest] as? String, "\(name)")
        }
    }

    @Test(.requires(.docker28))
    func `checks are answered as buildx has them`() async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await withTemporaryDirectory { directory in
            let text = """
                group "default" { targets = ["good", "bad"] }
                target "good" {
                  description       = "nothing wrong"
                  dockerfile-inline = "FROM scratch\\nCOPY Dockerfile /\\n"
                }
                target "bad" {
                  dockerfile-inline = "FROM scratch\\nMAINTAINER me\\nCOPY Dockerfile /\\n"
                  args              = { A = "<b>" }
                }
                """
            try Batch.write(text, to: directory)
            let batch = Batch(["--call", "check,format=json"], in: directory, on: engine)
            let (ours, theirs) = (try await batch.run(), try await run(batch.ofBuildx))
            #expect(ours.status == .exited(1) && theirs.status == .exited(1), "\(ours.errorOutput)")
            let expected = try Self.withoutDefinitions(theirs.standardOutput)
            #expect(expected.count > 500 && expected.contains("MaintainerDeprecated"))
            #expect(try Self.withoutDefinitions(ours.standardOutput) == expected)
            let said = try await Batch(["--check", "--progress", "quiet"], in: directory, on: engine).run().output
            #expect(said.hasPrefix("bad\n\n") && said.contains("\ngood\nnothing wrong\n\nCheck complete"), "\(said)")
        }
    }

    /// The JSON with its keys sorted, without what sessions have names of their own in.
    private static func withoutDefinitions(_ data: Data) throws -> String {
        func cut(_ value: Any) -> Any {
            if let list = value as? [Any] { return list.map(cut) }
            guard let table = value as? [String: Any] else { return value }
            return table.filter { $0.key != "definition" }.mapValues(cut)
        }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .prettyPrinted]
        let whole = cut(try JSONSerialization.jsonObject(with: data))
        return String(decoding: try JSONSerialization.data(withJSONObject: whole, options: options), as: UTF8.self)
    }

    @Test(.requires(.docker26))
    func `linked targets are checked without building what they are built from`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let step = "echo \(uniqueImageName("asked"))"
            try Batch.write(Batch.base + Batch.target("app", step), to: directory)
            let result = try await Batch(["--call", "outline", "app"], in: directory, on: engine).succeed()
            #expect(result.output.contains("app\n\nBUILD ARG") && result.output.contains(step))
            #expect(!result.errorOutput.contains("RUN"), "\(result.errorOutput)")
        }
    }

    @Test(.requires(.docker26), .enabled(if: RegistryImages.registryIsThere, "skipped: no docker-registry"))
    func `two targets are pushed, and nothing where two have one tag`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                let name = "\(registry.address)/\(uniqueImageName("push"))"
                let targets = ["one", "two"].map {
                    Batch.target($0, "echo \($0)", more: "tags = [\"\(name)/\($0):1\"]")
                }
                let text = Batch.base + targets.joined().replacing("  output   = [\"type=cacheonly\"]\n", with: "")
                try Batch.write(text, to: directory)
                let both = ["--push", "one", "two"]
                try await Batch(both + ["--metadata-file", "m"], in: directory, on: engine).succeed()
                let metadata = try Self.json(directory.appending(path: "m"))
                for target in ["one", "two"] {
                    let digest = (metadata[target] as? [String: Any])?["containerimage.digest"] as? String
                    let shown = try await runCaisson(["image", "inspect", "\(name)/\(target):1"])
                    #expect(shown.output.contains(try #require(digest)), "\(shown.output)\(shown.errorOutput)")
                }
                let same = ["--set", "*.tags=\(name)/same:1"]
                let refused = try await Batch(both + same, in: directory, on: engine).run()
                #expect(refused.status == .exited(2))
                #expect(refused.errorOutput.contains("both push \(name)/same:1"), "\(refused.errorOutput)")
                #expect(!registry.log.contains("/same/"))
            }
        }
    }
}
