/// Who may begin of all that have a ticket: a value, which every process makes of the same tickets and finds the same in.
///
/// The order is by urgency, which grows by one level for each span of `ageing` that a ticket has waited, without an end;
/// among the equally urgent the project comes first of which the fewest builds run, then who came first. In this order all
/// begin that fit into what is left. What doesn't fit is passed by those behind it until it has waited for `patience`; from
/// then on nothing behind it begins.
///
/// **The bound.** Whatever comes (p + 1) × ageing after a ticket of priority p is less urgent than that for good, whatever
/// its priority. So a build waits at most for those that came before that moment, and for none twice: five minutes for the
/// highest level, fifteen for the lowest of three. With an ageing under a minute it is the patience that counts.
struct PlaceBook: Sendable {
    /// How long smaller ones may pass one that doesn't fit.
    static let patience: Int64 = 60_000_000_000
    /// The least ageing, that of a second.
    private static let leastAgeing: Int64 = 1_000_000_000

    private struct Entry {
        var ticket: PlaceTicket
        /// Its urgency now: less is more urgent.
        var level: Int64
        var waited: Int64
        /// Its project's place in the counts.
        var project: Int
    }

    private var running: Int
    private var taken = Amounts()
    private let holders: [String]
    /// How many builds of each project run.
    private var counts: [Int] = []
    /// In their order.
    private var waiting: [Entry] = []

    /// Makes a book of the tickets of living processes.
    ///
    /// - Parameter asleep: Those that don't use their turns, which are passed over.
    init(_ tickets: [PlaceTicket], now: Int64, asleep: Set<String> = []) {
        let holding = tickets.filter { $0.state == .running }.sorted { ($0.since, $0.name) < ($1.since, $1.name) }
        running = holding.count
        holders = holding.prefix(PlaceWait.namedHolders).map(\.title)
        var projects: [String: Int] = [:]
        for ticket in holding {
            taken += ticket.needs
            counts[Self.number(of: ticket.project, &projects, &counts)] += 1
        }
        for ticket in tickets where ticket.state == .waiting && !asleep.contains(ticket.name) {
            let waited = max(now.subtractingReportingOverflow(max(ticket.since, 0)).partialValue, 0)
            let ageing = max(ticket.limits.ageing.nanoseconds, Self.leastAgeing)
            let level = Int64(ticket.priority) - waited / ageing
            let project = Self.number(of: ticket.project, &projects, &counts)
            waiting.append(Entry(ticket: ticket, level: level, waited: waited, project: project))
        }
        waiting = ordered(waiting[...])
    }

    private static func number(of name: String, _ numbers: inout [String: Int], _ counts: inout [Int]) -> Int {
        if let number = numbers[name] { return number }
        numbers[name] = counts.count
        counts.append(0)
        return counts.count - 1
    }

    private func ordered(_ entries: ArraySlice<Entry>) -> [Entry] {
        entries.sorted { one, other in
            if one.level != other.level { return one.level < other.level }
            let (own, others) = (counts[one.project], counts[other.project])
            if own != others { return own < others }
            return (one.ticket.since, one.ticket.name) < (other.ticket.since, other.ticket.name)
        }
    }

    /// The names of those that may begin, in their order.
    func starters() -> [String] {
        var book = self
        // Who has no limits waits for nobody.
        var names = book.takeAll { $0.ticket.limits.isUnlimited }
        var next = 0
        while next < book.waiting.count {
            let entry = book.waiting[next]
            if book.reason(against: entry) == nil {
                book.begin(entry)
                names.append(entry.ticket.name)
                // A project of which one more runs may have its turn later now.
                book.waiting = book.ordered(book.waiting[(next + 1)...])
                next = 0
            } else if entry.waited >= Self.patience {
                break
            } else {
                next += 1
            }
        }
        return names
    }

    private mutating func takeAll(_ isMeant: (Entry) -> Bool) -> [String] {
        let meant = waiting.filter(isMeant)
        guard !meant.isEmpty else { return [] }
        waiting.removeAll(where: isMeant)
        for entry in meant { begin(entry) }
        waiting = ordered(waiting[...])
        return meant.map(\.ticket.name)
    }

    private mutating func begin(_ entry: Entry) {
        running += 1
        taken += entry.ticket.needs
        counts[entry.project] += 1
    }

    /// What keeps a ticket from beginning; nil where nothing does but its turn.
    private func reason(against entry: Entry) -> PlaceWait.Reason? {
        let limits = entry.ticket.limits
        if let places = limits.maxConcurrentBuilds.map({ max($0, 1) }), running >= places { return .cap(places) }
        return limits.lack(of: entry.ticket.needs, beside: taken).map(PlaceWait.Reason.resource)
    }

    /// What the tickets that are asked about wait for.
    func waits(of names: Set<String>) -> [String: PlaceWait] {
        var waits: [String: PlaceWait] = [:]
        for (ahead, entry) in waiting.enumerated() where names.contains(entry.ticket.name) {
            waits[entry.ticket.name] = PlaceWait(
                ahead: ahead,
                running: running,
                reason: reason(against: entry) ?? .turn,
                holders: holders
            )
        }
        return waits
    }
}
