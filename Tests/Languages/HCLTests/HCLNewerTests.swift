import CaissonHCL
import Testing

@Suite("What buildx 0.36 has and the recorded rows don't")
struct HCLNewerTests {
    private static let clock = HCLEnvironment(
        now: { 1_136_214_245 },
        home: { "/home/someone" },
        random: { Array(repeating: 0x5A, count: $0) }
    )

    private static func answer(_ text: String) -> HCLAnswer { HCLAnswer(text, in: HCLContext(environment: clock)) }

    @Test(
        "Values",
        arguments: [
            ("true || [1][5]", "true"), ("[1][5] || true", "true"), ("[1][5] && false", "false"),
            ("true || null", "true"),
            ("element([1, 2, 3], -1)", "3"), ("element([1, 2, 3], -4)", "3"), ("contains([null], null)", "true"),
            ("contains([1], null)", "false"), ("timestamp()", "2006-01-02T15:04:05Z"), ("homedir()", "/home/someone"),
            ("uuidv4()", "5a5a5a5a-5a5a-4a5a-9a5a-5a5a5a5a5a5a"),
            (#"formattimestamp("X", "2006-01-02T15:04:05+02:00")"#, "1136207045"),
            (#"formattimestamp("X", 12)"#, "12"), (#"formattimestamp("YYYY hh:mm", 0)"#, "1970 00:00"),
            (#"formattimestamp("EEEE", "2006-01-02T15:04:05Z")"#, "Monday"),
            ("jsonencode(unixtimestampparse(1690328596))", Self.parts),
            ("unixtimestampparse(-1).rfc3339", "1969-12-31T23:59:59Z"),
            ("unixtimestampparse(1104537600).iso_week", "53"), ("unixtimestampparse(1104537600).iso_year", "2004"),
            ("jsonencode(convert({a = 1}, object({a = string, b = optional(number)})))", #"{"a":"1","b":null}"#),
        ]
    )
    func values(_ text: String, _ expected: String) {
        #expect(Self.answer(text) == .value(expected))
    }

    private static let parts =
        #"{"day":25,"hour":23,"iso_week":30,"iso_year":2023,"minute":43,"month":7,"month_name":"July","#
        + #""rfc3339":"2023-07-25T23:43:16Z","second":16,"weekday":2,"weekday_name":"Tuesday","year":2023,"year_day":206}"#

    @Test(
        "Errors",
        arguments: [
            ("true && [1][5]", "Invalid index"), ("null || false", "argument must not be null"),
            (#"formatdate("h", "2006-01-02T1:00:00Z")"#, "not a valid RFC3339 timestamp"),
            (#"formatdate("h", "2006-01-02T01:00:00,5Z")"#, "not a valid RFC3339 timestamp"),
            (#"formattimestamp("X", true)"#, "must be a string timestamp or a unix timestamp number"),
            (#"formattimestamp("X", 1.5)"#, "unix timestamp must be an integer"),
            ("unixtimestampparse(1e15)", "within the years 1 to 9999"),
            ("unixtimestampparse(0.5)", "must be an integer"),
            (#"jsondecode("{\"a\":1,\"a\":\"x\"}")"#, "duplicate \"a\" property"),
            (#"byteslen("a")"#, "bytes required"),
            (#"bytesslice("a", 0, 1)"#, "bytes required"),
            (#"cidrsubnet("10.0.0.0/8", 8, -1)"#, "does not accommodate"),
        ]
    )
    func errors(_ text: String, _ expected: String) {
        #expect(Self.answer(text).description.contains(expected), "\(Self.answer(text))")
    }

    @Test(
        "Versions are compared with constraints as Masterminds' semver does",
        arguments: [
            ("1.2.3", "1.2.3", true), ("1.2.3", "=1.2.4", false), ("1.2.3", "!=1.2.3", false), ("v1.2.3", ">1.0", true),
            ("1.2.3", ">=1.2.3", true), ("2.0.0", "<2", false), ("1.2.9", "<=1.2", true), ("1.3.0", "<=1.2", false),
            ("1.2.9", "~1.2.3", true), ("1.3.0", "~1.2.3", false), ("1.9.0", "~1", true), ("1.9.0", "^1.2", true),
            ("2.0.0", "^1.2", false), ("0.2.0", "^0.1.0", false), ("0.1.9", "^0.1.0", true), ("0.0.4", "^0.0.3", false),
            ("1.2.3", "*", true), ("1.2.3", "1.x", true), ("2.2.3", "1.2.*", false), ("1.5.0", ">=1.0, <2.0", true),
            ("1.5.0", ">=1.0 <2.0", true), ("1.1.0", "<1.0 || >=1.2", false), ("1.5.0", "1.0 - 2.0", true),
            ("2.1.1", "1.0 - 2.0", false), ("1.2.3-beta.1", ">=1.0", false), ("1.2.3-beta.1", ">=1.2.3-alpha", true),
            ("1.2.3-beta.2", "<1.2.3-beta.11", true), ("1.2", "1.2.0", true), ("1.2.3+build", "1.2.3", true),
            ("1.2.3", "!=1.x", false), ("2.2.3", "!=1.x", true), ("1.2.3", ">1", false), ("1.3.0", ">1.2", true),
            ("1.2.3", "~>1.2", true), ("1.2.3", "=>1", true), ("1.2.3", "=<1.2", true),
        ]
    )
    func versions(_ version: String, _ constraint: String, _ expected: Bool) {
        #expect(HCLAnswer("semvercmp(\"\(version)\", \"\(constraint)\")") == .value("\(expected)"))
    }

    @Test(
        "What is no version or no constraint is an error",
        arguments: [
            ("x", "1"), ("", "1"), ("1.2.3.4", "1"), ("1", "foo"), ("1", ">"), ("1.2.3-01", "1"), ("1", "1,,2"),
            ("1", ""),
        ]
    )
    func noVersions(_ version: String, _ constraint: String) {
        #expect(HCLAnswer("semvercmp(\"\(version)\", \"\(constraint)\")").isError)
    }
}
