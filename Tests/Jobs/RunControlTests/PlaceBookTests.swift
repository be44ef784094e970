import CaissonBuildModel
import Testing

@testable import CaissonRunControl

@Suite struct PlaceBookTests {
    private let two = MachineLimits.cap(2)

    private var pool: MachineLimits {
        var limits = MachineLimits()
        limits.memory = 10
        return limits
    }

    @Test func `as many begin as there are places, those who came first`() {
        let tickets = (0..<4).map { PlaceTicket.named("t\($0)", since: Int64(4 - $0), two) }
        #expect(PlaceBook(tickets, at: 10).starters() == ["t3", "t2"])
        #expect(PlaceBook([tickets[0].inPlace, tickets[1]], at: 10).starters() == ["t1"])
        #expect(PlaceBook([tickets[0].inPlace, tickets[1].inPlace, tickets[2]], at: 10).starters() == [])
    }

    @Test func `the more urgent go first until others have aged by a level`() {
        let old = PlaceTicket.named("old", since: 0, .cap(1), priority: 1)
        let urgent = PlaceTicket.named("urgent", since: 299, .cap(1), priority: 0)
        #expect(PlaceBook([old, urgent], at: 299).starters() == ["urgent"])
        #expect(PlaceBook([old, urgent], at: 300).starters() == ["old"])
    }

    @Test func `what comes a level's ageing and one more later never goes first`() {
        let old = PlaceTicket.named("old", since: 0, .cap(1), priority: 2)
        let late = PlaceTicket.named("late", since: 900, .cap(1), priority: 0)
        for second in stride(from: Int64(900), to: 9000, by: 7) {
            #expect(PlaceBook([late, old], at: second).starters() == ["old"])
        }
    }

    @Test func `smaller ones pass a large one for a minute and no longer`() {
        let running = PlaceTicket.named("running", since: 0, pool, memory: 5).inPlace
        let large = PlaceTicket.named("large", since: 10, pool, memory: 6)
        let small = PlaceTicket.named("small", since: 20, pool, memory: 5)
        #expect(PlaceBook([running, large, small], at: 69).starters() == ["small"])
        #expect(PlaceBook([running, large, small], at: 70).starters() == [])
        #expect(PlaceBook([large, small], at: 70).starters() == ["large"])
        #expect(PlaceBook([running, large, small], at: 70).waits(of: ["small"])["small"]?.reason == .turn)
    }

    private func reason(against ticket: PlaceTicket, beside running: PlaceTicket) -> PlaceWait.Reason? {
        PlaceBook([running.inPlace, ticket], at: 2).waits(of: [ticket.name])[ticket.name]?.reason
    }

    @Test func `each resource is counted, and what nothing is said of has no bound`() {
        var limits = MachineLimits()
        limits.milliprocessors = 4000
        limits.disk = 100
        var needs = MachineNeeds()
        needs.milliprocessors = 3000
        needs.memory = .max
        needs.disk = 60
        var ticket = PlaceTicket.named("one", since: 0, limits)
        ticket.needs = Amounts(needs)
        var other = PlaceTicket.named("other", since: 1, limits)
        #expect(PlaceBook([ticket.inPlace, ticket.inPlace, other], at: 2).starters() == ["other"])
        other.needs.milliprocessors = 1001
        #expect(reason(against: other, beside: ticket) == .resource("processors"))
        other.needs.milliprocessors = 1000
        other.needs.disk = 41
        #expect(reason(against: other, beside: ticket) == .resource("disk"))
        #expect(limits.excess(needs) == nil)
        needs.disk = 101
        #expect(limits.excess(needs) == "disk")
    }

    @Test func `of the equally urgent the project goes first of which fewer run`() {
        func ticket(_ name: String, _ project: String, since: Int64) -> PlaceTicket {
            var ticket = PlaceTicket.named(name, since: since, .cap(4))
            ticket.project = project
            return ticket
        }
        let running = ticket("a0", "a", since: 0).inPlace
        let waiting = [ticket("a1", "a", since: 1), ticket("a2", "a", since: 2), ticket("b1", "b", since: 3)]
        #expect(PlaceBook([running] + waiting, at: 4).starters() == ["b1", "a1", "a2"])
        let more = [running] + waiting + [ticket("b2", "b", since: 4)]
        #expect(PlaceBook(more, at: 4).starters() == ["b1", "a1", "b2"])
    }

    @Test func `who has no limits waits for nobody, and counts for the others`() {
        let large = PlaceTicket.named("large", since: 0, .cap(1))
        let free = PlaceTicket.named("free", since: 99, MachineLimits())
        let running = PlaceTicket.named("running", since: 0, .cap(1)).inPlace
        #expect(PlaceBook([running, large, free], at: 100).starters() == ["free"])
        #expect(PlaceBook([large, free.inPlace], at: 100).starters() == [])
    }

    @Test func `everyone is measured by the limits of its own process`() {
        let running = PlaceTicket.named("running", since: 0, .cap(3)).inPlace
        let narrow = PlaceTicket.named("narrow", since: 1, .cap(1))
        let wide = PlaceTicket.named("wide", since: 2, .cap(3))
        #expect(PlaceBook([running, narrow, wide], at: 3).starters() == ["wide"])
    }

    @Test func `who doesn't take its turn is passed over`() {
        let first = PlaceTicket.named("first", since: 0, .cap(1))
        let second = PlaceTicket.named("second", since: 1, .cap(1))
        #expect(PlaceBook([first, second], at: 2).starters() == ["first"])
        #expect(PlaceBook([first, second], at: 2, asleep: ["first"]).starters() == ["second"])
        #expect(PlaceBook([first, second], at: 2, asleep: ["first"]).waits(of: ["second"])["second"]?.ahead == 0)
    }

    @Test func `a wait says behind how many, for what, and who runs`() {
        let running = (0..<4).map { PlaceTicket.named("app in /srv/\($0)", since: Int64($0), .cap(4)).inPlace }
        let waiting = (0..<3).map { PlaceTicket.named("w\($0)", since: Int64(10 + $0), .cap(4)) }
        let waits = PlaceBook(running + waiting, at: 20).waits(of: ["w0", "w1", "w2"])
        let holders = "(running: app in /srv/0, app in /srv/1, app in /srv/2, …)"
        #expect(waits["w0"]?.description == "waits for one of 4 places \(holders)")
        #expect(waits["w1"]?.description == "waits behind another for one of 4 places \(holders)")
        #expect(waits["w2"]?.description == "waits behind 2 others for one of 4 places \(holders)")
        let memory = PlaceWait(ahead: 0, running: 1, reason: .resource("memory"), holders: ["a"])
        #expect(memory.description == "waits for memory (running: a)")
        #expect(PlaceWait(ahead: 0, running: 1, reason: .cap(1), holders: []).description == "waits for the only place")
        #expect(PlaceWait(ahead: 2, running: 0, reason: .turn, holders: []).description == "waits behind 2 others")
        #expect(PlaceWait(ahead: 0, running: 0, reason: .turn, holders: []).description == "waits for its turn")
    }

    @Test func `those who leave their turns unused for two seconds are asleep for a while`() {
        var sleepers = Sleepers()
        let second: Int64 = 1_000_000_000
        for (look, time) in [0, second / 2, second, 2 * second - 1].enumerated() {
            sleepers.note(["a", "b"], among: ["a", "b"], at: time)
            #expect(sleepers.asleep(at: time) == [], "look \(look)")
        }
        sleepers.note(["a"], among: ["a", "b"], at: 2 * second)
        #expect(sleepers.asleep(at: 2 * second) == ["a"])
        sleepers.note([], among: ["a", "b"], at: 3 * second)
        #expect(sleepers.asleep(at: 31 * second) == ["a"])
        #expect(sleepers.asleep(at: 32 * second) == [])
        sleepers.note([], among: ["b"], at: 4 * second)
        #expect(sleepers.asleep(at: 5 * second) == [])
    }
}
