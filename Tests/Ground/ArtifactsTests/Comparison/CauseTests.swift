import CaissonArtifacts
import Testing

struct CauseTests {
    @Test(arguments: [
        ("at 10:32:11", "at 10:33:02", DifferenceCause?.some(.time)), ("Dec  3 2026", "Dec  4 2026", .time),
        ("#1 SMP Thu Dec 3 06:04:23 UTC 2026", "#1 SMP Fri Dec 4 06:04:23 UTC 2026", .time),
        ("#1 SMP Thu Dec 3 06:04:23 UTC 2026", "#1 SMP Thu Dec 3 06:04:23 UTC 2027", .time),
        ("on 2026-12-03", "on 2026-12-04", .time), ("stamp 1700000000", "stamp 1700000099", .time),
        ("stamp 9700000000", "stamp 9700000099", nil), ("#1 SMP", "#2 SMP", .buildNumber),
        ("/build/one/a.c", "/build/two/a.c", .path), ("-I/one/include", "-I/two/include", .path),
        ("/one", "/home/two", .path), ("1/2 done", "1/3 done", nil), ("see lib/one/a.h", "see lib/two/a.h", .path),
        ("6.1 (me@one) (gcc", "6.1 (me@two) (gcc", .builder), ("6.1 (me@one)", "6.1 (it@one)", .builder),
        ("SMP RANDSTRUCT_abc", "SMP RANDSTRUCT_abd", .seed), ("May I", "Mar I", nil), ("Monday", "Sunday", nil),
        ("some text", "some test", nil), ("Size: 10 at 10:32:11", "Size: 11 at 10:32:11", nil),
        ("10:32:11 took 5 s and more, as far", "10:32:11 took 6 s and more, as far", nil),
    ])
    func `The cause is told where it is plain`(first: String, second: String, cause: DifferenceCause?) throws {
        for (head, tail) in [("", ""), ("\0", "\0"), ("a\nb: ", "\n")] {
            let difference = try ComparisonFixture.difference(head + first + tail, head + second + tail)
            #expect(difference?.cause == cause, "\(difference?.description ?? "")")
        }
    }

    @Test
    func `A file that ends within a time has no cause`() throws {
        #expect(try ComparisonFixture.difference("at 10:32:11", "at 10:32:")?.cause == nil)
    }

    @Test
    func `Every cause says what it is and what is to be done`() {
        for cause in DifferenceCause.allCases { #expect(cause.description.contains(cause == .buildID ? "id" : ": ")) }
    }
}
