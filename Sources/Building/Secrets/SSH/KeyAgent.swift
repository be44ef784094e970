import CaissonText
import CaissonSystem
import CaissonBuildKit
import CaissonBuildModel
import Glibc

/// An `ssh-agent` of a build's own for keys that lie in files, in a directory that only its user may enter.
struct KeyAgent: Sendable {
    /// How long the agent may take to start.
    private static let patience = Duration.seconds(10)

    /// The agent's id in the build.
    let id: String
    /// Where its programs are looked for.
    let environment: [String: String]

    /// Runs an agent with the keys while `body` runs; it ends on every way out, that of a killed process included.
    func with<Value: Sendable>(_ keys: [SSHKeyFile], _ body: (String) async throws -> Value) async throws -> Value {
        let agent = try program("ssh-agent")
        let add = try program("ssh-add")
        let directory = try makeDirectory()
        let socket = directory + "/agent"
        defer {
            unlink(socket)
            rmdir(directory)
        }
        let process = try AgentProcess.start(agent, socket: socket, environment: variables(socket))
        defer { process.end() }
        try await awaitSocket(socket)
        for key in keys { try await load(key, by: add, into: socket) }
        return try await body(socket)
    }

    private func load(_ key: SSHKeyFile, by program: String, into socket: String) async throws {
        // From standard input: a key that others may read is refused as a file, and containers mount such.
        var helper = HelperProgram(executable: program, arguments: ["-q", "-"], environment: variables(socket))
        helper.includesErrors = true
        var bytes = key.content.withBytes { Array($0) }
        defer { bytes.wipe() }
        if bytes.last != 0x0A { bytes.append(0x0A) }
        let reason: String
        do {
            let outcome = try await helper.run(bytes: bytes)
            guard outcome.status != 0 else { return }
            let lines = String(decoding: outcome.output.prefix(500), as: UTF8.self).split(whereSeparator: \.isNewline)
            reason = lines.first.map(String.init) ?? "ssh-add ended with status \(outcome.status)"
        } catch let failure as HelperProgram.Failure {
            reason = "ssh-add: \(failure)"
        }
        throw problem("\(key.path.quoted) can't be loaded: \(reason)")
    }

    private func awaitSocket(_ socket: String) async throws {
        let end = ContinuousClock.now + Self.patience
        while (try? await AgentConnection.keys(at: socket)) == nil {
            try Task.checkCancellation()
            guard ContinuousClock.now < end else { throw problem("ssh-agent doesn't start") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Only what the programs need; above all no other agent, and nothing that would ask for a passphrase.
    private func variables(_ socket: String) -> [String] {
        let path = environment["PATH"] ?? "/usr/bin:/bin"
        return ["PATH=\(path)", "SSH_AUTH_SOCK=\(socket)", "SSH_ASKPASS_REQUIRE=never", "LC_ALL=C"]
    }

    private func program(_ name: String) throws -> String {
        for directory in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") where directory.hasPrefix("/") {
            let path = "\(directory)/\(name)"
            if access(path, X_OK) == 0 { return path }
        }
        throw problem(
            "\(name) isn't installed, which holds the keys of files: install openssh-client, or forward an agent"
        )
    }

    private func makeDirectory() throws -> String {
        let parent =
            environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") && $0.utf8.count < 60 ? $0 : nil } ?? "/tmp"
        for place in parent == "/tmp" ? [parent] : [parent, "/tmp"] {
            var template = Array("\(place)/caisson-ssh-XXXXXX".utf8CString)
            if mkdtemp(&template) != nil {
                return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
        throw problem("can't make a directory for its socket in \(parent): \(String(cString: strerror(errno)))")
    }

    private func problem(_ text: String) -> BuildError { BuildError(.usage, "SSH agent \(id.quoted): \(text)") }
}

/// A running `ssh-agent` that ends with this process, however that ends.
private struct AgentProcess {
    // Nothing of the user's is in this text. The shell reads from a pipe that the kernel closes even when we are killed.
    private static let script = #""$@" </dev/null >/dev/null & agent=$!; cat >/dev/null; kill "$agent"; wait"#

    private let leader: pid_t
    private let pipeEnd: CInt

    static func start(_ program: String, socket: String, environment: [String]) throws -> AgentProcess {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw BuildError(.engine, "can't make a pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var request = SpawnRequest(
            executable: "/bin/sh",
            arguments: ["sh", "-c", script, "sh", program, "-D", "-a", socket],
            environment: environment
        )
        request.standard = [ends[0], nil, nil]
        request.newSession = true
        do {
            return AgentProcess(leader: try request.start(), pipeEnd: ends[1])
        } catch {
            close(ends[1])
            throw BuildError(.engine, "can't start ssh-agent: \(error.explanation)")
        }
    }

    /// Ends the agent and waits for it.
    func end() {
        // The group is the shell's session: the agent and the shell's `cat` are in it.
        kill(-leader, SIGTERM)
        close(pipeEnd)
        var status: CInt = 0
        while waitpid(leader, &status, 0) < 0, errno == EINTR {}
    }
}
