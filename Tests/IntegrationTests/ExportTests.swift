import Foundation
import Testing

/// Files that come out of a build: exactly those of the stage.
@Suite struct ExportTests {
    /// A stage with every kind of file, made by a shell as names in a Dockerfile have to be UTF-8.
    static let oddFiles =
        TestContext.busyboxBase + #"""
            FROM base AS made
            RUN mkdir -p /out/empty /out/deep/er /out/open && cd /out && \
                printf hello >plain && printf prog >deep/er/run && chmod 4755 deep/er/run && \
                printf group >g && chmod 2640 g && printf none >locked && chmod 000 locked && \
                chmod 1777 open && chmod 700 deep && \
                ln plain deep/second && ln plain third && \
                ln -s plain link && ln -s /no/such\ place dangling && ln -s ../deep deep/up && \
                printf 1 >'two words' && printf 2 >"$(printf 'line\nbreak')" && printf 3 >"$(printf 'raw\377\376')" && \
                printf 4 >"$(printf 'na\303\257ve')" && printf 5 >'*?[x]' && printf 6 >'-rf' && printf 7 >'back\slash' && \
                head -c 3000000 /dev/zero >big
            FROM scratch AS files
            COPY --from=made /out/ /
            """# + "\n"

    /// What `oddFiles` makes, as the listing shows it.
    static let oddListing = [
        "%2A%3F%5Bx%5D file 644 5", "-rf file 644 6", "back%5Cslash file 644 7",
        "big file 644 3000000:59d6ba5efda51c13f6c0b21600dc5fd5be03b2ba0f1d28f9b4e8f62c6c9fbd52",
        "dangling link 777 /no/such%20place", "deep dir 700 ", "deep/er dir 755 ", "deep/er/run file 4755 prog",
        "deep/second file 644 hello = deep/second,plain,third", "deep/up link 777 ../deep", "empty dir 755 ",
        "g file 2640 group", "line%0Abreak file 644 2", "link link 777 plain", "locked file 0 none",
        "na%C3%AFve file 644 4", "open dir 1777 ", "plain file 644 hello = deep/second,plain,third",
        "raw%FF%FE file 644 3", "third file 644 hello = deep/second,plain,third", "two%20words file 644 1",
    ]

    /// The listing without the large file's digest, which only has to be the same everywhere.
    private static func withoutDigest(_ lines: [String]) -> [String] {
        lines.map { $0.hasPrefix("big ") ? String($0.prefix { $0 != ":" }) : $0 }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a folder gets exactly the stage's files`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(Self.oddFiles, to: directory)
            try await Build(["-o", "out dir/new", "."], in: directory, on: engine).succeed()
            let listing = try await Tools.listing(of: directory.appending(path: "out dir/new").path)
            #expect(Self.withoutDigest(listing) == Self.withoutDigest(Self.oddListing))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a folder that isn't empty keeps what the stage doesn't have`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let files = ["out/plain": "old and longer than the new", "out/own": "kept", "elsewhere": "untouched"]
            try TestContext.write(Self.oddFiles, to: directory, files: files)
            // A link under a name that the stage has is replaced, not followed.
            let link = directory.appending(path: "out/two words").path
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "../elsewhere")
            try await Build(["-o", "type=local,dest=out", "."], in: directory, on: engine).succeed()
            let listing = try await Tools.listing(of: directory.appending(path: "out").path)
            let expected = Self.withoutDigest((Self.oddListing + ["own file 644 kept"]).sorted())
            #expect(Set(Self.withoutDigest(listing)) == Set(expected))
            let elsewhere = try String(contentsOf: directory.appending(path: "elsewhere"), encoding: .utf8)
            #expect(elsewhere == "untouched")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a tar on standard output holds exactly the stage's files`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(Self.oddFiles, to: directory)
            for flags in [["-o", "type=tar,dest=-"], ["-o", "-"], ["-o", "type=tar"]] {
                let result = try await Build(flags + ["."], in: directory, on: engine).succeed()
                let listing = try await Tools.listing(of: result.standardOutput)
                #expect(Self.withoutDigest(listing) == Self.withoutDigest(Self.oddListing), "\(flags)")
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a tar goes into a file with nothing beside it`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.write(Self.oddFiles, to: directory)
            try FileManager.default.createDirectory(
                at: directory.appending(path: "out"),
                withIntermediateDirectories: false
            )
            try await Build(["-o", "type=tar,dest=out/files.tar", "."], in: directory, on: engine).succeed()
            let listing = try await Tools.listing(of: directory.appending(path: "out/files.tar").path)
            #expect(Self.withoutDigest(listing) == Self.withoutDigest(Self.oddListing))
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.appending(path: "out").path)
            #expect(names == ["files.tar"])
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a stage named by target is exported alone`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            try TestContext.copyFixture("multistage", to: directory)
            try await Build(["--target", "files", "-o", "out", "."], in: directory, on: engine).succeed()
            let listing = try await Tools.listing(of: directory.appending(path: "out").path)
            #expect(
                listing == [
                    "greeting.txt file 644 Good%20morning%0A",
                    "result file 644 Good%20morning%2C%20nobody%2C%20from%20here%0A",
                ]
            )
        }
    }
}
