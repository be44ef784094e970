import Testing

@testable import CaissonRunControl

/// Random histories of tickets that come, get their places, end, and die, with a clock that leaps.
@Suite(.timeLimit(.minutes(5))) struct PlaceBookPropertyTests {
    private static let histories: UInt64 = 2000

    @Test func `in no history is there too much at a time, or is one passed that waited long enough`() async {
        let first = UInt64.random(in: 0..<1 << 48)
        print("places: \(Self.histories) histories from seed \(first)")
        var counts: [String: Int] = [:]
        var failures = 0
        for seed in first..<first + Self.histories where failures < 5 {
            var history = PlaceHistory(seed)
            history.run()
            await Task.yield()
            for (what, number) in history.counts { counts[what, default: 0] += number }
            guard let problem = history.problems.first else { continue }
            failures += 1
            Issue.record("seed \(seed): \(problem), and \(history.problems.count - 1) more")
        }
        for (what, number) in counts.sorted(by: { $0.key < $1.key }) { print("places: \(number) × \(what)") }
        let wanted = ["begun", "all places taken", "passed a larger one", "kept back", "overtaken by the more urgent"]
        guard failures == 0 else { return }
        for what in wanted { #expect(counts[what, default: 0] >= 500, "\(what)") }
    }
}

/// One history.
private struct PlaceHistory {
    private static let second: Int64 = 1_000_000_000
    private var numbers: SeededNumbers
    private let limits: MachineLimits
    private var now: Int64 = 1000
    private var tickets: [PlaceTicket] = []
    private var came = 0
    private(set) var problems: [String] = []
    private(set) var counts: [String: Int] = [:]

    init(_ seed: UInt64) {
        numbers = SeededNumbers(seed)
        var limits = MachineLimits()
        if numbers.chance(80) { limits.maxConcurrentBuilds = 1 + numbers.below(4) }
        if numbers.chance(70) || limits.isUnlimited { limits.memory = 10 }
        if numbers.chance(30) { limits.milliprocessors = 8000 }
        limits.ageing = .seconds([20, 120, 300][numbers.below(3)])
        self.limits = limits
    }

    mutating func run() {
        for _ in 0..<40 where problems.isEmpty {
            happen()
            decide()
        }
        // Nothing new comes: all that wait begin, if only everything ends.
        var rounds = 0
        while problems.isEmpty, !tickets.isEmpty {
            rounds += 1
            tickets.removeAll { $0.state == .running }
            decide()
            if rounds > came { problems.append("\(tickets.count) never begin") }
        }
    }

    private mutating func happen() {
        switch numbers.below(10) {
        case 0..<5:
            for _ in 0...numbers.below(3) { come() }
        case 5..<8:
            if let index = tickets.indices.filter({ tickets[$0].state == .running }).randomElement(using: &numbers) {
                tickets.remove(at: index)
            }
        case 8:
            if !tickets.isEmpty { tickets.remove(at: numbers.below(tickets.count)) }
        default: break
        }
        let leaps = [Self.second / 10, 5 * Self.second, 40 * Self.second, 200 * Self.second]
        now += leaps[numbers.below(leaps.count)] + Int64(numbers.below(1000))
    }

    private mutating func come() {
        came += 1
        var ticket = PlaceTicket.named("t\(came)", since: 0, limits, priority: numbers.below(3))
        ticket.since = now
        ticket.project = "p\(numbers.below(3))"
        ticket.needs.memory = numbers.chance(60) ? Int64(numbers.below(11)) : 0
        ticket.needs.milliprocessors = numbers.chance(40) ? Int64(numbers.below(8001)) : 0
        tickets.append(ticket)
    }

    private mutating func decide() {
        let starters = PlaceBook(tickets, now: now).starters()
        for name in starters {
            guard let index = tickets.firstIndex(where: { $0.name == name && $0.state == .waiting }) else {
                problems.append("\(name) begins twice")
                continue
            }
            tickets[index].state = .running
            count("begun")
            check(tickets[index])
        }
        checkLimits()
        if !PlaceBook(tickets, now: now).starters().isEmpty { problems.append("one may begin and wasn't told") }
        if !tickets.isEmpty, !tickets.contains(where: { $0.state == .running }) { problems.append("nothing runs") }
        if let places = limits.maxConcurrentBuilds, tickets.count(where: { $0.state == .running }) == places {
            count("all places taken")
        } else if tickets.contains(where: { $0.state == .waiting && now - $0.since >= PlaceBook.patience }) {
            count("kept back")
        }
    }

    private mutating func checkLimits() {
        let running = tickets.filter { $0.state == .running }
        if let places = limits.maxConcurrentBuilds, running.count > places { problems.append("over the cap") }
        if let memory = limits.memory, running.map(\.needs.memory).reduce(0, +) > memory {
            problems.append("over the memory")
        }
        if let processors = limits.milliprocessors,
            running.map(\.needs.milliprocessors).reduce(0, +) > Int64(processors)
        {
            problems.append("over the processors")
        }
    }

    /// Whoever begins passes nobody that waits and came earlier by the bound.
    private mutating func check(_ starter: PlaceTicket) {
        for ticket in tickets where ticket.state == .waiting && ticket.since < starter.since {
            let bound = max(Int64(ticket.priority + 1) * limits.ageing.nanoseconds, PlaceBook.patience)
            if starter.since - ticket.since >= bound { problems.append("\(starter.name) passes \(ticket.name)") }
            if ticket.priority > starter.priority { count("overtaken by the more urgent") }
            if ticket.needs.memory > starter.needs.memory { count("passed a larger one") }
        }
    }

    private mutating func count(_ what: String) { counts[what, default: 0] += 1 }
}
