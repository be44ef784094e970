import Foundation
import Glibc
import Testing

/// Saves and restores of cache mounts that are killed midway.
struct CacheMountKillTests {
    private typealias Mounts = CacheMountTests

    private static func command(_ words: [String], on engine: TestEngine, in directory: URL) -> Command {
        var command = Command.caisson(["cache"] + words + ["--image", "toolbox:mounts"], on: engine)
        command.directory = directory.path
        return command
    }

    /// Files whose names are the digests of what they hold.
    private static let fill = """
        i=0; while [ $i -lt 24 ]; do
        head -c 1000000 /dev/urandom >new; mv new $(sha256sum <new | cut -d' ' -f1); i=$((i + 1))
        done
        """
    /// Tells the files that don't hold what their names say, and how many there are.
    private static let check = """
        for f in *; do [ "$f" = "$(sha256sum <"$f" | cut -d' ' -f1)" ] || [ "$f" = '*' ] || echo "bad $f" >>/out/list; done
        ls | wc -l >>/out/list
        """

    /// Kills a command after a while with all that it started.
    private static func kill(_ command: Command, after pause: Duration) async throws {
        let process = try RunningProcess.start(command)
        try await Task.sleep(for: pause)
        process.sendToGroup(SIGKILL)
        _ = try? await process.finish(within: .seconds(20))
    }

    @Test(.requires(.docker28), arguments: ["m", "m.tar"])
    func `a save that is killed leaves what was saved`(place: String) async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await withTemporaryDirectory { directory in
            _ = try await Mounts.toolbox(on: engine, in: directory.appending(path: "t"))
            let mount = Mounts.Mount("kill")
            let save = Self.command(["save", mount.id, "--to", place], on: engine, in: directory)
            try await Mounts.run(Self.fill, in: mount, on: engine, directory)
            let whole = try await runSuccessfully(save)
            for pause in [150, 400, 700, 1000, 1400] {
                try await Mounts.run(
                    "echo \(pause) >n; mv n $(sha256sum <n | cut -d' ' -f1)",
                    in: mount,
                    on: engine,
                    directory
                )
                try await Self.kill(save, after: .milliseconds(pause))
                // Killed or done, a restore finds something whole.
                try await runSuccessfully(
                    Self.command(["restore", mount.id, "--from", place], on: engine, in: directory)
                )
            }
            let last = try await runSuccessfully(save, within: whole.wallTime * 10 + .seconds(30)).output
            #expect(last.contains(mount.id) && last.contains(" 29 "), "\(last)")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(!names.contains { $0.contains(".caisson-new") || $0.hasPrefix(".caisson-mounts") }, "\(names)")
        }
    }

    @Test(.requires(.docker28))
    func `a restore that is killed leaves no half of a file`() async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await withTemporaryDirectory { directory in
            _ = try await Mounts.toolbox(on: engine, in: directory.appending(path: "t"))
            let mount = Mounts.Mount("kill")
            try await Mounts.run(Self.fill, in: mount, on: engine, directory)
            try await runSuccessfully(Self.command(["save", mount.id, "--to", "m"], on: engine, in: directory))
            let restore = Self.command(["restore", mount.id, "--from", "m"], on: engine, in: directory)
            for pause in [200, 500, 700, 900, 1200] {
                try await Mounts.run("rm -rf * .caisson*", in: mount, on: engine, directory)
                try await Self.kill(restore, after: .milliseconds(pause))
                let list = try await Mounts.run(Self.check, in: mount, on: engine, directory)
                #expect(!list.contains("bad"), "\(pause): \(list)")
            }
            try await runSuccessfully(restore)
            let list = try await Mounts.run(
                Self.check + "; ls -a | grep -c caisson >>/out/list || true",
                in: mount,
                on: engine,
                directory
            )
            #expect(list == "24\n0\n", "\(list)")
        }
    }
}
