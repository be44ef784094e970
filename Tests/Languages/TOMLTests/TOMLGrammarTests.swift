import CaissonTOML
import CaissonText
import Testing

/// What https://toml.io/en/v1.0.0 allows and what it doesn't, by its own examples.
@Suite("Grammar of TOML")
struct TOMLGrammarTests {
    private static func failure(_ text: String) -> String? {
        do {
            _ = try TOMLValue(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "Errors say what is wrong, and where",
        arguments: [
            ("a = 1\nb = 2\na = 3", #"3:1: the key "a" stands here twice, first on line 1; remove one"#),
            ("[a]\n[b]\n[a]", #"3:2: the key "a" stands here twice, first on line 1; remove one"#),
            ("a = 1 b = 2", "1:5: this is no value; a text stands between quotation marks"),
            ("a = 'b' c = 2", "1:9: nothing more can stand in this line; begin another one"),
            ("a = ['1' 2]", "1:10: the list has no end; write a comma or ]"),
            ("a = [1,\n  2", "2:4: the list has no end; write a comma or ]"),
            ("a = {b = '1' c = 2}", "1:14: the table has no end; write a comma or }"),
            ("[a", "1:3: the header has no end; write ]"), ("[[a]", "1:5: the header has no end; write ]]"),
            ("é = 1", #"1:1: this is no "key = value""#), ("a: 1", #"1:2: this is no "key = value""#),
            ("\n a = 'b", "2:6: the quotation has no end"), ("a = \"b\nc\"", "1:5: the quotation has no end"),
            (
                #"a = "c:\dir""#,
                #"1:8: this is no escape; write \\ for a backslash, or put the text between single quotes"#
            ),
            ("# a\u{1}", "1:4: a control character stands here; remove it"),
            ("a = '\u{7F}'", "1:6: a control character stands here; remove it"),
            ("\"\"\"a\nb\"\"\" = 1", "1:1: a key can't go over several lines"),
        ]
    )
    func errors(_ text: String, _ message: String) {
        #expect(Self.failure(text) == message)
    }

    @Test(
        "Texts mean what the specification says",
        arguments: [
            (#""\b\t\n\f\r\e\"\\\x41\u00e9\U0001F600\u0000""#, "\u{8}\t\n\u{C}\r\u{1B}\"\\Aé😀\u{0}"),
            (#"'C:\Users\nodejs'"#, #"C:\Users\nodejs"#), ("\"\"", ""), ("''''''", ""),
            ("\"\"\"\none\r\ntwo\"\"\"", "one\ntwo"), ("'''\r\none '' two'''", "one '' two"),
            ("\"\"\"one \\\n\n   \t two\\  \n\"\"\"", "one two"), ("\"\"\"\"\"two\"\"\"\"\"", "\"\"two\"\""),
            (#"'''\'''"#, #"\"#), ("\"é\" # \"", "é"),
        ]
    )
    func texts(_ value: String, _ content: String) throws {
        #expect(try TOMLValue(parsing: "a = \(value)")["a"]?.string == content)
    }

    @Test(
        "Escapes that are none are refused",
        arguments: [#""\q""#, #""\u12""#, #""\ud800""#, #""\U00110000""#, #""\x4""#, #""\ ""#, #"""a\ b""""#, #""\"#]
    )
    func escapes(_ value: String) {
        #expect(Self.failure("a = \(value)") != nil)
    }

    @Test(
        "Words are numbers, dates and times",
        arguments: [
            ("+99", "int(99)"), ("-17", "int(-17)"), ("-0", "int(0)"), ("1_2_3", "int(123)"),
            ("0xDEAD_beef", "int(3735928559)"), ("0b11_01", "int(13)"), ("0o17", "int(15)"),
            ("9223372036854775807", "int(9223372036854775807)"),
            ("-9223372036854775808", "int(-9223372036854775808)"), ("1e06", "float(1000000.0)"),
            ("-0.0", "float(-0.0)"), ("224_617.445_991", "float(224617.445991)"), ("-inf", "float(-inf)"),
            ("nan", "float(nan)"), ("false", "bool(false)"), ("2000-02-29", #"time("2000-02-29")"#),
            ("07:32:00.999999", #"time("07:32:00.999999")"#),
            ("1979-05-27 07:32:00z", #"time("1979-05-27T07:32:00Z")"#),
            ("1979-05-27t00:32:00.5-07:00", #"time("1979-05-27T00:32:00.5-07:00")"#),
        ]
    )
    func words(_ word: String, _ value: String) throws {
        #expect(try TOMLValue(parsing: "a = \(word)")["a"].map { "\($0.kind)" } == value)
    }

    @Test(
        "Words that are nearly numbers, dates or times are refused",
        arguments: [
            "01", "+0x1", "1__0", "_1", "1_", "1.", ".5", "1.e2", "1e", "0X1", "0b2", "0o8", "True", "TRUE", "tru",
            "Inf", "9223372036854775808", "0xFFFFFFFFFFFFFFFF", "1979-13-01", "2001-02-29", "1900-02-29",
            "1979-04-31", "1979-5-27", "24:00:00", "07:60:00", "07:32", "1979-05-27T07:32:00+24:00", "1979-05-27T",
            "1979-05-27 x", "", "@", "a", "1,2", "é",
        ]
    )
    func nearly(_ word: String) {
        #expect(Self.failure("a = \(word)") != nil)
    }

    @Test(
        "A table is written once more only where that is no contradiction",
        arguments: [
            ("[a.b]\n[a]\nc = 1", true), ("[a.b.c]\n[a]\n[a.d]", true), ("[a]\n[a.b]\n[a]", false),
            ("a.b = 1\na.c = 2", true), ("a.b.c = 1\na.b.d = 2", true), ("a.b = 1\na = 2", false),
            ("a = 1\na.b = 2", false), ("[a]\nb.c = 1\n[a.b]", false), ("[a]\nb.c = 1\n[a.b.d]", true),
            ("[a.b]\nc = 1\n[a]\nb.d = 2", false), ("[a.b.c]\n[a]\nb.c.d = 1", false),
            ("a = {b = 1}\na.c = 2", false), ("a = {b = 1}\n[a.c]", false), ("a = {b.c = 1, b.d = 2}", true),
            ("a = {b = 1, b.c = 2}", false), ("a = {b = 1, b = 2}", false), ("a = []\n[[a]]", false),
            ("[[a]]\n[a]", false), ("[a]\n[[a]]", false), ("[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[a.b]", true),
            ("[[a]]\n[a.b]\n[a.b]", false), ("[[a.b]]\n[a]\nc = 1", true), ("a.b = 1\n[a]", false),
            ("a = 1\n[a.b]", false), ("a = [{b = 1}]\n[a.c]", false), ("[a]\n'b'=1\n\"b\"=2", false),
            ("'' = 1\n\"\" = 2", false), ("[]", false), ("[a.]", false), ("a..b = 1", false), (". = 1", false),
            ("[ a . 'b' ]\nc = 1", true), ("[[a] ]", false), ("[a] b = 1", false), ("a = {b = 1,}", true),
            ("a = {,}", false), ("a = [,]", false), ("a = [1,,2]", false), ("a =\n1", false), ("a\n= 1", false),
            ("a = 1\r", false), ("a = 1 # \r\n", true), ("a = 1 # \rb", false),
        ]
    )
    func tables(_ text: String, _ isValid: Bool) {
        #expect((Self.failure(text) == nil) == isValid, "\(Self.failure(text) ?? "it is read")")
    }
}
