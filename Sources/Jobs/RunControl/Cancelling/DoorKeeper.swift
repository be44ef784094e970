import CaissonBuildModel
import CaissonSystem
import Glibc
import Synchronization

/// What is to be called for each build behind a door.
final class DoorCalls: Sendable {
    private let calls = Mutex<[BuildID: @Sendable (String) -> Void]>([:])

    /// Adds a build, or removes it.
    func set(_ id: BuildID, _ call: (@Sendable (String) -> Void)?) { calls.withLock { $0[id] = call } }

    /// Removes all, and says which they were.
    func removeAll() -> [BuildID] {
        calls.withLock { calls in
            defer { calls = [:] }
            return Array(calls.keys)
        }
    }

    /// What cancels a build; nil where there is none of that name.
    func call(for name: String) -> (@Sendable (String) -> Void)? {
        BuildID(name).flatMap { id in calls.withLock { $0[id] } }
    }
}

/// Answers whoever comes to a door, on a thread of its own, until the other end of `end` is closed.
struct DoorKeeper {
    /// How many may be in the doorway; for one more the first of them has to go, so that nobody can block it.
    static let roomy = 16
    /// How long nobody is let in after the system refused to.
    private static let recovery: useconds_t = 50_000

    private let listener: SharedDescriptor
    private let end: SharedDescriptor
    private let calls: DoorCalls
    /// Those in the doorway, by their descriptors.
    private var peers: [Int32: DoorPeer] = [:]

    init(listener: SharedDescriptor, end: SharedDescriptor, calls: DoorCalls) {
        self.listener = listener
        self.end = end
        self.calls = calls
    }

    /// Keeps the door; it blocks.
    mutating func run() {
        while true {
            var waits = [pollfd(fd: end.raw, events: Int16(POLLIN), revents: 0)]
            waits.append(pollfd(fd: listener.raw, events: Int16(POLLIN), revents: 0))
            for descriptor in peers.keys { waits.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)) }
            guard poll(&waits, nfds_t(waits.count), patience) >= 0 || errno == EINTR, waits[0].revents == 0 else {
                return
            }
            for wait in waits.dropFirst(2) where wait.revents != 0 { serve(wait.fd) }
            let now = BootClock.now
            peers = peers.filter { $0.value.deadline > now }
            if waits[1].revents != 0 { accept(at: now) }
        }
    }

    /// How many milliseconds the next peer still has; less than zero where there is none.
    private var patience: Int32 {
        guard let next = peers.values.map(\.deadline).min() else { return -1 }
        return Int32(clamping: max(next - BootClock.now, 0) / 1_000_000 + 1)
    }

    private mutating func accept(at now: Int64) {
        let raw = Glibc.accept(listener.raw, nil, nil)
        guard raw >= 0 else {
            if ![EINTR, EAGAIN, ECONNABORTED].contains(errno) { usleep(Self.recovery) }
            return
        }
        _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
        let peer = DoorPeer(adopting: raw, at: now)
        guard let whom = peer.credentials, whom.user == geteuid() || whom.user == 0 else {
            return peer.answer(.denied)
        }
        if peers.count >= Self.roomy, let first = peers.min(by: { $0.value.deadline < $1.value.deadline }) {
            peers[first.key] = nil
        }
        peers[raw] = peer
        serve(raw)
    }

    private mutating func serve(_ descriptor: Int32) {
        guard let peer = peers[descriptor] else { return }
        switch peer.receive() {
        case .goesOn: return
        case .gone: break
        case .said(let line):
            let call = DoorWords.build(in: line).flatMap(calls.call)
            // Before the call, after which this process may end at once.
            peer.answer(call == nil ? .unknown : .cancelling)
            call?(peer.credentials.map { "process \($0.process) of user \($0.user)" } ?? "somebody")
        }
        peers[descriptor] = nil
    }
}
