import CaissonEngineDiscovery
import CaissonSystem
import Glibc
import Testing

@testable import CaissonPrivateEngine

/// Calls `body` with a directory of its own under a short path, and removes that with all in it afterwards.
private func withDirectory<R>(_ body: (String) async throws -> R) async throws -> R {
    var template = Array("/tmp/caisson-engines-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw EngineError(.system, "no directory: \(errno)") }
    let path = String(cString: made)
    defer { removeTree(path) }
    return try await body(path)
}

private func removeTree(_ path: String) {
    if unlink(path) == 0 { return }
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != ".", name != ".." { removeTree(path + "/" + name) }
    }
    closedir(directory)
    rmdir(path)
}

private func script(_ text: String, at path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o755)
    let bytes = Array(("#!/bin/sh\n" + text + "\n").utf8)
    _ = write(descriptor, bytes, bytes.count)
    close(descriptor)
}

/// Listens on a Unix socket until `body` ends, without ever accepting.
private func withListener<R>(_ path: String, _ body: () throws -> R) throws -> R {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    #expect(bound == 0 && listen(descriptor, 0) == 0)
    return try body()
}

@Suite("A look at a socket")
struct UnixSocketTests {
    @Test("live, dead, missing and something else are told apart, and a full queue doesn't block")
    func states() async throws {
        try await withDirectory { root in
            let path = root + "/s"
            #expect(UnixSocket.probe(path) == .missing)
            #expect(UnixSocket.probe(root) == .notSocket)
            try withListener(path) {
                for _ in 0..<20 { #expect(UnixSocket.probe(path) == .live) }
            }
            #expect(UnixSocket.probe(path) == .dead)
        }
    }
}

@Suite("The private engine's files")
struct PrivateEngineFileTests {
    @Test("directories that others may write to are refused, and ours are made for us alone")
    func directories() async throws {
        try await withDirectory { root in
            let state = root + "/a/b"
            let paths = try StatePaths.prepare(state, userID: geteuid())
            var status = stat()
            #expect(stat(paths.engine, &status) == 0 && status.st_mode & 0o777 == 0o700)
            chmod(paths.engine, 0o755)
            #expect(throws: SystemError.self) { try StatePaths.prepare(state, userID: geteuid()) }
            chmod(paths.engine, 0o700)
            chmod(state, 0o777)
            let error = #expect(throws: SystemError.self) { try StatePaths.prepare(state, userID: geteuid()) }
            #expect(error?.code == .permission)
            chmod(state, 0o700)
            #expect(throws: SystemError.self) { try StatePaths.prepare(state, userID: geteuid() + 1) }
        }
    }

    @Test("a lock excludes as it should and is free when its holder ends")
    func locks() async throws {
        try await withDirectory { root in
            let path = root + "/lock"
            do {
                let one = try FileLock.attempt(path, .shared)
                let two = try FileLock.attempt(path, .shared)
                let other = try FileLock.attempt(path, .exclusive)
                let asWanted = one != nil && two != nil && other == nil
                #expect(asWanted)
                one?.release()
                two?.release()
            }
            let alone = try FileLock.attempt(path, .exclusive)
            let late = try await FileLock.wait(path, .shared, until: .now + .milliseconds(50))
            let asWanted = alone != nil && late == nil
            #expect(asWanted)
            alone?.release()
        }
    }

    @Test("old logs are kept, a bounded number of them, and the tail is the new one's")
    func logs() async throws {
        try await withDirectory { root in
            let log = RotatingLog(path: root + "/engine.log")
            for number in 0..<6 {
                let descriptor = try log.startNew()
                RotatingLog.note("start \(number)\u{1b}[31m", to: descriptor)
                close(descriptor)
            }
            #expect(log.tail() == "caisson: start 5[31m")
            #expect(RotatingLog(path: root + "/engine.log.3").tail() == "caisson: start 2[31m")
            #expect(access(root + "/engine.log.4", F_OK) != 0)
        }
    }
}

@Suite("Starting the private engine")
struct PrivateEngineStartTests {
    private func engine(_ root: String, supervisor: String, uid: UInt32 = 0) -> PrivateEngine {
        script("exit 0", at: root + "/dockerd")
        let variables = ["CAISSON_HOME": root + "/state", "CAISSON_ENGINE": root + "/dockerd"]
        var options = PrivateEngine.Options(
            variables: variables,
            home: root,
            supervisor: SupervisorCommand(executable: root + "/supervisor")
        )
        options.userID = uid
        options.namespace = UserNamespace(user: "u")
        options.startDeadline = .milliseconds(700)
        script(supervisor, at: root + "/supervisor")
        return PrivateEngine(options)
    }

    private func failure(_ engine: PrivateEngine) async -> EngineError? {
        await #expect(throws: EngineError.self) { try await engine.withEngine { _ in } }
    }

    @Test("a supervisor that dies is an error with the end of its log", .enabled(if: geteuid() == 0))
    func dies() async throws {
        try await withDirectory { root in
            let error = await failure(engine(root, supervisor: "echo no luck today; exit 1"))
            #expect(error?.code == .startFailed)
            #expect(error?.message.contains("no luck today") == true)
            #expect(error?.message.contains("/state/engine/engine.log") == true)
        }
    }

    @Test("what a supervisor says of its failure is in the error", .enabled(if: geteuid() == 0))
    func says() async throws {
        try await withDirectory { root in
            let error = await failure(engine(root, supervisor: "printf 'failed of old age' >&3"))
            #expect(error?.message.contains("of old age") == true)
        }
    }

    @Test("a supervisor that hangs is waited for no longer than allowed", .enabled(if: geteuid() == 0))
    func hangs() async throws {
        try await withDirectory { root in
            let start = ContinuousClock().now
            let error = await failure(engine(root, supervisor: "exec sleep 60"))
            #expect(error?.code == .deadlineExceeded)
            #expect(ContinuousClock().now - start < .seconds(40))
        }
    }

    @Test("a supervisor that has ended leaves no zombie behind", .enabled(if: geteuid() == 0))
    func zombie() async throws {
        try await withDirectory { root in
            let script = "printf %s $$ >'\(root)/pid'; printf 'failed early' >&3; exec sleep 0.3"
            _ = await failure(engine(root, supervisor: script))
            let written = try BoundedFile.read(root + "/pid", limit: 64)
            let pid = try #require(Int32(String(decoding: written, as: UTF8.self)))
            let end = ContinuousClock().now + .seconds(10)
            while kill(pid, 0) == 0, ContinuousClock().now < end { try await Task.sleep(for: .milliseconds(20)) }
            #expect(kill(pid, 0) != 0, "process \(pid) still has an entry")
        }
    }

    @Test("the supervisor gets the hidden command and none of our secrets", .enabled(if: geteuid() == 0))
    func command() async throws {
        try await withDirectory { root in
            let error = await failure(engine(root, supervisor: "echo \"$*\"; /usr/bin/env; exit 1"))
            #expect(error?.message.contains("builder supervise --state \(root)/state") == true)
            #expect(error?.message.contains("CAISSON_HOME") == false)
        }
    }

    @Test("a user who isn't root hears what to do, and nothing is made")
    func notRoot() async throws {
        try await withDirectory { root in
            let error = await failure(engine(root, supervisor: "exit 0", uid: 1000))
            for words in ["dockerd: rootlesskit is not installed", "join the group “docker”"] {
                #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            }
            #expect(access(root + "/state", F_OK) != 0)
        }
    }

    @Test("what was never started is stopped already")
    func neverStarted() async throws {
        try await withDirectory { root in
            let engine = engine(root, supervisor: "exit 0", uid: geteuid())
            #expect(try engine.status().status == .stopped)
            let answer1 = try await engine.stop()
            #expect(answer1 == false)
            #expect(access(root + "/state", F_OK) != 0)
        }
    }
}
