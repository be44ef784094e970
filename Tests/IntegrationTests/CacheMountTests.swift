import Foundation
import Glibc
import Testing

/// `caisson cache save` and `restore` on real engines.
struct CacheMountTests {
    /// A shell and its tools as an image of an engine.
    static func toolbox(on engine: TestEngine, in directory: URL) async throws -> String {
        try TestContext.write(TestContext.busyboxBase, to: directory)
        try await Build(["--load", "-t", "toolbox:mounts", "."], in: directory, on: engine).succeed()
        return "toolbox:mounts"
    }

    /// A mount as a Dockerfile has it, with an id that no other test has.
    struct Mount: Sendable {
        var id: String
        /// Behind the id in a Dockerfile and in a command alike, such as `,uid=7`.
        var owner = ""

        init(_ id: String, owner: String = "") {
            self.id = id + UUID().uuidString.prefix(8)
            self.owner = owner
        }

        var written: String { "\"\(id.replacing("\"", with: "\"\""))\"\(owner)" }
    }

    /// Runs a script in a mount, and returns what it left in `/out/list`.
    @discardableResult
    static func run(
        _ script: String,
        in mount: Mount,
        on engine: TestEngine,
        _ directory: URL,
        arguments: [String] = []
    ) async throws -> String {
        let work = directory.appending(path: UUID().uuidString)
        let dockerfile =
            TestContext.busyboxBase + """
                COPY script /script
                ARG MOUNT
                ARG ONCE
                RUN --mount=type=cache,"id=$MOUNT"\(mount.owner),target=/m mkdir -p /out && touch /out/list && cd /m && sh -e /script $ONCE
                FROM scratch
                COPY --from=base /out/list /

                """
        try TestContext.write(dockerfile, to: work, files: ["script": script])
        let words = ["--build-arg", "MOUNT=\(mount.id)", "--build-arg", "ONCE=\(UUID().uuidString)"]
        try await Build(words + arguments + ["-o", "out", "."], in: work, on: engine).succeed()
        return try String(decoding: Data(contentsOf: work.appending(path: "out/list")), as: UTF8.self)
    }

    /// All that is told of the files of a mount: kinds, permissions, owners, links, sizes, times and content.
    static let listing = """
        find . ! -path './.caisson-restore*' -print0 | sort -z | xargs -0 sh -c 'for f; do
        stat -c "%n %a %u:%g %F %h %N" "$f"
        if [ -f "$f" ] && [ ! -L "$f" ]; then stat -c "%Y %s" "$f"; sha256sum <"$f"; fi
        done' - >/out/list
        """

    /// A mount such as Go's, with folders and files that nobody may write, links, odd names, and a tool's marks on modes.
    private static let goLike = """
        mkdir -p 'mod/cache/download/ex.org/!a/@v' 'mod/ex.org/!a@v1.2.3/empty' build
        for i in $(seq 300); do mkdir -p build/$((i % 16)); echo "object $i" >build/$((i % 16))/$i-d; done
        head -c 700000 /dev/urandom >'mod/cache/download/ex.org/!a/@v/v1.2.3.zip'
        echo 'package a' >'mod/ex.org/!a@v1.2.3/a.go'; ln -s a.go 'mod/ex.org/!a@v1.2.3/link'; ln -s /nowhere 'mod/dead'
        ln build/1/1-d build/hard; touch -d '2001-02-03 04:05:06' build/1/1-d; echo x >'odd "name"
        with $(line)'; printf x >'-rf'; chown 7:8 build/2; chown 9:10 build/2/2-d; chmod 4755 build/3/3-d; chmod 1777 build
        chmod -R a-w mod
        """

    private static func carry(
        _ verb: String,
        _ words: [String],
        on engine: TestEngine,
        in directory: URL
    ) -> Command {
        var command = Command.caisson(["cache", verb, "--image", "toolbox:mounts"] + words, on: engine)
        command.directory = directory.path
        return command
    }

    private static func places(_ registry: TestRegistry) -> [String] {
        ["saved", "saved.tar", "type=registry,ref=\(registry.address)/app:mounts"]
    }

    @Test(.requires(.docker28))
    func `mounts come to a fresh engine with the same bytes`() async throws {
        let (from, to) = (try await TestEngine.shared(.docker26), try await TestEngine.shared(.docker28))
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                for engine in [from, to] { _ = try await Self.toolbox(on: engine, in: directory.appending(path: "t")) }
                let mounts = [Mount("go"), Mount("/root/.cache"), Mount("o,w n", owner: ",uid=7,gid=8,mode=0750")]
                var lists: [String] = []
                for mount in mounts {
                    lists.append(try await Self.run(Self.goLike + "\n" + Self.listing, in: mount, on: from, directory))
                }
                #expect(lists.allSatisfy { $0.count > 10_000 })
                for place in Self.places(registry) {
                    let names = mounts.map(\.written)
                    let save = Self.carry("save", names + ["--to", place], on: from, in: directory)
                    let saved = try await runSuccessfully(save).output
                    #expect(saved.matches(of: #/ saved\n/#).count == 3, "\(saved)")
                    let again = try await runSuccessfully(save).output
                    #expect(again.matches(of: #/ unchanged\n/#).count == 3, "\(again)")
                    try await runSuccessfully(
                        Self.carry("restore", names + ["--from", place, "--replace"], on: to, in: directory)
                    )
                    for (mount, list) in zip(mounts, lists) {
                        #expect(try await Self.run(Self.listing, in: mount, on: to, directory) == list, "\(place)")
                        try await Self.run("rm -rf build; echo changed >left", in: mount, on: to, directory)
                    }
                }
                let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
                #expect(!names.contains { $0.hasPrefix(".caisson-mounts") }, "\(names)")
                for engine in [from, to] {
                    let left = try await runSuccessfully(.caisson(["cache", "du", "--format", "json"], on: engine))
                        .output
                    let scripts = left.split(separator: "\n").filter { $0.contains("caisson-mounts-") }
                    #expect(scripts.allSatisfy { $0.contains("exec.cachemount") }, "\(scripts)")
                }
            }
        }
    }

    @Test(.requires(.docker28), arguments: [EngineKind.docker26, .docker28])
    func `a restore keeps what is there, and a limit takes what was used least recently`(kind: EngineKind) async throws
    {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            _ = try await Self.toolbox(on: engine, in: directory.appending(path: "t"))
            let (first, second) = (Mount("first"), Mount("$sec\"ond é"))
            let fill = "head -c 100000 /dev/urandom >file; echo old >both; mkdir kind; echo x >kind/x"
            for mount in [first, second] { try await Self.run(fill, in: mount, on: engine, directory) }
            try await runSuccessfully(Self.carry("save", [first.written, "--to", "m"], on: engine, in: directory))
            try await runSuccessfully(Self.carry("save", [second.written, "--to", "m"], on: engine, in: directory))
            let over = try await IntegrationTests.run(
                Self.carry(
                    "save",
                    [first.written, second.written, "--to", "m", "--limit", "150k"],
                    on: engine,
                    in: directory
                )
            )
            #expect(
                over.status == .exited(2) && over.errorOutput.contains("nothing was changed"),
                "\(over.errorOutput)"
            )
            let change = "rm -r file kind; echo new >both; echo kind >kind; echo mine >mine"
            try await Self.run(change, in: second, on: engine, directory)
            try await runSuccessfully(
                Self.carry("restore", [second.written, "--from", "m"], on: engine, in: directory)
            )
            let show = "ls -l file >/dev/null && cat both mine kind/x >/out/list"
            #expect(try await Self.run(show, in: second, on: engine, directory) == "old\nmine\nx\n")
            // The second was used last, so the first goes.
            let trimmed = try await runSuccessfully(
                Self.carry("save", [second.written, "--to", "m", "--limit", "150k"], on: engine, in: directory)
            ).output
            #expect(trimmed.contains(#/ removed\n/#) && trimmed.contains(#/ saved\n/#), "\(trimmed)")
            let gone = try await IntegrationTests.run(
                Self.carry("restore", [first.written, "--from", "m"], on: engine, in: directory)
            )
            #expect(gone.status == .exited(2) && gone.errorOutput.contains("has no cache mount"), "\(gone.errorOutput)")
        }
    }

    @Test(.requires(.docker20))
    func `an engine that tells no ids takes them, but none that it would read as another`() async throws {
        let engine = try await TestEngine.shared(.docker20)
        try await withTemporaryDirectory { directory in
            _ = try await Self.toolbox(on: engine, in: directory.appending(path: "t"))
            let odd = try await IntegrationTests.run(
                Self.carry("save", ["$odd", "--to", "m"], on: engine, in: directory)
            )
            #expect(odd.status == .exited(2) && odd.errorOutput.contains("with such characters"), "\(odd.errorOutput)")
            #expect(!FileManager.default.fileExists(atPath: directory.appending(path: "m/index.json").path))
            let all = try await IntegrationTests.run(Self.carry("save", ["--to", "m"], on: engine, in: directory))
            #expect(
                all.status == .exited(2) && all.errorOutput.contains("name them by their ids"),
                "\(all.errorOutput)"
            )
        }
    }
}
