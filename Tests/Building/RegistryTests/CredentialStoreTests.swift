import CaissonSystem
import Glibc
import Testing

@testable import CaissonRegistry

@Suite("The credential store")
struct CredentialStoreTests {
    /// A store whose docker configuration and helpers are in a directory.
    private func store(_ root: String, extra: [String: String] = [:]) -> CredentialStore {
        let own = ["DOCKER_CONFIG": root, "PATH": root + "/bin:/usr/bin:/bin"]
        return CredentialStore(variables: own.merging(extra) { $1 }, home: "/nonexistent")
    }

    private func withHelper<R>(_ script: String, _ body: (String, CredentialStore) async throws -> R) async throws -> R
    {
        try await withTemporaryDirectory { root in
            try write(#"{"credsStore": "fake"}"#, to: root + "/config.json")
            try write("#!/bin/sh\n" + script, to: root + "/bin/docker-credential-fake", mode: 0o755)
            return try await body(root, store(root))
        }
    }

    @Test("a helper is asked with docker's key of the host, by argument and standard input alone")
    func asksHelper() async throws {
        let script = #"""
            read -r host; printf '{"ServerURL":"%s","Username":"%s","Secret":"%s"}' "$host" "$1 $#" "$host"
            """#
        try await withHelper(script) { _, store in
            let answer1 = try await store.credentials(for: "docker.io")
            #expect(answer1 == Credentials(username: "get 1", password: "https://index.docker.io/v1/"))
            let answer2 = try await store.credentials(for: "https://r.example:5000/v2/")
            #expect(answer2 == Credentials(username: "get 1", password: "r.example:5000"))
        }
    }

    @Test("the logins of DOCKER_AUTH_CONFIG come before all files and helpers, for the hosts that it has")
    func environmentLogins() async throws {
        try await withHelper(#"echo '{"ServerURL":"r","Username":"file","Secret":"s"}'"#) { root, _ in
            let variable = ["DOCKER_AUTH_CONFIG": #"{"auths":{"r.example:5000":{"auth":"dTpw"}}}"#]
            let store = store(root, extra: variable)
            let known = try await store.credentials(for: "r.example:5000")
            #expect(known == Credentials(username: "u", password: "p"))
            let other = try await store.credentials(for: "other")
            #expect(other == Credentials(username: "file", password: "s"))
            #expect(try store.registries().contains("r.example:5000"))
            let broken = self.store(root, extra: ["DOCKER_AUTH_CONFIG": "{"])
            await #expect(throws: RegistryError.self) { try await broken.credentials(for: "r") }
        }
    }

    @Test("a helper's <token> user means an identity token")
    func token() async throws {
        try await withHelper(#"echo '{"ServerURL":"r","Username":"<token>","Secret":"T0K"}'"#) { _, store in
            let answer3 = try await store.credentials(for: "r")
            #expect(answer3 == Credentials(identityToken: "T0K"))
        }
    }

    @Test("a helper that has nothing is no error")
    func notFound() async throws {
        try await withHelper("echo credentials not found in native keychain; exit 1") { _, store in
            let answer4 = try await store.credentials(for: "r")
            #expect(answer4 == nil)
        }
    }

    @Test("a failing helper is an error that names it and repeats nothing of what it said")
    func failing() async throws {
        try await withHelper("echo hunter2; echo hunter2 >&2; exit 3") { _, store in
            let error = await #expect(throws: RegistryError.self) { try await store.credentials(for: "r") }
            #expect(error?.code == .helper)
            #expect(error?.message.contains("docker-credential-fake") == true)
            #expect(error?.message.contains("status 3") == true)
            #expect(error?.message.contains("hunter2") == false)
        }
    }

    @Test("a helper that answers in something else than JSON is an error without its words")
    func nonsense() async throws {
        try await withHelper("echo hunter2") { _, store in
            let error = await #expect(throws: RegistryError.self) { try await store.credentials(for: "r") }
            #expect(error?.message.contains("hunter2") == false)
        }
    }

    @Test("a helper that hangs is ended at the deadline")
    func hanging() async throws {
        try await withHelper("exec sleep 60") { _, store in
            var store = store
            store.helperDeadline = .milliseconds(200)
            let start = ContinuousClock().now
            let error = await #expect(throws: RegistryError.self) { try await store.credentials(for: "r") }
            #expect(error?.code == .deadlineExceeded)
            #expect(ContinuousClock().now - start < .seconds(20))
        }
    }

    @Test("a helper that writes without end is stopped")
    func endless() async throws {
        try await withHelper("exec yes") { _, store in
            let error = await #expect(throws: RegistryError.self) { try await store.credentials(for: "r") }
            #expect(error?.message.contains("1 MiB") == true)
        }
    }

    @Test("an agent that a helper leaves behind with its output open holds nothing up")
    func agent() async throws {
        let script = #"sleep 30 & printf '{"ServerURL":"r","Username":"u","Secret":"s"}'"#
        try await withHelper(script) { _, store in
            let start = ContinuousClock().now
            let answer5 = try await store.credentials(for: "r")
            #expect(answer5 == Credentials(username: "u", password: "s"))
            #expect(ContinuousClock().now - start < .seconds(20))
        }
    }

    @Test("a helper that doesn't read its input does no harm")
    func deafHelper() async throws {
        try await withHelper(#"exec <&-; echo '{"ServerURL":"r","Username":"u","Secret":"s"}'"#) { _, store in
            let answer6 = try await store.credentials(for: "r")
            #expect(answer6 == Credentials(username: "u", password: "s"))
        }
    }

    @Test("cancelling ends the helper")
    func cancelling() async throws {
        try await withHelper("echo $$ > \"$DOCKER_CONFIG/pid\"; exec sleep 60") { root, store in
            let pid = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await store.credentials(for: "r") }
                var pid: Int32?
                for _ in 0..<2000 where pid == nil {
                    let text = try? BoundedFile.read(root + "/pid")
                    pid = text.flatMap { Int32(String(decoding: $0, as: UTF8.self).filter(\.isNumber)) }
                    try await Task.sleep(for: .milliseconds(5))
                }
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.waitForAll() }
                return pid
            }
            #expect(kill(try #require(pid), 0) == -1)
        }
    }

    @Test(
        "a helper that isn't there, or whose name is a path, is an error that says so",
        arguments: ["missing", "../bin/x", "a/b"]
    )
    func missingHelper(name: String) async throws {
        try await withTemporaryDirectory { root in
            try write(#"{"credsStore": "\#(name)"}"#, to: root + "/config.json")
            let error = await #expect(throws: RegistryError.self) { try await store(root).credentials(for: "r") }
            #expect(error?.message.contains("docker-credential-\(name)") == true)
        }
    }

    @Test("podman's file answers where docker's has nothing")
    func podman() async throws {
        try await withTemporaryDirectory { root in
            try write(#"{"auths": {"mine": {"auth": "YTpi"}}}"#, to: root + "/config.json")
            try write(
                #"{"auths": {"r": {"auth": "dTpw"}, "mine": {"auth": "eDp5"}}}"#,
                to: root + "/containers/auth.json"
            )
            for extra in [["XDG_RUNTIME_DIR": root], ["REGISTRY_AUTH_FILE": root + "/containers/auth.json"]] {
                let store = store(root, extra: extra)
                let answer7 = try await store.credentials(for: "r")
                #expect(answer7 == Credentials(username: "u", password: "p"))
                let answer8 = try await store.credentials(for: "mine")
                #expect(answer8 == Credentials(username: "a", password: "b"))
            }
        }
    }

    @Test("a configuration that is a FIFO, a directory or too large is refused, not waited for")
    func hostileFiles() async throws {
        try await withTemporaryDirectory { root in
            let path = root + "/config.json"
            mkfifo(path, 0o600)
            await #expect(throws: RegistryError.self) { try await store(root).credentials(for: "r") }
            unlink(path)
            mkdir(path, 0o700)
            await #expect(throws: RegistryError.self) { try await store(root).credentials(for: "r") }
            rmdir(path)
            try write(String(repeating: " ", count: 2 << 20), to: path)
            await #expect(throws: RegistryError.self) { try await store(root).credentials(for: "r") }
        }
    }

    @Test("a name with control characters has no credentials", arguments: ["", "r\nx", "a b", "r\u{0}"])
    func oddNames(name: String) async throws {
        try await withHelper(#"echo '{"ServerURL":"r","Username":"u","Secret":"s"}'"#) { _, store in
            let answer9 = try await store.credentials(for: name)
            #expect(answer9 == nil)
        }
    }
}
