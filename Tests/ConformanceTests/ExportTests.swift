import Foundation
import Testing

/// Exports as other programs read them, and where they can't be written.
@Suite struct ExportTests {
    /// Prints kind, mode, size, time, target and number of names of every file below the working directory; Python gives
    /// links no times.
    private static let look = """
        find . -mindepth 1 -type d -printf '%P|d|%m|%Ts\\0' -o -mindepth 1 -type l -printf '%P|l|%l\\0' \\
            -o -mindepth 1 -printf '%P|%y|%m|%s|%Ts|%n\\0' | sort -z
        """

    /// Makes a tree of everything that a tar can have, in the working directory.
    private static let plant = """
        mkdir -p empty sticky "$(printf '%0200d' 7)/$(printf '%0200d' 8)"
        chmod 1777 sticky
        printf 1 >"$(printf '%0200d' 7)/$(printf '%0200d' 8)/$(printf '%0255d' 9)"
        printf 22 >"$(printf 'bytes \\377\\376')"
        printf 333 >"$(printf 'line\\nbreak')"
        printf 4444 >"caf\u{E9}"
        printf 5 >setuid; chmod 4755 setuid
        printf 666 >first; ln first second
        ln -s "$(printf '%0150d' 3)" link
        head -c 2000000 /dev/urandom >large
        touch -d @1234567890 first; touch -d @-5 caf*
        """

    private static let python = """
        import os, sys, tarfile
        with tarfile.open(sys.argv[1], errors="surrogateescape") as tar:
            tar.extractall(".", filter="fully_trusted")
        """

    /// Runs a script in the shell, with the program under test as `$caisson` and a folder of its own.
    private func shell(_ script: String, in directory: URL) async throws -> ProcessResult {
        var command = Command("/bin/bash", ["-c", "set -eu\n" + script])
        command.environment["caisson"] = TestPaths.caisson
        command.environment["LC_ALL"] = "C.UTF-8"
        command.directory = directory.path
        return try await run(command)
    }

    private func succeed(_ script: String, in directory: URL) async throws -> String {
        let result = try await shell(script, in: directory)
        try #require(result.succeeded, "\(result.errorOutput)")
        return result.output
    }

    @Test(arguments: [
        "tar --xattrs --xattrs-include='*' -xpf ../export.tar", "bsdtar -xpf ../export.tar",
        "python3 -c \"$python\" ../export.tar",
    ])
    func `other programs unpack what was packed`(reader: String) async throws {
        try await withTemporaryDirectory { directory in
            _ = try await succeed("mkdir tree out; cd tree\n" + Self.plant, in: directory)
            _ = try await succeed("$caisson context export -o export.tar tree", in: directory)
            let python = "python='\(Self.python)'\n"
            _ = try await succeed("cd out\n" + python + reader + " 2>/dev/null", in: directory)
            let wanted = try await succeed("cd tree\n" + Self.look, in: directory)
            let found = try await succeed("cd out\n" + Self.look, in: directory)
            #expect(found == wanted)
            _ = try await succeed("diff -r --no-dereference tree out", in: directory)
        }
    }

    @Test func `extended attributes and capabilities arrive`() async throws {
        try await withTemporaryDirectory { directory in
            let script = """
                mkdir tree out; printf x >tree/f
                python3 - <<'PYTHON'
                import os, struct, sys
                try:
                    os.setxattr("tree/f", "user.note", b"a\\nb\\0c")
                    os.setxattr("tree/f", "security.capability", struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0))
                except OSError as error:
                    sys.exit(77)
                PYTHON
                $caisson context export -o export.tar tree
                tar -C out --xattrs --xattrs-include='*' -xpf export.tar
                python3 - <<'PYTHON'
                import os
                for name in ("user.note", "security.capability"):
                    assert os.getxattr("tree/f", name) == os.getxattr("out/f", name), name
                PYTHON
                """
            let result = try await shell(script, in: directory)
            // 77: the file system of the test takes no attributes.
            #expect(result.succeeded || result.status == .exited(77), "\(result.errorOutput)")
        }
    }

    @Test(arguments: [
        "tar -tvf -", "bsdtar -tvf -",
        "python3 -c 'import sys, tarfile; print(tarfile.open(fileobj=sys.stdin.buffer, mode=\"r|\").next().size)'",
    ])
    func `the size of a file of nine gibibytes is read`(reader: String) async throws {
        try await withTemporaryDirectory { directory in
            let script = "mkdir tree; truncate -s 9G tree/f; ($caisson context export tree || true) 2>/dev/null"
            let result = try await succeed(script + " | head -c 4096 | (\(reader) || true) 2>/dev/null", in: directory)
            #expect(result.contains("9663676416"), "\(result)")
        }
    }

    @Test(arguments: ["none", "gzip", "zstd", "xz"])
    func `with SOURCE_DATE_EPOCH the same files give the same bytes`(compression: String) async throws {
        try await withTemporaryDirectory { directory in
            let export = "SOURCE_DATE_EPOCH=7 $caisson context export --compress \(compression) tree"
            let result = try await succeed(
                """
                mkdir tree; (cd tree; \(Self.plant)); cp -a tree other; rm -r tree/*/; cp -a other/*/ tree
                \(export) | tee 1.tar | sha256sum; touch -h tree/*; sleep 1.1; \(export) | sha256sum
                bsdtar -xOf 1.tar large | cmp - tree/large
                """,
                in: directory
            )
            let sums = result.split(separator: "\n")
            #expect(sums.count == 2 && sums[0] == sums[1])
        }
    }

    @Test(arguments: [
        ("$caisson context export tree | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", "its reader has gone away"),
        ("$caisson context export tree >/dev/full", "the disk is full"),
        ("$caisson context export -o /dev/full tree", "\"/dev/full\": the disk is full"),
        ("ulimit -n 10; $caisson context export tree", "too many open files; raise `ulimit -n`"),
        ("ulimit -f 100; trap '' XFSZ; $caisson context export -o out.tar tree", "see `ulimit -f`"),
    ])
    func `what can't be written is said, with status 1`(script: String, text: String) async throws {
        try await withTemporaryDirectory { directory in
            let make = "mkdir -p tree/a/b; head -c 3000000 /dev/zero >tree/f; printf x >tree/a/b/g\n"
            let result = try await shell(make + script, in: directory)
            #expect(result.status == .exited(1) && result.errorOutput.contains(text), "\(result.errorOutput)")
            #expect(try await succeed("ls -A", in: directory) == "tree\n")
        }
    }

    @Test func `a full disk leaves nothing behind, and what had the name before stays`() async throws {
        try await withTemporaryDirectory { directory in
            let script = """
                mkdir tree disk; head -c 3000000 /dev/zero >tree/f
                unshare -m bash -c 'mount -t tmpfs -o size=1m none disk && printf old >disk/out.tar && \
                    ! $caisson context export -o disk/out.tar tree && ls -A disk && cat disk/out.tar'
                """
            let result = try await shell(script, in: directory)
            #expect(result.succeeded && result.output == "out.tar\nold", "\(result.errorOutput)")
            #expect(result.errorOutput.contains("\"disk/out.tar\": the disk is full"))
        }
    }
}
