import CaissonEngineDiscovery
import CaissonSystem
import Glibc

/// The program that stays behind to watch the private engine: this command, run again in the background.
package struct SupervisorCommand: Sendable, Hashable {
    /// The program's path.
    package var executable: String
    /// Arguments before `builder supervise --state DIR`.
    package var arguments: [String]

    /// Makes a command.
    package init(executable: String, arguments: [String] = []) {
        self.executable = executable
        self.arguments = arguments
    }

    /// This process's own program, for the command `caisson` itself.
    package static let ownExecutable = SupervisorCommand(executable: "/proc/self/exe")

    /// The installed `caisson`, for a program that uses the library; nil where there is none.
    ///
    /// Such a program must not be run again itself: it doesn't know the hidden command.
    package static func installed(path: String?) -> SupervisorCommand? {
        ProgramSearch.ofThisProcess(path: path).find("caisson").map { SupervisorCommand(executable: $0) }
    }

    /// The variables that the supervisor gets, the user's PATH among them to search for engines in.
    static let passedVariables = EngineCommand.passed + ["PATH", "CAISSON_ENGINE", "CAISSON_ENGINE_IDLE"]

    /// Starts the supervisor in a session of its own and returns our end of its ready line.
    func start(_ paths: StatePaths, variables: [String: String]) throws(EngineError) -> Int32 {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw EngineError(.system, "no socket pair can be made: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[1]) }
        do {
            try spawn(paths, variables: variables, line: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        return ends[0]
    }

    private func spawn(_ paths: StatePaths, variables: [String: String], line: Int32) throws(EngineError) {
        let log = try RotatingLog(path: paths.log).opened()
        defer { close(log) }
        var values = variables.filter { Self.passedVariables.contains($0.key) }
        values[ReadyLine.variable] = String(ReadyLine.descriptor)
        var request = SpawnRequest(
            executable: executable,
            arguments: ["caisson"] + arguments + ["builder", "supervise", "--state", paths.root],
            environment: values.map { $0.key + "=" + $0.value }.sorted()
        )
        request.standard = [nil, log, log]
        request.extra = line
        request.newSession = true
        do {
            ChildReaper.adopt(try request.start())
        } catch {
            throw EngineError(
                .startFailed,
                "the supervisor \(executable) can't be started: \(error.explanation)"
            )
        }
    }
}

/// One line from the supervisor to the build that started it: ready, or why not.
struct ReadyLine {
    /// The number of the supervisor's end.
    static let descriptor: Int32 = 3
    /// The variable that says that there is such an end.
    static let variable = "CAISSON_SUPERVISOR_READY"

    /// What was read.
    enum Message: Sendable, Hashable {
        case ready
        case failed(String)
        /// The supervisor ended without a word.
        case closed
    }

    private let end: Int32?

    /// The line of this process, when somebody waits at its other end.
    static func ofThisProcess(_ variables: [String: String]) -> ReadyLine {
        guard variables[variable] == String(descriptor), fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            return ReadyLine(end: nil)
        }
        return ReadyLine(end: descriptor)
    }

    private init(end: Int32?) { self.end = end }

    /// Says that the engine can be used.
    func ready() { send("ready") }

    /// Says why it can't.
    func failed(_ message: String) { send("failed " + message) }

    private func send(_ text: String) {
        guard let end else { return }
        let bytes = Array(text.utf8.prefix(32 << 10))
        _ = Glibc.send(end, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        close(end)
    }

    /// Waits at our end for the line; nil when `until` came first.
    static func receive(from descriptor: Int32, until: ContinuousClock.Instant) async throws -> Message? {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while text.count <= 64 << 10 {
            let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            if count > 0 {
                text.append(contentsOf: chunk[..<count])
            } else if count < 0, errno == EAGAIN || errno == EINTR {
                guard ContinuousClock().now < until else { return nil }
                try await Task.sleep(for: .milliseconds(5))
            } else {
                break
            }
        }
        let words = String(decoding: text, as: UTF8.self)
        if words == "ready" { return .ready }
        return words.hasPrefix("failed ") ? .failed(String(words.dropFirst(7))) : .closed
    }
}
