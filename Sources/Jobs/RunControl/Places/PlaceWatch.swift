import CaissonSystem
import Synchronization

/// Looks at all tickets when something changes, as long as one of this process waits.
struct PlaceWatch: Sendable {
    /// When somebody looks again who was told that a file is closed and finds it locked, in milliseconds.
    private static let echoes: [Int32] = [1, 4, 16, 64]
    /// How long a look waits for the lock.
    private static let patience = Duration.seconds(2)

    let hall: PlaceHall

    /// Watches until no ticket waits.
    func run() {
        let bell = PlaceBell(hall.files.directory)
        var closed: Set<String> = []
        var echo = 0
        while true {
            do throws(RunControlError) {
                if let living = try look() { closed.formIntersection(living) }
            } catch {
                fail(error)
            }
            guard !isOver() else { return }
            let isEchoing = !closed.isEmpty && echo < Self.echoes.count
            let ring = bell.wait(isEchoing ? Self.echoes[echo] : bell.patience) { name in
                hall.state.withLock { $0.own[name] != nil }
            }
            if !isEchoing { closed = [] }
            echo = ring.isHeard || !isEchoing ? 0 : echo + 1
            closed.formUnion(ring.closed)
        }
    }

    /// Whether none waits, in one step with noting that nobody watches any more.
    private func isOver() -> Bool {
        hall.state.withLock { state in
            guard !state.own.values.contains(where: { $0.ticket.state == .waiting }) else { return false }
            state.isWatched = false
            state.sleepers.forgetCalls()
            return true
        }
    }

    private func fail(_ error: RunControlError) {
        for ticket in hall.state.withLock({ $0.own.values }) where ticket.ticket.state == .waiting {
            ticket.tell(.failed(error))
        }
    }

    /// Lets those begin that may, and tells the others what they wait for.
    ///
    /// - Returns: The names of the tickets of other processes; nil where the lock couldn't be had.
    private func look() throws(RunControlError) -> Set<String>? {
        guard let lock = try hall.run.lockOnThread(until: .now + Self.patience) else { return nil }
        let now = BootClock.now
        let own = hall.state.withLock { $0.own }
        var tickets = try hall.living(at: now)
        let foreign = Set(tickets.lazy.map(\.name).filter { own[$0] == nil })
        let asleep = hall.state.withLock { $0.sleepers.asleep(at: now) }
        let starters = PlaceBook(tickets, now: now, asleep: asleep).starters()
        for name in starters {
            guard let ticket = own[name] else { continue }
            begin(ticket)
        }
        lock.release()
        hall.state.withLock { state in
            state.sleepers.note(starters.filter(foreign.contains), among: foreign, at: now)
        }
        let due = own.values.filter { $0.ticket.state == .waiting && $0.isDue(at: now) }
        guard !due.isEmpty else { return foreign }
        for index in tickets.indices { own[tickets[index].name].map { tickets[index] = $0.ticket } }
        let waits = PlaceBook(tickets, now: now, asleep: asleep).waits(of: Set(due.map(\.name)))
        for ticket in due { waits[ticket.name].map { ticket.tell($0, at: now) } }
        return foreign
    }

    private func begin(_ own: OwnTicket) {
        var ticket = own.ticket
        ticket.state = .running
        do throws(RunControlError) {
            try hall.files.write(ticket, to: own.file)
            own.ticket = ticket
            own.tell(.begins)
        } catch {
            own.tell(.failed(error))
        }
    }
}
