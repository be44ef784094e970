import CaissonBuildModel
import Glibc
import Testing

@testable import CaissonSecrets

@Suite(.timeLimit(.minutes(1))) struct SecretStoreTests {
    /// The stores' own files lie in a folder that goes with the test.
    private func withFile<Result>(_ bytes: [UInt8], _ body: (String) async throws -> Result) async throws -> Result {
        let path = "/tmp/caisson-secret-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        write(descriptor, bytes, bytes.count)
        close(descriptor)
        defer { unlink(path) }
        return try await body(path)
    }

    private func store(_ secrets: [SecretSpec], _ environment: [String: String] = [:]) async throws -> SecretStore {
        var request = BuildRequest(context: .empty)
        request.secrets = secrets
        return try await SecretStore(request, environment: environment)
    }

    private func text(_ store: SecretStore, _ id: String) -> String? {
        store.value(id)?.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `arguments that look like secrets are masked, and words aren't`() async throws {
        var request = BuildRequest(context: .empty)
        request.buildArgs = [
            "API_TOKEN": "tokval-AAA111", "AUTH": "disabled", "DB_PASS": "short", "CACHE_KEY": "a long key",
            "DATABASE_URL": "postgres://user:dbval-CCC333@host/db",
        ]
        let outgoing = try await SecretStore(request, environment: [:]).outgoing
        let masked = outgoing.apply(
            BuildError(.step, "tokval-AAA111 disabled short, a long key of user:dbval-CCC333@host")
        )
        #expect(masked.message == "*** disabled short, a long key of user:***@host")
        request.masksSecrets = false
        let open = try await SecretStore(request, environment: [:]).outgoing
        #expect(open.apply(BuildError(.step, "tokval-AAA111")).message == "tokval-AAA111")
    }

    @Test func `values come from variables and files`() async throws {
        try await withFile(Array("of the file\n".utf8)) { path in
            let store = try await store(
                [
                    SecretSpec(id: "a", source: .environment("VARIABLE")), SecretSpec(id: "b", source: .file(path)),
                    SecretSpec(id: "NAMED"), SecretSpec(id: path),
                    SecretSpec(id: "empty", source: .environment("EMPTY")),
                ],
                ["VARIABLE": "of the variable", "NAMED": "named", "EMPTY": ""]
            )
            #expect(text(store, "a") == "of the variable")
            #expect(text(store, "b") == "of the file\n")
            #expect(text(store, "NAMED") == "named")
            #expect(text(store, path) == "of the file\n")
            #expect(text(store, "empty") == "")
            #expect(store.value("VARIABLE") == nil)
        }
    }

    @Test func `of several with one id the last counts`() async throws {
        let secrets = [
            SecretSpec(id: "a", source: .environment("MISSING")), SecretSpec(id: "a", source: .environment("B")),
        ]
        #expect(text(try await store(secrets, ["B": "2"]), "a") == "2")
    }

    @Test(arguments: [
        (SecretSpec(id: "a", source: .environment("GONE")), ["\"a\"", "variable \"GONE\" isn't set"]),
        (SecretSpec(id: "a", source: .file("/no/such")), ["id=a", "\"/no/such\"", "there is no file"]),
        (SecretSpec(id: "nowhere"), ["\"nowhere\"", "neither"]),
        (SecretSpec(id: "a", source: .file("/tmp")), ["\"/tmp\"", "Is a directory"]),
        (SecretSpec(id: "a", source: .file("/dev/zero")), ["\"/dev/zero\"", "512000"]),
        (SecretSpec(id: "a", source: .environment("LONG")), ["\"a\"", "\"LONG\"", "512001", "500 KiB"]),
    ])
    func `a value that can't be had is wrong input`(secret: SecretSpec, words: [String]) async throws {
        let long = String(repeating: "x", count: 500 * 1024 + 1)
        let error = await #expect(throws: BuildError.self) { try await store([secret], ["LONG": long]) }
        #expect(error?.exitStatus == 2)
        for word in words { #expect(error?.message.contains(word) == true, "\(error?.message ?? "")") }
    }

    @Test func `a file that isn't there has the nearest name of its folder beside it`() async throws {
        try await withFile([7]) { path in
            for name in [path + "x", String(path.dropLast())] {
                let error = await #expect(throws: BuildError.self) {
                    try await store([SecretSpec(id: "a", source: .file(name))])
                }
                #expect(error?.message == "secrets id=a: there is no file \"\(name)\"; did you mean \(path)?")
            }
        }
    }

    @Test func `a file may have 500 KiB and no more`() async throws {
        try await withFile([UInt8](repeating: 7, count: 500 * 1024)) { path in
            var request = BuildRequest(context: .empty)
            request.secrets = [SecretSpec(id: "a", source: .file(path))]
            request.masksSecrets = false
            let store = try await SecretStore(request, environment: [:])
            #expect(store.value("a")?.count == 500 * 1024)
        }
        try await withFile([UInt8](repeating: 7, count: 500 * 1024 + 1)) { path in
            let error = await #expect(throws: BuildError.self) {
                try await store([SecretSpec(id: "big", source: .file(path))])
            }
            #expect(error?.message.contains("\"big\"") == true && error?.message.contains(path) == true)
        }
    }

    @Test func `a pipe is read to its end, and may be slow`() async throws {
        let path = "/tmp/caisson-fifo-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        async let reading = store([SecretSpec(id: "a", source: .file(path))])
        try await Task.sleep(for: .milliseconds(100))
        let writer = open(path, O_WRONLY | O_NONBLOCK)
        #expect(writer >= 0)
        for piece in ["slow", "ly"] {
            write(writer, piece, piece.utf8.count)
            try await Task.sleep(for: .milliseconds(50))
        }
        close(writer)
        #expect(text(try await reading, "a") == "slowly")
    }

    @Test func `a pipe that stays silent can be given up`() async throws {
        let path = "/tmp/caisson-fifo-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await store([SecretSpec(id: "a", source: .file(path))]) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }

    @Test func `short values aren't masked, and that is said`() async throws {
        let variables = ["A": "abc", "B": "abcd", "C": "1", "D": ""]
        let secrets = variables.keys.sorted().map { SecretSpec(id: $0) }
        let all = try await store(secrets, variables)
        #expect(all.unmasked == ["A", "C"])
        #expect(all.notice?.contains("\"A\", \"C\"") == true)
        #expect(all.mask?.apply("abc abcd 1") == "abc *** 1")
        #expect(try await store([SecretSpec(id: "B")], variables).notice == nil)
        var request = BuildRequest(context: .empty)
        request.secrets = secrets
        request.masksSecrets = false
        let open = try await SecretStore(request, environment: variables)
        #expect(open.mask == nil && open.notice == nil)
    }

    @Test func `values go with the store`() async throws {
        weak var value: LockedBytes?
        do {
            let store = try await store([SecretSpec(id: "A")], ["A": "something"])
            value = store.value("A")
            #expect(value != nil)
        }
        #expect(value == nil)
    }

    @Test func `a large value is masked soon`() async throws {
        var random = SplitMix(5)
        let secret = (0..<20 * 1024).map { _ in UInt8.random(in: 33...126, using: &random) }
        try await withFile(secret) { path in
            let start = ContinuousClock.now
            let store = try await store([SecretSpec(id: "a", source: .file(path))])
            let mask = try #require(store.mask)
            #expect(mask.apply(secret) == Array("***".utf8))
            // Many times what it takes; a test that quietly grows to minutes should fail.
            #expect(ContinuousClock.now - start < .seconds(50))
        }
    }
}
