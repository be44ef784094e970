import Foundation
import Testing

/// What `caisson.yaml` says beyond bake files, on a real engine.
@Suite struct ManifestTests {
    private static func write(_ text: String, to directory: URL, files: [String: String] = [:]) throws {
        let all = ["caisson.yaml": text].merging(files) { $1 }
        try TestContext.write(TestContext.busyboxBase, to: directory, files: all)
    }

    @Test(.requires(.docker26))
    func `a template is mounted with the values of its secrets, and nothing of it stays`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        let secret = "open-\(uniqueImageName("sesame"))"
        try await withTemporaryDirectory { directory in
            let manifest = """
                targets:
                  base: {}
                  default:
                    contexts: {base: "target:base"}
                    dockerfile-inline: |
                      FROM base
                      RUN --mount=type=secret,id=app.conf cat /run/secrets/app.conf; wc -c </run/secrets/app.conf >/size
                    output: ["type=tar,dest=out.tar"]
                    secret: ["id=token,env=TOKEN"]
                    templates: [{source: app.conf, secrets: [token]}]
                """
            try Self.write(manifest, to: directory, files: ["app.conf": "password={{ token }}\n"])
            let batch = Batch(["--progress", "plain"], in: directory, on: engine, environment: ["TOKEN": secret])
            let said = try await batch.succeed().errorOutput
            #expect(!said.contains(secret) && said.contains("***"), "\(said)")
            let tar = try Data(contentsOf: directory.appending(path: "out.tar"))
            #expect(tar.range(of: Data(secret.utf8)) == nil)
            #expect(tar.range(of: Data("\("password=\(secret)\n".utf8.count)\n".utf8)) != nil)
        }
    }

    @Test(.requires(.docker26))
    func `what depends on a failed target is skipped, with keep-going nothing else is, and always is run`() async throws
    {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let manifest = """
                keep-going: true
                defaults: {output: ["type=cacheonly"]}
                groups: {default: [after, other, clean]}
                targets:
                  base: {}
                  bad:
                    contexts: {base: "target:base"}
                    dockerfile-inline: "FROM base\\nRUN echo \(uniqueImageName("bad")); exit 4\\n"
                  after: {depends-on: [bad]}
                  clean: {depends-on: {bad: always}}
                  other:
                    contexts: {base: "target:base"}
                    dockerfile-inline: "FROM base\\nRUN sleep 1; echo \(uniqueImageName("other"))\\n"
                """
            try Self.write(manifest, to: directory)
            let result = try await Batch(["--progress", "plain"], in: directory, on: engine).run()
            let said = result.errorOutput
            #expect(result.status == .exited(1))
            #expect(said.contains(#/\n bad +failed /#) && said.contains(#/\n other +built /#), "\(said)")
            #expect(said.contains(#/\n after +skipped +not built, as bad failed/#), "\(said)")
            #expect(said.contains(#/\n clean +built /#), "\(said)")
        }
    }
}
