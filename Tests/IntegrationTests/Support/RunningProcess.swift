import Foundation
import Glibc
import Synchronization

/// A program that was started, in a process group of its own, with its output going to unlinked files.
///
/// A thread of its own waits for the end, so that times are right however late somebody asks for them, and samples the
/// peak memory: `ru_maxrss` of a spawned process would include what the test process itself had.
final class RunningProcess: Sendable {
    private struct State {
        var ended: (status: ProcessStatus, wallTime: Duration, usage: rusage)?
        var peakResidentSize = 0
        var heldInput: Int32?
    }

    /// The process and its process group.
    let processID: pid_t
    private let output: Int32
    private let errorOutput: Int32
    private let started = ContinuousClock.now
    private let state: Mutex<State>

    private init(processID: pid_t, output: Int32, errorOutput: Int32, heldInput: Int32?) {
        self.processID = processID
        self.output = output
        self.errorOutput = errorOutput
        state = Mutex(State(heldInput: heldInput))
    }

    deinit {
        closeInput()
        close(output)
        close(errorOutput)
    }

    /// Starts a command.
    static func start(_ command: Command) throws -> RunningProcess {
        let files = try SpawnedFiles(command.input)
        defer { files.closeChildsInput() }
        let processID = try spawn(command, files)
        let process = RunningProcess(
            processID: processID,
            output: files.output,
            errorOutput: files.errorOutput,
            heldInput: files.heldInput
        )
        // The thread owns the process until its end: nobody else reaps it.
        Thread.detachNewThread { process.watch() }
        return process
    }

    /// Sends a signal to the process itself, if it still runs.
    func send(_ signal: Int32) {
        state.withLock { state in
            if state.ended == nil { kill(processID, signal) }
        }
    }

    /// Sends a signal to the whole process group, as a terminal's Ctrl-C does.
    func sendToGroup(_ signal: Int32) {
        state.withLock { state in
            if state.ended == nil { kill(-processID, signal) }
        }
    }

    /// Ends the standard input of a command that was started with `.held`.
    func closeInput() {
        let input = state.withLock { state in
            defer { state.heldInput = nil }
            return state.heldInput
        }
        if let input { close(input) }
    }

    /// Writes to the standard input of a command that was started with `.held`.
    func write(_ data: Data) throws {
        guard let input = state.withLock({ $0.heldInput }) else { throw TestSupportError("no input is held open") }
        try FileHandle(fileDescriptor: input, closeOnDealloc: false).write(contentsOf: data)
    }

    /// What the process has printed on its standard output so far.
    var outputSoFar: Data { SpawnedFiles.contents(of: output) }
    /// What the process has printed on its standard error so far.
    var errorOutputSoFar: Data { SpawnedFiles.contents(of: errorOutput) }

    /// Waits until one of the two outputs holds a text, and returns that output.
    func awaitText(_ text: String, within limit: Duration = .seconds(60)) async throws -> String {
        let deadline = ContinuousClock.now + limit
        while true {
            let hasEnded = state.withLock { $0.ended != nil }
            let texts = [outputSoFar, errorOutputSoFar].map { String(decoding: $0, as: UTF8.self) }
            if let found = texts.first(where: { $0.contains(text) }) { return found }
            guard !hasEnded, ContinuousClock.now < deadline else {
                let end = hasEnded ? "ended" : "took \(limit)"
                throw TestSupportError(
                    "process \(processID) \(end) without “\(text)”:\n" + texts.joined(separator: "\n")
                )
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits for the end; kills the process group and throws when that takes longer than the limit.
    func finish(within limit: Duration = .seconds(120)) async throws -> ProcessResult {
        let deadline = ContinuousClock.now + limit
        while true {
            if let result = endedResult() { return result }
            guard ContinuousClock.now < deadline, !Task.isCancelled else {
                sendToGroup(SIGKILL)
                let texts = [outputSoFar, errorOutputSoFar].map { String(decoding: $0.suffix(4000), as: UTF8.self) }
                throw TestSupportError(
                    "process \(processID) was killed after \(limit):\n" + texts.joined(separator: "\n")
                )
            }
            try? await Task.sleep(for: .milliseconds(3))
        }
    }

    private func endedResult() -> ProcessResult? {
        let (ended, peak) = state.withLock { ($0.ended, $0.peakResidentSize) }
        guard let ended else { return nil }
        let usage = ended.usage
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return ProcessResult(
            status: ended.status,
            standardOutput: outputSoFar,
            standardError: errorOutputSoFar,
            wallTime: ended.wallTime,
            cpuTime: .seconds(seconds) + .microseconds(microseconds),
            peakResidentSize: peak > 0 ? peak : usage.ru_maxrss * 1024
        )
    }

    private func watch() {
        var pause: UInt32 = 500
        while !reapIfEnded() {
            if let peak = residentPeak() { state.withLock { $0.peakResidentSize = peak } }
            usleep(pause)
            pause = min(pause + 100, 5000)
        }
    }

    /// Reaps under the lock, so that no signal goes to a process number that is used again.
    private func reapIfEnded() -> Bool {
        state.withLock { state in
            var status: Int32 = 0
            var usage = rusage()
            let reaped = wait4(processID, &status, WNOHANG, &usage)
            guard reaped != 0, !(reaped < 0 && errno == EINTR) else { return false }
            let signal = status & 0x7f
            let end: ProcessStatus = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
            state.ended = (end, ContinuousClock.now - started, usage)
            return true
        }
    }

    private func residentPeak() -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kibibytes * 1024
    }
}
