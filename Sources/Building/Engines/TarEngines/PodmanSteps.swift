import CaissonSystem
import Glibc

/// Ends the steps of a build that podman goes on with when nobody waits for it any more.
///
/// Podman gives a build up when its client goes away, but lets the RUN that is running run on. On this machine its
/// processes can be told from all others by a limit that they inherit: one that has no effect, of a value that no other
/// build has.
struct PodmanSteps: Sendable {
    /// The limit that marks the steps: the processor time of real-time processes, in microseconds; 35 years and more.
    let mark: Int64

    /// A build's own mark.
    init() { mark = (1 << 50) + Int64.random(in: 0..<(1 << 40)) }

    /// The mark as podman takes limits.
    static let limitName = "rttime"

    /// Kills the marked processes until none has been there for a while; blocks its thread.
    ///
    /// - Returns: How many were killed.
    @discardableResult
    func end(quiet: Duration = .milliseconds(700), limit: Duration = .seconds(8)) -> Int {
        let started = ContinuousClock.now
        var lastSeen = started
        var killed: Set<pid_t> = []
        while ContinuousClock.now - started < limit, ContinuousClock.now - lastSeen < quiet {
            let found = marked()
            for process in found where kill(process, SIGKILL) == 0 { killed.insert(process) }
            if !found.isEmpty { lastSeen = .now }
            usleep(50_000)
        }
        return killed.count
    }

    /// The processes with the mark.
    private func marked() -> [pid_t] {
        ProcessTable.all().filter { $0 > 1 && isMarked($0) }
    }

    private func isMarked(_ process: pid_t) -> Bool {
        guard let bytes = try? BoundedFile.read("/proc/\(process)/limits", limit: 64 << 10) else { return false }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let digits = String(mark).utf8
        return lines.contains { line in
            line.starts(with: "Max realtime timeout".utf8)
                && line.split(separator: UInt8(ascii: " ")).contains { $0.elementsEqual(digits) }
        }
    }
}
