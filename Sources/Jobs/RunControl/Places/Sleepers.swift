/// Tickets that may begin and don't: their processes were stopped, by Control-Z for instance, and hold their locks still.
///
/// A place isn't kept for them. Now and then they are believed to be awake again, as a ticket can't say so itself.
struct Sleepers: Sendable {
    /// How long one may leave its turn unused, and through how many looks.
    static let patience: (time: Int64, looks: Int) = (2_000_000_000, 4)
    /// How long one counts as asleep.
    static let sleep: Int64 = 30_000_000_000

    /// Since when each may begin, and how often it was seen that it may.
    private var called: [String: (since: Int64, looks: Int)] = [:]
    /// Until when each counts as asleep.
    private var dormant: [String: Int64] = [:]

    /// Those that count as asleep.
    func asleep(at now: Int64) -> Set<String> { Set(dormant.lazy.filter { $0.value > now }.map(\.key)) }

    /// Notes which tickets of others might begin at this moment, and which are there at all.
    mutating func note(_ starters: some Sequence<String>, among living: Set<String>, at now: Int64) {
        dormant = dormant.filter { $0.value > now && living.contains($0.key) }
        var called: [String: (since: Int64, looks: Int)] = [:]
        for name in starters {
            var call = self.called[name] ?? (now, 0)
            call.looks += 1
            let isOver = now - call.since >= Self.patience.time && call.looks >= Self.patience.looks
            if isOver { dormant[name] = now + Self.sleep } else { called[name] = call }
        }
        self.called = called
    }

    /// Forgets since when they may begin, before a time in which nobody looks.
    mutating func forgetCalls() { called = [:] }
}
