import Foundation
import Testing

/// The README's tour, run as a reader would run it.
@Suite struct TourTests {
    /// A shell block of the README's tour and what its comments say that it prints.
    private struct Block {
        var commands: String
        var promises: [String]
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `every command of the README's tour does what its comment says`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        let blocks = try tour()
        try #require(blocks.count >= 6, "the tour has lost its blocks")
        try await withTemporaryDirectory { directory in
            let output = try await walk(blocks, in: directory, on: engine)
            let promises = blocks.flatMap(\.promises)
            try #require(promises.count >= 10, "the tour has lost its promises")
            for promise in promises { #expect(output.contains(promise)) }
        }
    }

    private func walk(_ blocks: [Block], in directory: URL, on engine: TestEngine) async throws -> String {
        let repository = directory.appending(path: "repository/.build/release")
        try FileManager.default.createDirectory(at: repository, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: repository.appending(path: "caisson").path,
            withDestinationPath: TestPaths.caisson
        )
        let busybox = URL(filePath: TestPaths.busybox).deletingLastPathComponent().path
        let script = blocks.map(\.commands).joined(separator: "\n")
        var command = Command(
            "/bin/bash",
            ["-euo", "pipefail", "-c", script],
            environment: [
                "CAISSON_HOST": engine.address, "TMPDIR": directory.path, "PATH": "\(busybox):/usr/bin:/bin",
                // The tour names a builder, and so do the tours on other engines.
                "CAISSON_HOME": directory.appending(path: "state").path,
            ]
        )
        command.directory = directory.appending(path: "repository").path
        return try await runSuccessfully(command, within: .seconds(240)).output
    }

    /// The `sh` blocks of the section "A tour".
    private func tour() throws -> [Block] {
        let text = try String(contentsOf: URL(filePath: TestPaths.repository + "/README.md"), encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## A tour\n").dropFirst().first)
        let body = try #require(section.components(separatedBy: "\n## ").first)
        return body.components(separatedBy: "```sh\n").dropFirst().compactMap { part in
            guard let commands = part.components(separatedBy: "\n```").first else { return nil }
            let promises = commands.split(separator: "\n").compactMap { line in
                line.components(separatedBy: "# prints: ").dropFirst().first
            }
            return Block(commands: commands, promises: promises)
        }
    }

    @Test func `the README begins with a sentence and the two commands`() throws {
        let text = try String(contentsOf: URL(filePath: TestPaths.repository + "/README.md"), encoding: .utf8)
        let block = "\n\n```sh\nScripts/demo\nScripts/test\n```\n"
        let first = try #require(text.range(of: block))
        #expect(text.hasPrefix("# Caisson\n\nCaisson builds container images"))
        #expect(!text[..<first.lowerBound].dropFirst("# Caisson\n\n".count).contains("\n\n"))
        for script in ["Scripts/demo", "Scripts/test"] {
            #expect(FileManager.default.isExecutableFile(atPath: TestPaths.repository + "/" + script))
        }
    }
}
