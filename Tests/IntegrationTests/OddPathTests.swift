import Foundation
import Testing

/// Paths that are no UTF-8, in each place that takes one.
@Suite struct OddPathTests {
    /// What each script may use: a directory with a Dockerfile, whose name ends in a byte that begins no character.
    private static let prologue = """
        set -e
        d=$(printf 'd\\377') && mkdir "$d"
        printf 'FROM scratch\\nCOPY a /b\\n' >"$d/Dockerfile" && echo content >"$d/a"
        build() { "$CAISSON" build "$@"; }

        """

    private static let scripts = [
        "context and directory": #"build -o "out$d" "$d"; cmp "$d/a" "out$d/b"; build -o "out$d" "$d""#,
        "below the directory": #"cd "$d"; build -o "x/out$d/y" .; cmp a "x/out$d/y/b""#,
        "tar": #"build -o "type=tar,dest=t/$d" "$d"; tar -tf "t/$d" | grep -qx b; build -o "type=tar,dest=t/$d" "$d""#,
        "layout": #"build -o "type=oci,dest=l$d" "$d"; tar -tf "l$d" | grep -qx index.json"#,
        "result files": """
        for turn in 1 2; do
            build --iidfile "i$d" --metadata-file "m$d" "$d"
            grep -q sha256: "i$d"; grep -q containerimage.digest "m$d"
        done
        """,
        "link": #"ln -s "i$d" link; build --iidfile link "$d"; test -L link; grep -q sha256: "i$d""#,
        "Dockerfile": """
        mv "$d/Dockerfile" "$d/$d"; printf 'FROM scratch\\nCOPY * /\\n' >"$d/$d"; printf 'a\nd*\n' >"$d/$d.dockerignore"
        build -f "$d/$d" -o out "$d"; test ! -e out/a
        """,
        "Dockerfile elsewhere": #"mv "$d/Dockerfile" "$d$d"; build -f "$d$d" -o out "$d"; cmp "$d/a" out/b"#,
        "secret": """
        printf '%s' "value-of-it" >"s$d"; cp "$BUSYBOX" "$d/busybox"
        printf 'FROM scratch\\nCOPY busybox /\\nRUN --mount=type=secret,id=x ["/busybox","cp","/run/secrets/x","/x"]\\n' \
            >"$d/Dockerfile"
        build --secret id=x,src="s$d" -o out "$d"; cmp "s$d" out/x
        """,
        "named context": """
        mkdir "n$d"; echo named >"n$d/f"; printf 'FROM scratch\\nCOPY --from=n f /\\n' >"$d/Dockerfile"
        build --build-context n="n$d" -o out "$d"; cmp "n$d/f" out/f
        """,
        "local cache": """
        build --strict-cache --cache-to type=local,dest="c$d" -o out "$d"; test -e "c$d/index.json"
        build --cache-from type=local,src="c$d" -o out "$d"
        """,
        "descriptor": #"build --iidfile /dev/fd/3 "$d" 3>"i$d"; grep -q sha256: "i$d""#,
        "context commands":
            #""$CAISSON" context ls "$d" | grep -q a; "$CAISSON" context export -o "e$d" "$d"; tar -tf "e$d" | grep -qx a"#,
        "lint": #""$CAISSON" lint "$d/Dockerfile"; test "$("$CAISSON" lint --format json "$d" || true)" = "[]" "#,
    ]

    private func run(_ script: String, on engine: TestEngine, _ directory: URL) async throws -> ProcessResult {
        var command = Command("/bin/sh", ["-c", Self.prologue + script])
        command.environment["CAISSON_HOST"] = "unix://" + engine.socketPath
        command.environment["CAISSON"] = TestPaths.caisson
        command.environment["BUSYBOX"] = TestPaths.busybox
        command.directory = directory.path
        return try await IntegrationTests.run(command)
    }

    @Test(.requires(.docker28), arguments: scripts.keys.sorted())
    func `a path that isn't UTF-8 is one`(name: String) async throws {
        // Local caches take containerd's image store.
        let engine = try await TestEngine.shared(name == "local cache" ? .docker26 : .docker28)
        try await withTemporaryDirectory { directory in
            let result = try await run(try #require(Self.scripts[name]), on: engine, directory)
            #expect(result.succeeded, "\(result.output)\n\(result.errorOutput)")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `every engine takes a directory and a Dockerfile whose names aren't UTF-8`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        for name in ["context and directory", "Dockerfile elsewhere"] {
            try await withTemporaryDirectory { directory in
                let result = try await run(try #require(Self.scripts[name]), on: engine, directory)
                #expect(result.succeeded, "\(name): \(result.output)\n\(result.errorOutput)")
            }
        }
    }

    @Test(
        .requires(.docker28),
        arguments: [
            #"build --build-arg A="$d" ."#, #"build --label "$d=1" ."#, #"build --target "$d" ."#, #"build -t "$d" ."#,
            #"build --secret id="$d" ."#, #"build "$d$d""#, #"build -f "$d/none$d" "$d""#, #"build "--$d" ."#,
        ]
    )
    func `what is wrong with such a word is said with its bytes`(script: String) async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\n", to: directory)
            let result = try await run(script, on: engine, directory)
            #expect(result.status == .exited(2), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("d\\xff"), "\(result.errorOutput)")
        }
    }
}
