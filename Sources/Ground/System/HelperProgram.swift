import Glibc

/// One run of a small program: a line in, a bounded answer out, and a deadline.
///
/// The answer ends when the program exits, not when its output is closed: helpers start agents that keep it open.
package struct HelperProgram: Sendable {
    /// What the program said, and how it ended.
    package struct Outcome: Sendable {
        /// Its exit status, or 128 + the signal that ended it.
        package var status: Int32
        /// What it wrote to its standard output, which may hold a secret.
        package var output: [UInt8]
    }

    /// Why there is no outcome.
    package enum Failure: Error, Sendable {
        /// It could not be started, with this errno.
        case start(SpawnFailure)
        /// It wrote more than allowed and was killed.
        case outputTooLarge
        /// It took longer than allowed and was killed.
        case deadlineExceeded
    }

    /// The program.
    package var executable: String
    /// Its arguments, without its name.
    package var arguments: [String]
    /// Its environment, as `NAME=value`.
    package var environment: [String]
    /// The most it may write.
    package var outputLimit = 1 << 20
    /// How long it may take.
    package var deadline: Duration = .seconds(30)
    /// Whether its standard error is taken with its standard output, and not thrown away.
    package var includesErrors = false

    /// Makes a call.
    package init(executable: String, arguments: [String], environment: [String]) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }

    /// Runs the program with `input` (at most 4 KiB) as its standard input.
    ///
    /// Cancelling kills it.
    package func run(input: String = "") async throws -> Outcome {
        try await run(bytes: Array(input.utf8.prefix(4096)))
    }

    /// Runs the program with bytes that fit a pipe (60 KiB at most) as its standard input.
    ///
    /// Cancelling kills it.
    package func run(bytes: [UInt8]) async throws -> Outcome {
        var output: [Int32] = [-1, -1]
        guard pipe(&output) == 0 else { throw Failure.start(SpawnFailure(code: errno)) }
        for end in output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(output[0], F_SETFL, O_NONBLOCK)
        defer { close(output[0]) }
        let child: pid_t
        do {
            defer { close(output[1]) }
            child = try start(input: bytes, output: output[1])
        } catch let failure as SpawnFailure {
            throw Failure.start(failure)
        }
        do {
            return try await collect(child, from: output[0])
        } catch {
            kill(child, SIGKILL)
            Self.reap(child)
            throw error
        }
    }

    private func start(input: [UInt8], output: Int32) throws -> pid_t {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SpawnFailure(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        // Fits the pipe's buffer, so it is written and closed before the child exists: no wait, and no SIGPIPE later.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        let written = write(ends[1], input, input.count)
        close(ends[1])
        guard written == input.count else { throw SpawnFailure(code: EIO) }
        var request = SpawnRequest(
            executable: executable,
            arguments: [executable] + arguments,
            environment: environment
        )
        request.standard = [ends[0], output, includesErrors ? output : nil]
        // Without a terminal it can't ask anybody for a passphrase.
        request.newSession = includesErrors
        return try request.start()
    }

    private func collect(_ child: pid_t, from descriptor: Int32) async throws -> Outcome {
        let clock = ContinuousClock()
        let end = clock.now + deadline
        var pause = Duration.milliseconds(1)
        var output: [UInt8] = []
        while true {
            var raw: Int32 = 0
            let ended = waitpid(child, &raw, WNOHANG)
            try drain(descriptor, into: &output)
            if ended == child { return Outcome(status: Self.status(raw), output: output) }
            // The host program reaps its children itself: nobody can say how this one ended.
            if ended < 0, errno == ECHILD { return Outcome(status: 127, output: output) }
            guard clock.now < end else { throw Failure.deadlineExceeded }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
    }

    private func drain(_ descriptor: Int32, into output: inout [UInt8]) throws {
        var chunk = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            guard output.count + count <= outputLimit else { throw Failure.outputTooLarge }
            output.append(contentsOf: chunk[..<count])
        }
    }

    /// Waits for a killed child, which takes no longer than the kernel needs.
    private static func reap(_ child: pid_t) {
        var raw: Int32 = 0
        while waitpid(child, &raw, 0) < 0, errno == EINTR {}
    }

    /// The shell's spelling of a wait status.
    package static func status(_ raw: Int32) -> Int32 {
        raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
    }
}
