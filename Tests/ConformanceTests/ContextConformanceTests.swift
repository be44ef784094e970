import CaissonBuildContext
import Foundation
import Glibc
import CaissonIgnoreFile
import Testing

/// What an image gets of a context must be what Docker gives it: the entries of `docker-buildx` on the same engine, and
/// of the list that stands with each case.
@Suite struct ContextConformanceTests {
    @Test func `there are sixty cases at least`() {
        #expect(ContextCase.all.count >= 60)
    }

    @Test(arguments: ContextCase.all)
    func `the walk gives what the list says`(row: ContextCase) async throws {
        // Root may read everything.
        if row.needsUnprivilegedUser, geteuid() == 0 { return }
        try await row.withTree { root in
            if row.errors.isEmpty {
                let found = try row.walkedPaths(root).map { Escapes.encode($0) }
                #expect(found.sorted() == row.expected.map { Escapes.encode($0.path) }.sorted())
            } else {
                #expect(throws: (any Error).self) { try row.walkedPaths(root) }
            }
        }
    }

    @Test(.requires(.docker28), arguments: ContextCase.all)
    func `caisson and buildx make the image of the list`(row: ContextCase) async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await row.withTree { root in
            let theirs = try await run(engine.buildx(row, context: root))
            let theirErrors = row.errors + row.buildErrors + row.errorsByDocker
            try row.check(theirs, row.expectedEntriesByDocker(), theirErrors, "made by buildx")
            let ours = try await run(engine.caissonBuild(row, context: root))
            try row.check(ours, row.expectedEntries(), row.errors + row.buildErrors, "made by caisson")
            if theirs.succeeded, ours.succeeded { try row.checkTimes(theirs, ours) }
        }
    }

    @Test(.requires(.docker28), .requiresExport, arguments: ContextCase.all)
    func `an exported context builds the image of the list`(row: ContextCase) async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await row.withTree { root in
            let export = try await run(row.command(TestPaths.caisson, ["context", "export", "-o", "-"], context: root))
            guard row.errors.isEmpty else {
                #expect(!export.succeeded)
                return
            }
            try #require(export.succeeded, "\(export.errorOutput)")
            let found = try TarEntries.read(Array(export.standardOutput)[...])
            let moved = row.withDockerfileInside(found)
            #expect(try differences(found, moved.expectedEntriesOfExport()) == [], "of the tar itself")
            let built = try await run(engine.buildx(moved, input: export.standardOutput))
            try #require(built.succeeded, "buildx fails:\n\(built.errorOutput)")
            let image = try TarEntries.read(Array(built.standardOutput)[...])
            #expect(try differences(image, moved.expectedEntriesOfExport()) == [], "in the image made of the tar")
        }
    }
}

extension ContextCase {
    /// The case as it is in a tar: a Dockerfile from outside the context has a name of its own there.
    func withDockerfileInside(_ found: [ImageEntry]) -> ContextCase {
        let added = found.first { $0.path.starts(with: ".dockerfile.".utf8) }
        guard dockerfile.hasPrefix("../"), let added, var file = file(at: Array(dockerfile.utf8)) else { return self }
        var moved = self
        (file.path, file.mode) = (added.path, 0o600)
        moved.files.append(file)
        moved.dockerfile = String(decoding: added.path, as: UTF8.self)
        return moved
    }

    /// The paths that an engine's request with this case's ignore file gets.
    func walkedPaths(_ root: String) throws -> [[UInt8]] {
        let own = file(at: Array("\(dockerfile).dockerignore".utf8))
        var ignore = own ?? file(at: Array(".dockerignore".utf8))
        if let link = ignore, link.kind == "l" { ignore = file(at: link.payload) }
        let patterns = try ignore.map { try IgnoreFile(parsing: $0.payload).patterns } ?? []
        let walk = try DirectorySource(path: root).walk(WalkFilter(excludePatterns: patterns))
        var paths: [[UInt8]] = []
        while let entry = try walk.next() { paths.append(entry.path) }
        return paths
    }

    /// Compares what a build printed, a tar or an error, with what the case says of it.
    func check(_ result: ProcessResult, _ wanted: [ImageEntry], _ errors: [String], _ whose: String) throws {
        guard errors.isEmpty else {
            #expect(!result.succeeded, "an image is \(whose)")
            for text in errors where !result.errorOutput.contains(text) {
                Issue.record("no “\(text)” in the error \(whose):\n\(result.errorOutput)")
            }
            return
        }
        try #require(result.succeeded, "no image \(whose):\n\(result.errorOutput)")
        let found = try TarEntries.read(Array(result.standardOutput)[...])
        #expect(differences(found, wanted) == [], "in the image \(whose)")
    }

    /// The times of both images, which no list has.
    func checkTimes(_ theirs: ProcessResult, _ ours: ProcessResult) throws {
        let times = try [theirs, ours].map { result in
            try TarEntries.read(Array(result.standardOutput)[...]).reduce(into: [[UInt8]: String]()) { times, entry in
                // The folders that BuildKit makes on the way have the time of the build.
                if entry.kind != "d" { times[entry.path] = entry.modificationTime }
            }
        }
        for (path, time) in times[1] where times[0][path] != time {
            Issue.record("\(Escapes.encode(path)) is of \(time), by buildx of \(times[0][path] ?? "no time")")
        }
    }

    /// A command that ends with the arguments that name the Dockerfile and the context, run without the rights that
    /// would open every file.
    func command(_ program: String, _ arguments: [String], context: String) -> Command {
        let file = dockerfile == "Dockerfile" ? [] : ["-f", context == "-" ? dockerfile : "\(context)/\(dockerfile)"]
        let line = arguments + file + [context]
        guard needsUnprivilegedUser, geteuid() == 0 else { return Command(program, line) }
        let rights = "-dac_override,-dac_read_search"
        return Command("/usr/bin/setpriv", ["--bounding-set", rights, "--inh-caps", rights, program] + line)
    }
}

extension TestEngine {
    private static let build = ["build", "--no-cache", "-o", "type=tar,dest=-"]

    /// The reference's build of a context to a tar.
    func buildx(_ row: ContextCase, context: String = "-", input: Data? = nil) -> Command {
        var command = row.command(kind.programs + "/docker-buildx", Self.build, context: context)
        command.environment["DOCKER_HOST"] = address
        command.environment["BUILDX_NO_DEFAULT_ATTESTATIONS"] = "1"
        if let input { command.input = .data(input) }
        return command
    }

    /// Our build of the same.
    func caissonBuild(_ row: ContextCase, context: String) -> Command {
        var command = row.command(TestPaths.caisson, Self.build, context: context)
        command.environment["CAISSON_HOST"] = address
        return command
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test while the program can't export contexts.
    static var requiresExport: Self {
        .enabled("caisson has no `context export` yet") {
            try await run(Command(TestPaths.caisson, ["context", "export", "--help"])).succeeded
        }
    }
}
