import Foundation
import Testing

/// The README's tour and the pages of the documentation, done as a reader would do them.
@Suite struct TourTests {
    /// The pages that tell of a command or a subject with examples.
    static let pages: [String] = {
        let folder = TestPaths.repository + "/Documentation"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().filter { name in
            guard name.hasSuffix(".md"), let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                return false
            }
            return String(decoding: data, as: UTF8.self).contains("\n```sh\n")
        }
    }()

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `every command of the README's tour prints what it shows`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try await walk("README.md", section: "A tour", in: directory, on: engine)
        }
    }

    @Test(.requires(.docker26), arguments: pages)
    func `every command of a page prints what it shows`(page: String) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                let registry = ["REGISTRY": registry.address + "/team"]
                try await walk("Documentation/" + page, in: directory, on: engine, environment: registry)
            }
        }
    }

    @Test func `there are pages with examples`() {
        #expect(Self.pages.count >= 11)
    }

    /// Runs the `sh` blocks of a page in an empty folder that has a `caisson` and a busybox at hand.
    private func walk(
        _ page: String,
        section: String? = nil,
        in directory: URL,
        on engine: TestEngine,
        environment: [String: String] = [:]
    ) async throws {
        let programs = directory.appending(path: "repository/.build/release")
        try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: programs.appending(path: "caisson").path,
            withDestinationPath: TestPaths.caisson
        )
        let busybox = URL(filePath: TestPaths.busybox).deletingLastPathComponent().path
        let own = [
            "CAISSON_HOST": engine.address, "TMPDIR": directory.path, "HOME": directory.path,
            "PATH": "\(programs.path):\(busybox):/usr/bin:/bin",
            // The pages name builders, and so do those on other engines.
            "CAISSON_HOME": directory.appending(path: "state").path,
        ]
        var command = walker([TestPaths.repository + "/" + page] + (section.map { [$0] } ?? []))
        command.environment.merge(own) { $1 }
        command.environment.merge(environment) { $1 }
        command.directory = directory.appending(path: "repository").path
        let result = try await run(command, within: .seconds(240))
        #expect(result.succeeded, "\(result.output)\(result.errorOutput)")
    }

    private func walker(_ arguments: [String]) -> Command {
        Command("/bin/bash", [TestPaths.repository + "/Scripts/lib/walk-page"] + arguments)
    }

    // MARK: What follows the pages

    @Test(arguments: [
        ("echo a; echo b >&2", "a\nb\n", true), ("echo a", "b\n", false), ("echo a", nil, false), ("true", nil, true),
        ("echo a1b2c", "a…b…c\n", true), ("echo a1c2b", "a…b…c\n", false), ("echo ab", "a…\n", true),
        ("echo a; echo x; echo b", "a\n…\nb\n", true), ("echo a; echo x; echo c", "a\n…\nb\n", false),
        ("echo xa", "a…\n", false), ("echo ax", "…a\n", false), ("false\necho a", "a\n", false),
        ("false || echo a", "a\n", true), ("false | echo a", "a\n", false), ("exit 0", nil, false),
    ])
    func `a page that promises something else isn't followed`(
        commands: String,
        shown: String?,
        isTrue: Bool
    ) async throws {
        try await withTemporaryDirectory { directory in
            let page = directory.appending(path: "page.md")
            let block = shown.map { "\nIt prints:\n\n```\n\($0)```\n" } ?? ""
            let text = "# A page\n\n```sh\n\(commands)\n```\n\(block)\n```json\n{}\n```\n"
            try Data(text.utf8).write(to: page)
            let result = try await run(walker([page.path]), within: .seconds(20))
            #expect(result.succeeded == isTrue, "\(result.output)")
        }
    }

    @Test func `the blocks of a page share a shell, and only a section's are run where one is named`() async throws {
        try await withTemporaryDirectory { directory in
            let page = directory.appending(path: "page.md")
            let first = "# A page\n\n## One\n\n```sh\nword=kept\n```\n\n```sh\necho $word\n```\n\n```\nkept\n```\n"
            try Data((first + "\n## Two\n\n```sh\nfalse\n```\n").utf8).write(to: page)
            #expect(try await run(walker([page.path, "One"]), within: .seconds(20)).succeeded)
            #expect(try await !run(walker([page.path]), within: .seconds(20)).succeeded)
            #expect(try await !run(walker([page.path, "Three"]), within: .seconds(20)).succeeded)
        }
    }

    @Test func `the README begins with a sentence, a picture and the two commands`() throws {
        let text = try String(contentsOf: URL(filePath: TestPaths.repository + "/README.md"), encoding: .utf8)
        let parts = text.components(separatedBy: "\n\n")
        try #require(parts.count > 4)
        #expect(parts[0] == "# Caisson" && parts[1].hasPrefix("Caisson replaces the command `docker buildx build`"))
        #expect(parts[1].count { $0 == "." } == 1)
        #expect(parts[2].hasPrefix("![") && parts[2].hasSuffix("](Documentation/failure.svg)"))
        #expect(parts.first { $0.hasPrefix("```") } == "```sh\nScripts/demo\nScripts/test\n```")
        for script in ["Scripts/demo", "Scripts/test"] {
            #expect(FileManager.default.isExecutableFile(atPath: TestPaths.repository + "/" + script))
        }
    }
}
