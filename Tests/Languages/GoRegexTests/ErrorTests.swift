import CaissonGoRegex
import Testing

struct ErrorTests {
    @Test(arguments: [
        (#"*"#, "missing argument to repetition operator: `*`"),
        (#"+"#, "missing argument to repetition operator: `+`"),
        (#"?"#, "missing argument to repetition operator: `?`"),
        (#"(*)"#, "missing argument to repetition operator: `*`"),
        (#"a|*?"#, "missing argument to repetition operator: `*?`"), (#"(abc"#, "missing closing ): `(abc`"),
        (#"abc)"#, "unexpected ): `abc)`"), (#"x[a-z"#, "missing closing ]: `[a-z`"),
        (#"[]"#, "missing closing ]: `[]`"),
        (#"[z-a]"#, "invalid character class range: `z-a`"), (#"[a-\d]"#, #"invalid escape sequence: `\d`"#),
        (#"abc\"#, "trailing backslash at end of expression: ``"),
        (#"a**"#, "invalid nested repetition operator: `**`"), (#"a*+"#, "invalid nested repetition operator: `*+`"),
        (#"a{2}{3}"#, "invalid nested repetition operator: `{2}{3}`"), (#"\x"#, #"invalid escape sequence: `\x`"#),
        (#"\xg0"#, #"invalid escape sequence: `\xg`"#), (#"\x{110000}"#, #"invalid escape sequence: `\x{110000`"#),
        (#"\8"#, #"invalid escape sequence: `\8`"#), (#"\1"#, #"invalid escape sequence: `\1`"#),
        (#"\C"#, #"invalid escape sequence: `\C`"#), (#"a\E"#, #"invalid escape sequence: `\E`"#),
        (#"\Z"#, #"invalid escape sequence: `\Z`"#), (#"x{1001}"#, "invalid repeat count: `{1001}`"),
        (#"x{2,1}"#, "invalid repeat count: `{2,1}`"), (#"(?:x{500}){3}"#, "invalid repeat count: `{3}`"),
        (#"x{99999999999}"#, "invalid repeat count: `{99999999999}`"),
        (#"(?=a)"#, "invalid or unsupported Perl syntax: `(?=`"),
        (#"(?i"#, "invalid or unsupported Perl syntax: `(?i`"),
        (#"(?i-)"#, "invalid or unsupported Perl syntax: `(?i-)`"),
        (#"(?>a)"#, "invalid or unsupported Perl syntax: `(?>`"),
        (#"(?P=n)"#, "invalid or unsupported Perl syntax: `(?P`"), (#"(?<!a)"#, "invalid named capture: `(?<!a)`"),
        (#"(?P<n"#, "invalid named capture: `(?P<n`"), (#"(?P<>a)"#, "invalid named capture: `(?P<>`"),
        (#"(?P<x y>a)"#, "invalid named capture: `(?P<x y>`"),
        (#"[[:foo:]]"#, "invalid character class range: `[:foo:]`"),
        (#"\p{Nope}"#, #"invalid character class range: `\p{Nope}`"#),
        (#"\pX"#, #"invalid character class range: `\pX`"#),
        (#"\p{Lu"#, #"invalid character class range: `\p{Lu`"#),
    ])
    func `mistakes are named as Go names them`(pattern: String, message: String) {
        #expect {
            _ = try GoRegex(pattern)
        } throws: {
            "\($0)" == "error parsing regexp: \(message)"
        }
    }

    private func code(_ pattern: String) -> RegexError.Code? {
        do {
            _ = try GoRegex(pattern)
            return nil
        } catch {
            return error.code
        }
    }

    private func nested(_ depth: Int, _ open: String = "(", _ close: String = ")") -> String {
        String(repeating: open, count: depth) + "a" + String(repeating: close, count: depth)
    }

    @Test func `what is too deep or too large is refused, and nothing overflows`() {
        #expect(code(nested(900)) == nil)
        #expect(code(nested(1001)) == .nestingDepth)
        #expect(code(nested(100_000)) == .nestingDepth)
        #expect(code(nested(100_000, "(?:", ")")) == nil)
        #expect(code(nested(100_000, "(?:", ")*")) == .nestingDepth)
        #expect(code(String(repeating: "(", count: 200_000)) == .missingParenthesis)
        #expect(code("(((((a{10}){10}){10}b{100}){1}c{1000}){1}d{1000}){1}") == nil)
        #expect(code("((a{100}){10}){1}" + String(repeating: "b{1000}", count: 120)) == .tooLarge)
        #expect(code(String(repeating: "(a)", count: 20_000)) == .tooLarge)
        #expect(code("(a{0}){1000}") == nil)
    }

    @Test(arguments: ["(a*)*b", "(a|aa)+b", "(a?){30}a{30}b", "(.*)(.*)(.*)(.*)(.*)b", "(x+x+)+y", "([a-z]+)*=b"])
    func `no pattern makes a search take longer than its program times the text`(pattern: String) throws {
        let regex = try GoRegex(pattern)
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 4000)
        let start = ContinuousClock.now
        #expect(regex.firstMatch(in: text) == nil)
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}
