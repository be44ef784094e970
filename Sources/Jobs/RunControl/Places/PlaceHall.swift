import CaissonSystem
import CaissonText
import Glibc
import Synchronization

/// The tickets of this process, and the one thread that watches while some of them wait.
///
/// ```
/// enter ──▶ (lock) read all tickets ─▶ PlaceBook ─▶ make ours: running, or waiting ──▶ watch
/// watch ──▶ a bell, or time ─▶ (lock) read all tickets ─▶ PlaceBook ─▶ ours that may begin are running ─▶ OwnTicket.tell
/// leave ──▶ remove the file, which rings the bell of all others
/// ```
final class PlaceHall: Sendable {
    struct State {
        /// All that wait or have their places.
        var own: [String: OwnTicket] = [:]
        var isWatched = false
        var sleepers = Sleepers()
    }

    /// How long the lock of the run directory may be held by others.
    private static let patience = Duration.seconds(10)

    let run: RunDirectory
    let files: TicketFiles
    let limits: MachineLimits
    let state = Mutex(State())

    init(stateDirectory: String, limits: MachineLimits) {
        run = RunDirectory(state: stateDirectory)
        files = TicketFiles(directory: run.path(of: "places"))
        self.limits = limits
    }

    /// Takes a ticket, which is running where there is a place at once.
    func enter(_ request: PlaceRequest) async throws -> OwnTicket {
        if let what = limits.excess(request.needs) {
            throw RunControlError(.tooLarge, "\(request.title) needs more \(what) than all builds may take together")
        }
        try run.prepare("places")
        guard let lock = try await run.lock(until: .now + Self.patience) else {
            throw RunControlError(
                .unavailable,
                "\(run.path(of: "lock")) is held by a process that doesn't go on; end that, or let it go on"
            )
        }
        let ticket = try place(request)
        lock.release()
        return ticket
    }

    /// Makes the ticket, by somebody who holds the lock.
    private func place(_ request: PlaceRequest) throws(RunControlError) -> OwnTicket {
        let now = BootClock.now
        let name = "\(request.id).\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        var ticket = PlaceTicket(request, name: name, limits: limits, since: now)
        var tickets = try living(at: now)
        let asleep = state.withLock { $0.sleepers.asleep(at: now) }
        let isFirst = PlaceBook(tickets + [ticket], now: now, asleep: asleep).starters().contains(name)
        if isFirst { ticket.state = .running }
        let own = OwnTicket(ticket, file: try files.make(ticket))
        state.withLock { $0.own[name] = own }
        guard !isFirst else {
            own.tell(.begins)
            return own
        }
        tickets.append(ticket)
        if let wait = PlaceBook(tickets, now: now, asleep: asleep).waits(of: [name])[name] { own.tell(wait, at: now) }
        do throws(RunControlError) {
            try watch()
        } catch {
            leave(own)
            throw error
        }
        return own
    }

    /// The tickets of all living processes, this one's too.
    func living(at now: Int64) throws(RunControlError) -> [PlaceTicket] {
        let own = state.withLock { $0.own }
        return try files.living(own: own.mapValues(\.ticket), now: now)
    }

    /// Gives a ticket back, whether it has its place or not.
    func leave(_ ticket: OwnTicket) {
        state.withLock { _ = $0.own.removeValue(forKey: ticket.name) }
        files.remove(ticket.name, ticket.file)
    }

    /// Sees to it that a thread watches.
    private func watch() throws(RunControlError) {
        let mustStart = state.withLock { state in
            defer { state.isWatched = true }
            return !state.isWatched
        }
        guard mustStart else { return }
        do {
            try DetachedThread.start { PlaceWatch(hall: self).run() }
        } catch {
            state.withLock { $0.isWatched = false }
            throw RunControlError(errno: error.number, "can't start a thread")
        }
    }
}
