import CaissonBuildModel
import Testing

@testable import CaissonRunControl

@Suite struct PlaceTicketTests {
    private static func sample() -> PlaceTicket {
        var limits = MachineLimits.cap(4)
        limits.milliprocessors = 8000
        limits.disk = 1 << 40
        limits.ageing = .seconds(60)
        var request = PlaceRequest.named("app in /srv/ü", priority: 2, memory: 1 << 33, project: "p")
        request.needs.milliprocessors = 1500
        return PlaceTicket(request, name: "name", limits: limits, since: 12345)
    }

    @Test func `a ticket is read as it was written`() {
        for ticket in [Self.sample(), Self.sample().inPlace] {
            #expect(PlaceTicket(name: "name", content: ticket.content, now: 20000) == ticket)
        }
    }

    @Test func `both states have equally many bytes`() {
        #expect(Self.sample().content.count == Self.sample().inPlace.content.count)
    }

    @Test func `priorities are those of the levels there are`() {
        for (given, level) in [(-1, 0), (0, 0), (2, 2), (3, 2), (.max, 2)] {
            #expect(PlaceTicket.named("t", since: 0, MachineLimits(), priority: given).priority == level)
        }
    }

    @Test func `a ticket of another version, or none at all, has a place`() {
        let text = String(decoding: Self.sample().content, as: UTF8.self)
        let newer = text.replacing(#""version":1"#, with: #""version":2"#)
        for content in ["", "x", "{}", "[1]", newer, String(repeating: "[", count: 20_000)] {
            let ticket = PlaceTicket(name: "n", content: Array(content.utf8), now: 5)
            #expect(ticket == PlaceTicket(unreadable: "n") && ticket.state == .running, "\(content.prefix(20))")
        }
    }

    @Test func `a ticket that was changed at random is read as some ticket`() async {
        var numbers = SeededNumbers(1)
        var readable = 0
        for _ in 0..<2000 {
            await Task.yield()
            var content = Self.sample().content
            for _ in 0...numbers.below(4) {
                let index = numbers.below(content.count)
                content[index] = numbers.chance(50) ? UInt8(0x30 + numbers.below(10)) : UInt8(numbers.below(256))
            }
            let ticket = PlaceTicket(name: "name", content: content, now: 1000)
            if ticket != PlaceTicket(unreadable: "name") { readable += 1 }
            #expect((0...1000).contains(ticket.since) && ticket.priority >= 0 && ticket.needs.memory >= 0)
            let book = PlaceBook([ticket, .named("other", since: 0, .cap(2), memory: 1)], now: 1000)
            #expect(book.starters().count <= 2)
        }
        #expect(readable > 200)
    }

    @Test func `no figure of another process leads to an overflow`() {
        let text = """
            {"version":1,"state":"running","title":"\\u001b[2J","since":-9223372036854775808,"boot":"\(BootClock.boot)",
            "needs":{"memory":9223372036854775807,"milliprocessors":9223372036854775807,"disk":-1},
            "limits":{"builds":-5,"ageing":9223372036854775807},"priority":9223372036854775807}
            """
        let ticket = PlaceTicket(name: "n", content: Array(text.utf8), now: .max)
        #expect(ticket.since == 0 && ticket.needs.disk == 0 && ticket.limits.maxConcurrentBuilds == 0)
        #expect(!ticket.title.contains("\u{1b}"))
        var other = ticket
        other.name = "m"
        other.state = .waiting
        #expect(PlaceBook([ticket, ticket, other], now: .max).starters() == [])
        #expect(PlaceBook([other], now: .max).starters() == ["m"])
    }

    @Test func `a ticket of another machine came just now`() {
        let text = String(decoding: Self.sample().content, as: UTF8.self).replacing(BootClock.boot, with: "elsewhere")
        #expect(!BootClock.boot.isEmpty)
        #expect(PlaceTicket(name: "n", content: Array(text.utf8), now: 777).since == 777)
    }
}
