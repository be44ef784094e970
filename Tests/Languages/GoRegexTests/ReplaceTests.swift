import CaissonGoRegex
import Testing

/// Go's own cases (`regexp/all_test.go`).
struct ReplaceTests {
    @Test(arguments: [
        ("", "", "", ""), ("", "x", "", "x"), ("", "", "abc", "abc"), ("", "x", "abc", "xaxbxcx"), ("b", "", "", ""),
        ("b", "x", "", ""), ("b", "", "abc", "ac"), ("b", "x", "abc", "axc"), ("y", "x", "abc", "abc"),
        ("[a-c]*", "x", "日", "x日x"), ("[^日]", "x", "abc日def", "xxx日xxx"), ("^[a-c]*", "x", "abcdabc", "xdabc"),
        ("[a-c]*$", "x", "abcdabc", "abcdx"), ("^[a-c]*$", "x", "abcdabc", "abcdabc"),
        ("[a-c]*", "x", "abcbcdcdedef", "xdxdxexdxexfx"), ("(a+)", "($1)", "banana", "b(a)n(a)n(a)"),
        ("hello, (.+)", "goodbye, ${1}", "hello, world", "goodbye, world"),
        ("hello, (.+)", "goodbye, $1x", "hello, world", "goodbye, "),
        ("hello, (.+)", "goodbye, ${1}x", "hello, world", "goodbye, worldx"),
        ("hello, (.+)", "<$0><$1><$2><$3>", "hello, world", "<hello, world><world><><>"),
        ("hello, (?P<noun>.+)", "goodbye, $noun!", "hello, world", "goodbye, world!"),
        ("hello, (?<noun>.+)", "goodbye, ${noun}", "hello, world", "goodbye, world"),
        ("(?P<x>hi)|(?P<x>bye)", "$x$x$x", "hi", "hihihi"), ("(?P<x>hi)|(?P<x>bye)", "$x$x$x", "bye", "byebyebye"),
        ("(?P<x>hi)|(?P<x>bye)", "$xyz", "hi", ""), ("(?P<x>hi)|(?P<x>bye)", "${x}yz", "hi", "hiyz"),
        ("(?P<x>hi)|(?P<x>bye)", "hello $$x", "hi", "hello $x"), ("a+", "${oops", "aaa", "${oops"),
        ("a+", "$$", "aaa", "$"), ("a+", "$", "aaa", "$"), ("(x)?", "$1", "123", "123"), ("abc", "$1", "123", "123"),
        ("(a)(b){0}(c)", ".$1|$3.", "xacxacx", "x.a|c.x.a|c.x"), ("(a)(((b))){0}c", ".$1.", "xacxacx", "x.a.x.a.x"),
        ("((a(b){0}){3}){5}(h)", "y caramb$2", "say aaaaaaaaaaaaaaaah", "say ay caramba"), ("a", "$01", "a", ""),
        ("(a)", "${ 1}$-1", "a", "${ 1}$-1"), ("(a)", "$1234567890123456789012", "a", ""),
    ])
    func `templates are filled in as Go does`(pattern: String, template: String, text: String, result: String) throws {
        #expect(try GoRegex(pattern).replacingAll(in: text, with: template) == result)
    }

    @Test func `a literal replacement means itself`() throws {
        let out = try GoRegex("(a)").replacingAll(in: Array("banana".utf8), withLiteral: Array("$1".utf8))
        #expect(String(decoding: out, as: UTF8.self) == "b$1n$1n$1")
    }
}
