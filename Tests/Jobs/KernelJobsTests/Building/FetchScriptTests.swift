import CaissonContainerJobs
import Foundation
import Testing

@testable import CaissonKernelJobs

/// The script that fetches, with git and repositories of this machine.
@Suite struct FetchScriptTests {
    /// A folder with a repository of three commits, of which the first two have tags, and what is fetched of it.
    private struct Bench {
        let folder: String

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "caisson-fetch-\(UUID())").path
            for name in ["c/patches", "git", "tmp"] {
                try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
            }
            for file in KernelScripts.files {
                try Data(file.bytes).write(to: URL(filePath: "\(folder)/c/\(file.path)"))
            }
            try Data().write(to: URL(filePath: folder + "/c/patches/list"))
            _ = try run(
                """
                git init -q -b main r && cd r && echo 'VERSION = 6' > Makefile && mkdir lib && echo > lib/a.c
                for n in 1 2 3; do
                    echo $n > lib/b.c && git add -A && git commit -qm $n
                    [ $n = 3 ] || git tag -a v$n -m v$n
                done
                """
            )
        }

        func remove() { try? FileManager.default.removeItem(atPath: folder) }

        /// What a shell says in the folder.
        func run(_ script: String, _ variables: [String: String] = [:]) throws -> String {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", script]
            process.currentDirectoryURL = URL(filePath: folder)
            var environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C"]
            environment.merge(["HOME": folder, "TMPDIR": folder + "/tmp", "GIT_CONFIG_NOSYSTEM": "1"]) { $1 }
            for name in ["GIT_AUTHOR", "GIT_COMMITTER"] {
                environment.merge([name + "_NAME": "a", name + "_EMAIL": "a@example.com"]) { $1 }
            }
            process.environment = environment.merging(variables) { $1 }
            (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, output)
            process.standardError = output
            try process.run()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            let text = String(decoding: bytes, as: UTF8.self)
            return text.split(separator: "\n").joined(separator: "\n")
        }

        /// Fetches for a job, and returns the last line that the script says.
        func fetch(_ job: String, _ values: [String: String], _ variables: [String: String] = [:]) throws -> String {
            var all = ["PATCHES", "GIT_COMMIT", "GIT_REF", "GIT_SECRET", "TIME"].reduce(into: [:]) { $0[$1] = "" }
            all.merge(["GIT_SUBMODULES": "0", "GIT_DEPTH": "1", "KEEPS_HISTORY": "0", "ARCH": "x86_64"]) { $1 }
            all.merge(["NAME": job, "SOURCE": "\(folder)/\(job)/src", "GIT_URL": "file://\(folder)/r"]) { $1 }
            let lines = all.merging(values) { $1 }.map { "KERNEL_\($0)='\($1)'\n" }.joined()
            try Data(lines.utf8).write(to: URL(filePath: folder + "/c/environment"))
            for name in ["src", "job/facts"] {
                let path = "\(folder)/\(job)/\(name)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
            let own = ["CAISSON": folder + "/c", "JOB": "\(folder)/\(job)/job", "GIT_MOUNT": folder + "/git"]
            let said = try run("sh c/fetch.sh", own.merging(variables) { $1 })
            return said.split(separator: "\n").last.map(String.init) ?? ""
        }

        func commit(_ name: String) throws -> String { try run("git -C r rev-parse '\(name)^{commit}'") }
    }

    @Test func `only what another commit changed becomes newer`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        #expect(try bench.fetch("l", ["GIT_REF": "v1"]) == "commit \(bench.commit("v1"))")
        let times = "stat -c %y l/src/Makefile l/src/lib/a.c"
        let before = try bench.run(times)
        let changed = try bench.run("stat -c %y l/src/lib/b.c")
        _ = try bench.fetch("l", ["GIT_REF": "main"])
        #expect(try bench.run(times) == before)
        #expect(try bench.run("stat -c %y l/src/lib/b.c") != changed)
        #expect(try bench.run("cat l/src/lib/b.c") == "3")
    }

    @Test func `what a killed run has left doesn't stop the next one`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        _ = try bench.fetch("k", ["GIT_REF": "v1"])
        // As after a kill in the midst; the tree's own are where its HEAD is.
        _ = try bench.run(
            """
            cd git/repository
            touch config.lock shallow.lock HEAD.lock refs/caisson/k-x86_64.lock objects/pack/tmp_pack_x
            cd ../..
            for d in $(find k -name HEAD); do touch "${d%/*}/index.lock" "$d.lock"; done
            """
        )
        #expect(try bench.fetch("k", ["GIT_REF": "main"]) == "commit \(bench.commit("main"))")
        #expect(try bench.run("find git k -name '*.lock' -o -name 'tmp_*'") == "")
    }

    @Test func `a tree's history is its own, and has the tags`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        _ = try bench.fetch("k", ["GIT_REF": "v2", "KEEPS_HISTORY": "1"])
        #expect(try bench.run("git -C k/src describe --exact-match") == "v2")
        _ = try bench.fetch("l", ["GIT_REF": "main"])
        #expect(try bench.run("git -C k/src describe") == "v2")
        #expect(try bench.run("git -C k/src status --porcelain") == "")
        _ = try bench.fetch("k", ["GIT_REF": "v2"])
        #expect(try bench.run("ls -d k/src/.git").contains("No such file"))
    }

    @Test func `another job's depth doesn't cut a history`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        _ = try bench.fetch("k", ["GIT_REF": "main", "GIT_DEPTH": "0", "KEEPS_HISTORY": "1"])
        _ = try bench.fetch("l", ["GIT_REF": "main", "GIT_DEPTH": "1"])
        #expect(try bench.run("git -C k/src rev-list --count HEAD") == "3")
    }

    @Test func `a commit is found below a shallow history where the server gives none by its digits`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        // Of the first protocol, only what a name has is given.
        let old = ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.version", "GIT_CONFIG_VALUE_0": "0"]
        _ = try bench.fetch("k", ["GIT_REF": "main"], old)
        _ = try bench.run("git -C r tag -d v2")
        let commit = try bench.commit("main~1")
        #expect(try bench.fetch("k", ["GIT_REF": "main", "GIT_COMMIT": commit], old) == "commit \(commit)")
        #expect(try bench.run("cat k/src/lib/b.c") == "2")
    }

    @Test func `git's own reason is told`() throws {
        let bench = try Bench()
        defer { bench.remove() }
        #expect(try bench.fetch("k", ["GIT_REF": "none"]).contains("find remote ref none"))
        #expect(try bench.run("cat k/job/facts/why").contains("find%20remote%20ref%20none"))
    }

    @Test(arguments: [
        ("Username for 'http://127.0.0.1:1': ", "x-access-token"),
        ("Password for 'http://x-access-token@127.0.0.1:1': ", "t0ken"),
        ("Password for 'https://x-access-token@127.0.0.1:1': ", ""),
        ("Password for 'http://x-access-token@127.0.0.1:12': ", ""),
        ("Password for 'http://x://127.0.0.1:1'@example.com': ", ""),
        ("Password for 'http://x@127.0.0.1:1'@example.com': ", ""),
    ])
    func `the token is the answer to the server's own question alone`(question: String, answer: String) throws {
        let bench = try Bench()
        defer { bench.remove() }
        try Data("t0ken\n".utf8).write(to: URL(filePath: bench.folder + "/secret"))
        _ = try bench.fetch("k", ["GIT_URL": "http://127.0.0.1:1/r.git", "GIT_SECRET": "t"])
        let variables = [
            "CAISSON_SCHEME": "http", "CAISSON_SERVER": "127.0.0.1:1", "GIT_SECRET": bench.folder + "/secret",
            "QUESTION": question,
        ]
        #expect(try bench.run("sh tmp/*/askpass \"$QUESTION\"", variables) == answer)
    }
}
