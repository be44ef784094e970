import Foundation
import Testing

/// Where a kernel's tree comes from, what is changed in it, and by what tools it is built.
@Suite struct KernelSourceTests {
    /// A job on an engine whose image of tools has git, and two repositories: `/repo.git`, and its submodule.
    private static func withRepository(
        _ kind: EngineKind,
        _ body: (KernelWork.Job, _ commits: [String]) async throws -> Void
    ) async throws {
        let engine = try await TestEngine.shared(kind)
        var commits: [String] = []
        let image = try await KernelWork.tools(
            on: engine,
            programs: ["/usr/bin/git"],
            folders: ["/usr/lib/git-core", "/usr/share/git-core"]
        ) { root in
            try await withTemporaryDirectory { commits = try await makeRepositories(in: $0, root.path) }
        }
        try await withTemporaryDirectory { directory in
            try await body(KernelWork.Job(directory: directory, engine: engine, image: image), commits)
        }
    }

    /// Two commits of the tree, the first one tagged and the second one with another release and a submodule.
    private static func makeRepositories(in folder: URL, _ root: String) async throws -> [String] {
        let script = """
            set -eu
            export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a \
                GIT_COMMITTER_EMAIL=a@b GIT_AUTHOR_DATE=2023-01-01T00:00:00Z GIT_COMMITTER_DATE=2023-01-01T00:00:00Z
            git init -q -b main sub; echo sub > sub/file; git -C sub add .; git -C sub commit -qm sub
            git clone -q --bare sub "$1/sub.git"
            cp -R "$2" repo; rm -rf repo/toolchain; git init -q -b main repo; cd repo
            git add -A; git commit -qm one; git tag -a v1 -m v1
            sed -i 's/^EXTRAVERSION =/EXTRAVERSION = -two/' Makefile
            git -c protocol.file.allow=always submodule -q add ../sub sub
            sed -i 's|url = .*|url = file:///sub.git|' .gitmodules; git commit -qam two
            git clone -q --bare . "$1/repo.git"
            git rev-parse 'v1^{commit}' main
            """
        var command = Command("sh", ["-c", script, "sh", root, KernelWork.tree])
        command.directory = folder.path
        return try await runSuccessfully(command).output.split(separator: "\n").suffix(2).map(String.init)
    }

    @Test(.requires(.docker20), .requires(.docker26), arguments: [EngineKind.docker20, .docker26])
    func `a branch, a tag and a commit of a repository are what is built, and its time is the commit's`(
        kind: EngineKind
    ) async throws {
        try await Self.withRepository(kind) { job, commits in
            let url = "file:///repo.git"
            for (reference, commit, release) in [
                ("#main", commits[1], "6.1.192-two"), ("#v1", commits[0], "6.1.192"), ("", commits[1], "6.1.192-two"),
                ("#" + commits[0], commits[0], "6.1.192"),
            ] {
                let (manifest, result) = try await job.run(["--git", url + reference, "image"], tree: nil)
                #expect(result.succeeded && manifest.status == "PASS", "\(reference): \(result.errorOutput)")
                #expect(manifest.inputs.first { $0.kind == "git" }?.commit == commit)
                #expect(manifest.artifacts.first { $0.path == "bzImage" }?.kernelrelease == release)
                #expect(manifest.state("fetch") == "PASS" && job.text("logs/00-fetch.log").contains(commit))
                #expect(job.text("manifest.json").contains("\"SOURCE_DATE_EPOCH\": \"1672531200\""))
            }
            #expect(job.text("metadata.json").contains(commits[0]))
            let (missing, result) = try await job.run(["--git", url + "#nope", "image"], tree: nil)
            #expect(missing.status == "FAIL" && result.errorOutput.contains("can't fetch nope from file:///repo.git"))
        }
    }

    @Test(.requires(.docker26))
    func `submodules are there where they are asked for, and patches in every kind of source`() async throws {
        try await Self.withRepository(.docker26) { job, _ in
            let fragment = "--- a/Makefile\n+++ b/Makefile\n@@ -1,6 +1,6 @@\n"
            let lines = try String(contentsOfFile: KernelWork.tree + "/Makefile", encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false).prefix(6)
            // The fixture's first line is a remark, which the patch writes anew.
            let body = "-\(lines[0])\n+# patched\n" + lines.dropFirst().map { " \($0)\n" }.joined()
            let patch = job.directory.appending(path: "a b.patch")
            try (fragment + body).write(to: patch, atomically: true, encoding: .utf8)
            let wrong = job.directory.appending(path: "wrong.patch")
            try (fragment + body.replacing("# A stand-in", with: "# another")).write(
                to: wrong,
                atomically: true,
                encoding: .utf8
            )
            let git = ["--git", "file:///repo.git", "--artifact", "copied/*", "COPY=1", "image"]
            let (with, told) = try await job.run(git + ["--git-submodules", "--patch", patch.path], tree: nil)
            #expect(with.status == "PASS", "\(told.errorOutput)")
            #expect(job.text("copied/Makefile").hasPrefix("# patched\n"))
            #expect(job.text("copied/sub") == "sub\n")
            let (without, _) = try await job.run(git, tree: nil)
            #expect(without.status == "PASS" && job.text("copied/Makefile").hasPrefix("# A stand-in"))
            #expect(job.text("copied/sub").isEmpty)
            let path = ["--artifact", "copied/*", "COPY=1", "image", "--patch", patch.path]
            #expect(try await job.run(path).0.status == "PASS")
            #expect(job.text("copied/Makefile").hasPrefix("# patched\n"))
            let failed = try await run(job.command(["image", "--patch", wrong.path]))
            #expect(!failed.succeeded && failed.errorOutput.contains("doesn't apply"), "\(failed.errorOutput)")
        }
    }

    @Test(.requires(.docker20), .requires(.docker26), arguments: [EngineKind.docker20, .docker26])
    func `built again a kernel is the same, and what differs is told by file and place`(kind: EngineKind) async throws {
        try await KernelWork.withJob(kind) { job in
            let (same, result) = try await job.run(["--check", "rebuild", "image", "modules"])
            #expect(same.status == "PASS" && same.reproducibility?.different == [], "\(result.errorOutput)")
            #expect(same.reproducibility?.identical.contains("bzImage") == true)
            let (varied, other) = try await job.run(["--check", "rebuild-varied", "-w", "ccache", "image"])
            #expect(varied.status == "PASS" && varied.reproducibility?.mode == "rebuild-varied", "\(other.errorOutput)")
            let (dated, told) = try await job.run(["--check", "rebuild", "FAKE_DATE=1", "image"])
            #expect(dated.status == "FAIL" && dated.reproducibility?.identical.contains("config") == true)
            #expect(told.errorOutput.contains("repro.diff"), "\(told.errorOutput)")
            #expect(dated.validation.first { $0.check == "repro.diff" }?.status == "FAIL")
        }
    }

    @Test(.requires(.docker26))
    func `tools that no image is named for are built once, and told where that fails`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        let base = try await KernelWork.tools(on: engine) { root in
            let bin = root.appending(path: "bin")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            for name in ["apt-get", "dpkg-query"] {
                let file = bin.appending(path: name)
                try "#!/bin/sh\necho ran $0 $*\n".write(to: file, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
            }
        }
        try await withTemporaryDirectory { directory in
            let job = KernelWork.Job(directory: directory, engine: engine, image: "")
            let (first, result) = try await job.run(["--toolchain-base", base, "image"])
            #expect(first.status == "PASS", "\(result.errorOutput)")
            #expect(result.errorOutput.contains("ran /bin/apt-get"))
            let (second, again) = try await job.run(["--toolchain-base", base, "image"])
            #expect(second.status == "PASS" && !again.errorOutput.contains("apt-get"))
            // Of this base nothing can be installed.
            let plain = try await KernelWork.tools(on: engine)
            let wrong = try await run(job.command(["--toolchain-base", plain, "image"]))
            #expect(!wrong.succeeded && wrong.errorOutput.contains("named by --image"), "\(wrong.errorOutput)")
        }
    }

    @Test(.requires(.docker20), .requires(.docker26), arguments: [EngineKind.docker20, .docker26])
    func `a kernel is a target of a batch, behind the image of its tools, and its failure is the target's`(
        kind: EngineKind
    ) async throws {
        try await KernelWork.withJob(kind) { job in
            let base = "FROM \(job.image)\nRUN echo tools >/tools\n"
            try base.write(to: job.directory.appending(path: "Dockerfile"), atomically: true, encoding: .utf8)
            let name = uniqueImageName("kerneltools")
            let manifest = """
                keep-going: true
                groups: {default: [x86, broken]}
                targets:
                  tools: {context: ., tags: ["\(name)"], output: ["type=docker"]}
                  x86: {kind: kernel, depends-on: [tools], source: {path: "\(KernelWork.tree)"}, targets: [image],
                        toolchain: {image: "\(name)"}, resources: {cpus: 2}, artifacts: {dest: out}}
                  broken: {kind: kernel, inherits: [x86], make: {args: [FAKE_ERROR=image]}, artifacts: {dest: bad}}
                """
            let file = job.directory.appending(path: "caisson.yaml")
            try manifest.write(to: file, atomically: true, encoding: .utf8)
            var command = Command.caisson(["batch", "--progress", "plain"], on: job.engine)
            command.directory = job.directory.path
            command.environment["CAISSON_HOME"] = job.directory.appending(path: "state").path
            let result = try await run(command)
            #expect(!result.succeeded && result.errorOutput.contains("broken"), "\(result.errorOutput)")
            #expect(job.text("status.json").contains("\"PASS\"") && job.text("manifest.json").contains("bzImage"))
            let bad = job.directory.appending(path: "bad/status.json")
            #expect(try String(contentsOf: bad, encoding: .utf8).contains("\"FAIL\""))
            var wrong = command
            wrong.arguments += ["--print", "--file", "wrong/caisson.yaml", "a"]
            let folder = job.directory.appending(path: "wrong")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try "targets: {a: {kind: kernel, arch: vax, config: {base: a b}}}".write(
                to: folder.appending(path: "caisson.yaml"),
                atomically: true,
                encoding: .utf8
            )
            let told = try await run(wrong)
            #expect(told.status == .exited(2) && told.errorOutput.contains("target a: unknown architecture"))
            #expect(told.errorOutput.contains("[config.name]"))
        }
    }
}
