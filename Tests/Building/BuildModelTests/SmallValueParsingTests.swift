import CaissonBuildModel
import Testing

@Suite("Sizes, limits, hosts and networks")
struct SmallValueParsingTests {
    @Test(
        "A size is read in powers of 1024 and its description is read back as the same",
        arguments: [
            ("0", 0), ("64", 64), ("64b", 64), ("64m", 64 << 20), ("64M", 64 << 20), ("64MB", 64 << 20),
            ("64 MiB", 64 << 20), ("1.5g", 3 << 29), (".5k", 512), ("1.", 1), ("1.9", 1), ("2t", 2 << 40),
            ("8191p", 8191 << 50), ("9223372036854775807", Int64.max), ("0.3k", 307),
        ] as [(String, Int64)]
    )
    func sizes(text: String, bytes: Int64) throws {
        let size = try ByteSize(parsing: text)
        #expect(size.bytes == bytes)
        #expect(try ByteSize(parsing: size.description) == size)
    }

    @Test(
        "A bad size is refused",
        arguments: [
            "", "m", "-1", "-1m", "1x", "1mm", "1mib2", "1bb", "1.2.3", "1e3", "0x10", ".", "9223372036854775808",
            "8192p",
            "99999999999g", "8191.9999999999999999999999p5", "١", "1k\u{301}", "1\u{301}k", "inf", "nan",
        ]
    )
    func badSizes(text: String) {
        #expect(throws: ParseError.self) { try ByteSize(parsing: text) }
    }

    @Test(
        "A length of time is read as ISO 8601 spells it",
        arguments: [
            ("PT5M", 300), ("PT1H30M", 5400), ("P1DT12H", 129_600), ("PT0S", 0), ("P2W", 1_209_600), ("P1D", 86_400),
            ("PT90M", 5400),
        ] as [(String, Int)]
    )
    func timespans(text: String, seconds: Int) {
        #expect(Timespan(iso8601: text)?.duration == .seconds(seconds))
    }

    @Test func `seconds of a length of time may have a fraction`() {
        #expect(Timespan(iso8601: "PT1.5S")?.duration == .milliseconds(1500))
        #expect(Timespan(iso8601: "P1DT1M0,000000001S")?.duration == .seconds(86_460) + .nanoseconds(1))
        for text in ["PT1.S", "PT.5S", "PT1.5", "P1.5D", "PT1.1234567890S", "PT5S1.5S", "PT1.5M", "PT1.5S1S", "P1.5S"] {
            #expect(Timespan(iso8601: text) == nil, "\(text)")
        }
    }

    @Test(
        "What ISO 8601 doesn't spell so, months, years and centuries are refused",
        arguments: [
            "", "P", "PT", "P1", "PT1", "5M", "P5M", "P1Y", "PTM", "PT5M5M", "PT1S1M", "P1H", "PT1D", "PT-5M", "PT1.5M",
            "P1DT", "PTT1S", "PT99999999999999999999S", "PT4294967297S", "P7102W", "pt5m",
        ]
    )
    func badTimespans(text: String) {
        #expect(Timespan(iso8601: text) == nil)
    }

    @Test(
        "A ulimit is read and its description is read back as the same",
        arguments: [
            ("nofile=1024:2048", Ulimit(name: "nofile", soft: 1024, hard: 2048)),
            ("nofile=1024", Ulimit(name: "nofile", soft: 1024, hard: 1024)),
            ("core=-1", Ulimit(name: "core", soft: -1, hard: -1)),
            ("memlock=5:-1", Ulimit(name: "memlock", soft: 5, hard: -1)),
            ("nproc=0:0", Ulimit(name: "nproc", soft: 0, hard: 0)),
        ]
    )
    func ulimits(text: String, limit: Ulimit) throws {
        #expect(try Ulimit(parsing: text) == limit)
        #expect(try Ulimit(parsing: limit.description) == limit)
    }

    @Test(
        "A bad ulimit is refused with what is wrong about it",
        arguments: [
            ("", "no '='"), ("nofile", "no '='"), ("nofiles=1", "did you mean nofile?"), ("as=1", "unknown limit"),
            ("NOFILE=1", "unknown limit"), ("nofile=", "whole number"), ("nofile=a", "whole number"),
            ("nofile=1:2:3", "more than"), ("nofile=2:1", "above the hard limit"), ("nofile=-1:1", "above"),
            ("nofile=-2", "whole number"), ("nofile=9223372036854775808", "whole number"),
        ]
    )
    func badUlimits(text: String, problem: String) {
        let error = #expect(throws: ParseError.self) { try Ulimit(parsing: text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test(
        "An extra host is read in docker's forms and its description is read back as the same",
        arguments: [
            ("a:1.2.3.4", "a", "1.2.3.4"), ("a=1.2.3.4", "a", "1.2.3.4"), ("a:::1", "a", "::1"), ("a=::1", "a", "::1"),
            ("a:[::1]", "a", "::1"), ("a=[1.2.3.4]", "a", "1.2.3.4"),
            ("a.b-c_d:host-gateway", "a.b-c_d", "host-gateway"),
            ("a=fe80::1:2", "a", "fe80::1:2"), ("a=1:2:3:4:5:6:7:8", "a", "1:2:3:4:5:6:7:8"),
            ("a=::ffff:1.2.3.4", "a", "::ffff:1.2.3.4"), ("a=::", "a", "::"), ("a=1::", "a", "1::"),
        ]
    )
    func hosts(text: String, name: String, address: String) throws {
        let host = try ExtraHost(parsing: text)
        #expect(host == ExtraHost(name: name, address: address))
        #expect(try ExtraHost(parsing: host.description) == host)
    }

    @Test(
        "A bad extra host is refused",
        arguments: [
            "", "a", "a:", "a=", ":1.2.3.4", "=1.2.3.4", "a:1.2.3", "a:1.2.3.256", "a:01.2.3.4", "a:1.2.3.4.5", "a=1:2",
            "a=:::", "a=1::2::3", "a=12345::", "a=1:2:3:4:5:6:7:8:9", "a=::1%eth0", "a=[host-gateway]", "a b:1.2.3.4",
            "a=1:2:3:4:5:6:7::8", "a:b:1.2.3.4", "a\n:1.2.3.4", "a,b=1.2.3.4", "a=1.2.3.4:5::",
        ]
    )
    func badHosts(text: String) {
        #expect(throws: ParseError.self) { try ExtraHost(parsing: text) }
    }

    @Test("A comma list has several extra hosts")
    func hostList() throws {
        let list = try ExtraHost.list(parsing: "a:1.2.3.4,b=::1")
        #expect(list == [ExtraHost(name: "a", address: "1.2.3.4"), ExtraHost(name: "b", address: "::1")])
    }

    @Test("A network mode is one of three words")
    func networks() throws {
        for mode in NetworkMode.allCases { #expect(try NetworkMode(parsing: mode.description) == mode) }
        let error = #expect(throws: ParseError.self) { try NetworkMode(parsing: "bridge") }
        #expect(error?.description.contains("default, none or host") == true)
    }

    @Test("Stages without cache are a comma list, each named once")
    func noCache() throws {
        #expect(try NoCache(parsing: "a, b,a") == .stages(["a", "b"]))
        #expect(try NoCache(parsing: NoCache.stages(["a", "b"]).description) == .stages(["a", "b"]))
        for text in ["", ",", "a,", "a b"] { #expect(throws: ParseError.self) { try NoCache(parsing: text) } }
    }
}
