import CaissonSystem
import CaissonBuildModel
import Glibc
import CaissonHTTPClient

/// Lends an endpoint that can be dialled here: the given one, or for `ssh://`, `docker-container://` and `kube-pod://` a
/// socket of ours, each of whose connections is a program of its own that talks to the engine there.
///
/// ```
/// dial ─▶ our socket in a private directory ─▶ accept ─▶ ssh HOST docker system dial-stdio (stdin, stdout: the connection)
/// ```
package func withTunnel<Result: Sendable>(
    _ endpoint: EngineEndpoint,
    variables: [String: String],
    _ body: (EngineEndpoint) async throws -> Result
) async throws -> Result {
    guard let command = try DialCommand.reaching(endpoint.address, kind: endpoint.kind) else {
        return try await body(endpoint)
    }
    guard let program = userProgram(command.program, path: variables["PATH"] ?? "") else {
        throw BuildError(
            .engine,
            "\(endpoint.address) is reached by the program \(command.program), which isn't installed — install it, or use "
                + "another address"
        )
    }
    let tunnel = try Tunnel(program: program, command: command, variables: variables)
    defer { tunnel.remove() }
    var local = endpoint
    local.address = "unix://" + tunnel.path
    local.tls = nil
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await tunnel.serve() }
        defer { group.cancelAll() }
        do {
            return try await body(local)
        } catch let error where !(error is CancellationError) {
            throw tunnel.explain(error, endpoint)
        }
    }
}

/// The program that the user's own shell would run.
private func userProgram(_ name: String, path: String) -> String? {
    path.split(separator: ":").lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}

/// The socket and the programs behind one address.
private struct Tunnel: Sendable {
    /// The socket's path.
    let path: String
    private let directory: String
    private let listener: Int32
    private let program: String
    private let command: DialCommand
    private let variables: [String: String]

    init(program: String, command: DialCommand, variables: [String: String]) throws(BuildError) {
        (self.program, self.command, self.variables) = (program, command, variables)
        var template = Array("/tmp/caisson-dial-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Tunnel.failure("a directory for its socket", errno) }
        directory = String(cString: made)
        path = directory + "/engine.sock"
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        listener = socket(AF_UNIX, kind, 0)
        guard listener >= 0, UnixSocket.bind(listener, to: path), listen(listener, 64) == 0 else {
            let code = errno
            if listener >= 0 { close(listener) }
            rmdir(directory)
            throw Tunnel.failure("its socket", code)
        }
    }

    private var log: String { directory + "/log" }

    /// Accepts connections and starts a program for each, until it is cancelled; the programs end with it.
    func serve() async throws {
        var children: [pid_t] = []
        defer {
            for child in children {
                kill(child, SIGTERM)
                while waitpid(child, nil, 0) < 0, errno == EINTR {}
            }
        }
        while true {
            children.removeAll { waitpid($0, nil, WNOHANG) != 0 }
            guard try await waitForConnection(on: listener, atMost: .seconds(2)) else { continue }
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { continue }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            defer { close(connection) }
            if let child = start(connection) { children.append(child) }
        }
    }

    /// Starts the program on a connection; nil where it couldn't be, which its log says.
    private func start(_ connection: Int32) -> pid_t? {
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        defer { if output >= 0 { close(output) } }
        // It is the user's own program, with the agent, the home and the terminal that it asks for keys.
        var request = SpawnRequest(
            executable: program,
            arguments: [command.program] + command.arguments,
            environment: variables.map { $0.key + "=" + $0.value }
        )
        request.standard = [connection, connection, output >= 0 ? output : nil]
        do {
            return try request.start()
        } catch {
            let text = Array("\(program) can't be started: \(error.explanation)\n".utf8)
            if output >= 0 { _ = write(output, text, text.count) }
            return nil
        }
    }

    /// The error with what the program said last: it knows why, we only see a closed connection.
    func explain(_ error: any Error, _ endpoint: EngineEndpoint) -> any Error {
        var said: [Substring] = []
        let tail = RotatingLog(path: log).tail(lines: 8)
        // Each connection has its own program, and all say the same.
        for line in tail.split(separator: "\n") where !said.contains(line) { said.append(line) }
        guard !said.isEmpty else { return error }
        let words = "\(command.program) to \(endpoint.address) said: \(said.suffix(3).joined(separator: "; "))"
        if var failure = error as? BuildError {
            guard failure.code == .engine else { return error }
            failure.wording = "\(words) — \(message: failure.wording)"
            return failure
        }
        guard error is HTTPClientError || error is EngineError else { return error }
        return BuildError(.engine, "\(endpoint.address) can't be reached: \(words)")
    }

    /// Closes the socket and removes the directory.
    func remove() {
        close(listener)
        for file in [path, log] { unlink(file) }
        rmdir(directory)
    }

    private static func failure(_ what: String, _ code: Int32) -> BuildError {
        BuildError(.engine, "\(what) can't be made in /tmp: \(String(cString: strerror(code)))")
    }
}
