import CaissonGoRegex
import Testing

/// Go's own cases (`regexp/find_test.go`), with the places of all groups of all matches as Go reports them.
struct FindTests {
    typealias Case = (pattern: String, text: String, matches: [[Int]])

    static let plain: [Case] = [
        (#""#, "", [[0, 0]]), (#"^abcdefg"#, "abcdefg", [[0, 7]]), (#"a+"#, "baaab", [[1, 4]]),
        (#"abcd.."#, "abcdef", [[0, 6]]), (#"a"#, "a", [[0, 1]]), (#"x"#, "y", []), (#"b"#, "abc", [[1, 2]]),
        (#"."#, "a", [[0, 1]]), (#".*"#, "abcdef", [[0, 6]]), (#"^"#, "abcde", [[0, 0]]), (#"$"#, "abcde", [[5, 5]]),
        (#"^abcd$"#, "abcd", [[0, 4]]), (#"^bcd'"#, "abcdef", []), (#"^abcd$"#, "abcde", []),
        (#"a*"#, "baaab", [[0, 0], [1, 4], [5, 5]]), (#"[a-z]+"#, "abcd", [[0, 4]]),
        (#"[^a-z]+"#, "ab1234cd", [[2, 6]]), (#"[a\-\]z]+"#, "az]-bcz", [[0, 4], [6, 7]]),
        (#"[^\n]+"#, "abcd\n", [[0, 4]]), (#"[日本語]+"#, "日本語日本語", [[0, 18]]), (#"日本語+"#, "日本語", [[0, 9]]),
        (#"日本語+"#, "日本語語語語", [[0, 18]]), (#"\a\f\n\r\t\v"#, "\u{7}\u{c}\n\r\t\u{b}", [[0, 6]]),
        (#"[\a\f\n\r\t\v]+"#, "\u{7}\u{c}\n\r\t\u{b}", [[0, 6]]), (#"[.]"#, ".", [[0, 1]]),
        (#"/$"#, "/abc/", [[4, 5]]), (#"/$"#, "/abc", []), (#"."#, "abc", [[0, 1], [1, 2], [2, 3]]),
        (#"ab*"#, "abbaab", [[0, 3], [3, 4], [4, 6]]), (#"ab$"#, "cab", [[1, 3]]), (#"axxb$"#, "axxcb", []),
        (#"data"#, "daXY data", [[5, 9]]), (#"zx+"#, "zzx", [[1, 3]]), (#"ab$"#, "abcab", [[3, 5]]),
        (#"(?:(?:^).)"#, "\n", []), (#"\Q+|*?{[\E"#, "+|*?{[", [[0, 6]]), (#"\Q+|*?{["#, "+|*?{[", [[0, 6]]),
        (#"\Qab\E+"#, "abbb", [[0, 4]]), (##"\!\"\#\$\%\&\'\(\)\*\+\,\-\.\/"##, "!\"#$%&'()*+,-./", [[0, 15]]),
        (##"[\!\"\#\$\%\&\'\(\)\*\+\,\-\.\/]+"##, "!\"#$%&'()*+,-./", [[0, 15]]),
    ]

    static let groups: [Case] = [
        (#"()"#, "", [[0, 0, 0, 0]]), (#"(a)"#, "a", [[0, 1, 0, 1]]), (#"(.)(.)"#, "日a", [[0, 4, 0, 3, 3, 4]]),
        (#"(.*)"#, "", [[0, 0, 0, 0]]), (#"(.*)"#, "abcd", [[0, 4, 0, 4]]),
        (#"(..)(..)"#, "abcd", [[0, 4, 0, 2, 2, 4]]), (#"(([^xyz]*)(d))"#, "abcd", [[0, 4, 0, 4, 0, 3, 3, 4]]),
        (#"((a|b|c)*(d))"#, "abcd", [[0, 4, 0, 4, 2, 3, 3, 4]]),
        (#"(((a|b|c)*)(d))"#, "abcd", [[0, 4, 0, 4, 0, 3, 2, 3, 3, 4]]),
        (#"a*(|(b))c*"#, "aacc", [[0, 4, 2, 2, -1, -1]]), (#"(.*).*"#, "ab", [[0, 2, 0, 2]]),
        (#"(.)"#, "abc", [[0, 1, 0, 1], [1, 2, 1, 2], [2, 3, 2, 3]]),
        (#".(.)"#, "abcd", [[0, 2, 1, 2], [2, 4, 3, 4]]),
        (#"a(b*)"#, "abbaab", [[0, 3, 1, 3], [3, 4, 4, 4], [4, 6, 5, 6]]),
        (#"da(.)a$"#, "daXY data", [[5, 9, 7, 8]]), (#"(aa)*$"#, "a", [[1, 1, -1, -1]]),
        (#"(a){0}"#, "", [[0, 0, -1, -1]]),
        (#"(|a)*"#, "aa", [[0, 0, 0, 0], [1, 1, 1, 1], [2, 2, 2, 2]]),
        (#"(|a)+"#, "aa", [[0, 0, 0, 0], [1, 1, 1, 1], [2, 2, 2, 2]]),
        (#"(a|)*"#, "aa", [[0, 2, 1, 2]]), (#"(a*)*"#, "b", [[0, 0, 0, 0], [1, 1, 1, 1]]),
        (#"(a*)+"#, "b", [[0, 0, 0, 0], [1, 1, 1, 1]]), (#"(a)|b"#, "b", [[0, 1, -1, -1]]),
        (#"(a+|b+)*?c"#, "aabbc", [[0, 5, 2, 4]]), (#"(a|ab)(c|bcd)(d*)"#, "abcd", [[0, 4, 0, 1, 1, 4, 4, 4]]),
        (#"(ab|a)(bcd|c)(d*)"#, "abcd", [[0, 4, 0, 2, 2, 3, 3, 4]]), (#"a|ab"#, "ab", [[0, 1]]),
        (#"ab|a"#, "ab", [[0, 2]]), (#"(a{2}){1,2}?"#, "aaaa", [[0, 2, 0, 2], [2, 4, 2, 4]]),
        (#"(a){2,3}"#, "aaaaa", [[0, 3, 2, 3], [3, 5, 4, 5]]), (#"a{,2}"#, "a{,2}", [[0, 5]]),
        (#"(a?){3}"#, "aa", [[0, 2, 2, 2]]), (#"(a?)??b"#, "ab", [[0, 2, 0, 1]]),
    ]

    static let syntax: [Case] = [
        (#"(?i)abc"#, "xABc", [[1, 4]]), (#"(?i:a)b"#, "Ab AB", [[0, 2]]), (#"a(?i)b|c"#, "aB C", [[0, 2], [3, 4]]),
        (#"(?i)k"#, "kK\u{212A}", [[0, 1], [1, 2], [2, 5]]), (#"(?i)[^k]"#, "K\u{212A}j", [[4, 5]]),
        (#"(?i)s+"#, "sS\u{17F}", [[0, 4]]), (#"(?i)\w+"#, "a\u{17F}", [[0, 3]]), (#"\w+"#, "a\u{17F}", [[0, 1]]),
        (#"(?i)σ+"#, "ςΣσ", [[0, 6]]), (#"(?i)[a-z]+"#, "aZ\u{212A}", [[0, 5]]), (#"(?i)ı"#, "iI", []),
        (#"(?i)ß"#, "ẞ", [[0, 3]]), (#"(?-i)a"#, "A", []), (#"(?i)(?-i:a)A"#, "aa Aa", [[0, 2]]),
        (#"."#, "\n", []), (#"(?s)."#, "\n", [[0, 1]]), (#"(?s).(?-s)."#, "\n\n", []), (#"[^a]"#, "\n", [[0, 1]]),
        (#"^b"#, "a\nb", []), (#"(?m)^b$"#, "a\nb\nc", [[2, 3]]), (#"(?m)^"#, "a\n\n", [[0, 0], [2, 2], [3, 3]]),
        (#"(?m)\Ab"#, "a\nb", []), (#"(?m)a\z"#, "a\nb", []), (#"a$"#, "a\n", []), (#"(?m)a$"#, "a\n", [[0, 1]]),
        (#"a+?"#, "aaa", [[0, 1], [1, 2], [2, 3]]), (#"(?U)a+"#, "aa", [[0, 1], [1, 2]]),
        (#"(?U)a+?"#, "aa", [[0, 2]]),
        (#"a??b"#, "ab", [[0, 2]]), (#"a*?$"#, "aa", [[0, 2]]), (#"\bfoo\b"#, "foo food foo", [[0, 3], [9, 12]]),
        (#"\Boo"#, "foo oo", [[1, 3]]), (#"\b"#, "日x", [[3, 3], [4, 4]]), (#"\pL+"#, "éa1", [[0, 3]]),
        (#"\p{Lu}+"#, "aÉB", [[1, 4]]), (#"\PL+"#, "é12", [[2, 4]]), (#"\p{^Nd}"#, "1a", [[1, 2]]),
        (#"[\p{Nd}x]+"#, "x٣!", [[0, 3]]), (#"[[:alpha:]]+"#, "1ab_", [[1, 3]]), (#"[[:^digit:]]"#, "1a", [[1, 2]]),
        (#"[[:word:]-]+"#, "a-_!", [[0, 3]]), (#"[]a]+"#, "a]b", [[0, 2]]), (#"[^]a]"#, "]b", [[1, 2]]),
        (#"[a-]+"#, "-a", [[0, 2]]), (#"[\d\s]+"#, "1 \u{b}", [[0, 2]]), (#"[[:space:]]"#, "\u{b}", [[0, 1]]),
        (#"\x41\x{42}\103\0"#, "ABC\u{0}", [[0, 4]]), (#"\_"#, "_", [[0, 1]]), (#"x{2}"#, "xxx", [[0, 2]]),
        (#"x{2,}"#, "xxx", [[0, 3]]), (#"x{0}y"#, "xy", [[1, 2]]), (#"x{01}"#, "x{01}", [[0, 5]]),
        (#"{"#, "{", [[0, 1]]),
        (#"^*a"#, "a", [[0, 1]]), (#"(?:)"#, "a", [[0, 0], [1, 1]]), (#"a||b"#, "b", [[0, 0], [1, 1]]),
        (#"(?P<n>a)(?<m>b)"#, "ab", [[0, 2, 0, 1, 1, 2]]), (#"]"#, "]", [[0, 1]]), (#"a*(?i)*"#, "aa", [[0, 2]]),
    ]

    @Test(arguments: plain + groups + syntax)
    func `matches are where Go finds them`(example: Case) throws {
        let regex = try GoRegex(example.pattern)
        let found = regex.allMatches(in: Array(example.text.utf8)).map(places)
        #expect(found == example.matches, "\(example.pattern) in \(example.text)")
        #expect(regex.firstMatch(in: example.text).map(places) == example.matches.first)
        #expect(regex.matches(example.text) == !example.matches.isEmpty)
    }

    private func places(_ match: GoRegex.Match) -> [Int] {
        match.groups.flatMap { [$0?.lowerBound ?? -1, $0?.upperBound ?? -1] }
    }

    @Test func `bytes that aren't UTF-8 count as one scalar each`() throws {
        let text: [UInt8] = [0x61, 0xFF, 0xC3, 0x62]
        #expect(try GoRegex("a..b").firstMatch(in: text)?.range == 0..<4)
        #expect(try GoRegex(#"a\x{FFFD}+b"#).firstMatch(in: text)?.range == 0..<4)
        #expect(try GoRegex(#"\Bb"#).firstMatch(in: text) == nil)
    }

    @Test func `a search from a place on knows what is before it`() throws {
        #expect(try GoRegex("^b").firstMatch(in: Array("ab".utf8), from: 1) == nil)
        #expect(try GoRegex(#"\bb"#).firstMatch(in: Array("ab".utf8), from: 1) == nil)
        #expect(try GoRegex(#"\bb"#).firstMatch(in: Array("éb".utf8), from: 2)?.range == 2..<3)
        #expect(try GoRegex("(?m)^b").firstMatch(in: Array("a\nb".utf8), from: 2)?.range == 2..<3)
        #expect(try GoRegex("b").firstMatch(in: Array("ab".utf8), from: 3) == nil)
    }

    @Test func `groups have the names that they were given`() throws {
        let regex = try GoRegex("(?P<year>\\d+)-(x)(?<month>a)|(?P<year>b)")
        #expect(regex.groupNames == [nil, "year", nil, "month", "year"])
        #expect(regex.group(named: "year") == 1 && regex.group(named: "day") == nil)
    }
}
