import Foundation
import Testing

/// `caisson cache` beside buildx, each on an engine that no other test changes meanwhile.
@Suite(.serialized) struct CacheCommandTests {
    private static let kinds: [EngineKind] = [.docker26, .docker28]

    /// Builds that share layers, have cache mounts with and without an id, and leave what no image has.
    private func fill(_ engine: TestEngine, in directory: URL) async throws {
        let steps = """
            FROM base AS one
            RUN --mount=type=cache,id=with-id,target=/kept head -c 3000000 /dev/urandom >/kept/file
            RUN head -c 2000000 /dev/urandom >/two
            FROM one
            RUN --mount=type=cache,target=/kept/too head -c 1000000 /dev/urandom >/kept/too/file
            COPY word /word

            """
        for word in ["a", "b"] {
            try TestContext.write(TestContext.busyboxBase + steps, to: directory, files: ["word": word])
            try await Build(["-t", "kept-\(word)", "."], in: directory, on: engine).succeed()
            try await Build(["--target", "one", "--build-arg", "X=\(word)", "."], in: directory, on: engine).succeed()
        }
        try await engine.docker("image", "rm", "kept-b")
    }

    private func cache(_ words: [String], on engine: TestEngine) async throws -> String {
        try await runSuccessfully(Command.caisson(["cache"] + words, on: engine)).output
    }

    /// The fields of what is listed that don't change with the moment, by the records' ids.
    private func listed(_ text: String) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let names = ["Size", "Type", "Shared", "Reclaimable", "Mutable", "Description", "CreatedAt", "UsageCount"]
            let id = try #require(object["ID"] as? String)
            found[id] = names.map { "\(object[$0] ?? "none")" } + ["\(object["Parents"] ?? [])"]
        }
        return found
    }

    @Test(.requires(.docker28), arguments: kinds)
    func `what is listed is what buildx lists`(kind: EngineKind) async throws {
        try await TestEngine.withOwn(kind) { engine in
            try await withTemporaryDirectory { directory in
                try await fill(engine, in: directory)
                // The first list changes the last use of what had no size yet.
                _ = try await cache(["du"], on: engine)
                for conditions in [[], ["--filter", "type=exec.cachemount"], ["--filter", "type!=regular"]] {
                    let ours = try await cache(["du", "--format", "json"] + conditions, on: engine)
                    let theirs = try await buildx(["du", "--format", "json"] + conditions, on: engine)
                    let (a, b) = (try listed(ours), try listed(theirs))
                    #expect(a == b && a.count > 1)
                }
                let totals = { (text: String) in
                    text.matches(of: #/\n(Shared|Private|Reclaimable|Total):\s+(\S+)/#).map { "\($0.1) \($0.2)" }
                }
                let (ours, theirs) = (try await cache(["du"], on: engine), try await buildx(["du"], on: engine))
                #expect(totals(ours) == totals(theirs), "\(ours)\n\(theirs)")
                let mounts = try await cache(["du", "--by", "mount"], on: engine)
                #expect(mounts.contains(#/\n/with-id +1 +3\.\d+MB/#) && mounts.contains(#/\n//kept/too +1 +1\.\d+MB/#))
            }
        }
    }

    private static let prunes = [
        ["--filter", "mount=with-id"], ["--filter", "type=source.local"], ["--filter", "until=1h"],
        ["--filter", "description~=word"], [], ["--all", "--filter", "type=regular"],
        ["--all"],
    ]

    @Test(.requires(.docker28), arguments: kinds)
    func `a prune frees what its dry run said, record by record`(kind: EngineKind) async throws {
        try await TestEngine.withOwn(kind) { engine in
            try await withTemporaryDirectory { directory in
                for words in Self.prunes {
                    try await fill(engine, in: directory)
                    let ids = ["--format", "{{.ID}} {{.Size}} {{.Type}}"]
                    let foretold = try await cache(["prune", "--dry-run"] + ids + words, on: engine)
                    let gone = try await cache(["prune", "--force"] + ids + words, on: engine)
                    let (a, b) = (foretold.split(separator: "\n").sorted(), gone.split(separator: "\n").sorted())
                    #expect(a == b, "\(words)")
                    #expect(!a.isEmpty || words.contains("until=1h"), "\(words)")
                }
                let left = try await cache(["du"], on: engine)
                #expect(left.contains(#/\nTotal: +0B\n/#), "\(left)")
            }
        }
    }

    /// Many records that are alike, so that it matters little which of them goes first.
    private func fillWithAlike(_ engine: TestEngine, in directory: URL) async throws {
        let numbers = 1...32
        let stages = numbers.map { "FROM base AS s\($0)\nRUN head -c 300000 /dev/urandom >/f\($0)\n" }.joined()
        let copies = numbers.map { "COPY --from=s\($0) /f\($0) /\n" }.joined()
        try TestContext.write(TestContext.busyboxBase + stages + "FROM scratch\n" + copies, to: directory)
        try await Build(["-t", "alike", "."], in: directory, on: engine).succeed()
    }

    @Test(.requires(.docker28))
    func `with a limit of space the dry run is right within a twentieth`() async throws {
        try await TestEngine.withOwn(.docker28) { engine in
            try await withTemporaryDirectory { directory in
                try await fillWithAlike(engine, in: directory)
                for flags in [["--keep-storage", "10mb"], ["--max-used-space", "4mb"]] {
                    let limit = ["--all", "--format", "{{.Bytes}}"] + flags
                    let foretold = try await cache(["prune", "--dry-run"] + limit, on: engine)
                    let gone = try await cache(["prune", "--force"] + limit, on: engine)
                    let sum = { (text: String) in text.split(separator: "\n").compactMap { Int($0) }.reduce(0, +) }
                    let isNear = abs(sum(foretold) - sum(gone)) * 20 <= sum(gone)
                    #expect(sum(foretold) > 1_000_000 && isNear, "\(flags): \(sum(foretold)), \(sum(gone))")
                }
            }
        }
    }

    @Test(.requires(.docker26))
    func `an engine that knows fewer limits of space isn't told of them`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        let words = ["cache", "prune", "--force", "--filter", "type=frontend", "--max-used-space", "900gb"]
        let refused = try await run(Command.caisson(words, on: engine))
        #expect(refused.status == .exited(2) && refused.errorOutput.contains("0.17"), "\(refused.errorOutput)")
    }

    @Test(.requires(.docker28))
    func `nothing is removed unless somebody wants it`() async throws {
        try await TestEngine.withOwn(.docker28) { engine in
            try await withTemporaryDirectory { directory in
                try await fill(engine, in: directory)
                for (answer, status) in [("", 2), ("n\n", 0), ("maybe\n", 0)] {
                    var asked = Command.caisson(["cache", "prune"], on: engine)
                    asked.input = .data(Data(answer.utf8))
                    let said = try await run(asked)
                    #expect(said.status == .exited(Int32(status)) && said.errorOutput.contains("[y/N]"))
                    #expect(said.output.isEmpty)
                }
                var asked = Command.caisson(["cache", "prune"], on: engine)
                asked.input = .data(Data("y\n".utf8))
                #expect(try await runSuccessfully(asked).output.contains("Total: "))
            }
        }
    }

    private func buildx(_ words: [String], on engine: TestEngine) async throws -> String {
        var command = Command(TestPaths.cache + "/engines/28/bin/docker-buildx", words)
        command.environment["DOCKER_HOST"] = engine.address
        return try await runSuccessfully(command).output
    }
}
