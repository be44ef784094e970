import CaissonJSON
import Testing

@Suite("Writer of JSON")
struct JSONWriterTests {
    private static let text =
        "q\"b\\s/\u{8}\t\n\u{c}\r\u{1}\u{1f}\u{7f}<>&é\u{80}\u{9f}\u{a0}\u{61c}\u{200a}\u{200b}\u{200f}"
        + "\u{2027}\u{2028}\u{2029}\u{202e}\u{2060}\u{206f}\u{feff}\u{fffd}日😀"

    /// What the four writers made that this one stands for.
    private static let expected: [JSONEscaping: String] = [
        .go: #""q\"b\\s/\b\t\n\f\r\u0001\u001f"# + "\u{7f}" + #"\u003c\u003e\u0026é"#
            + "\u{80}\u{9f}\u{a0}\u{61c}\u{200a}"
            + "\u{200b}\u{200f}\u{2027}" + #"\u2028\u2029"# + "\u{202e}\u{2060}\u{206f}\u{feff}\u{fffd}日😀\"",
        .goMessage: #""q\"b\\s/\b\t\n\f\r\u0001\u001f"# + "\u{7f}" + #"\u003c\u003e\u0026é"#
            + "\u{80}\u{9f}\u{a0}\u{61c}"
            + "\u{200a}\u{200b}\u{200f}\u{2027}" + #"\u2028\u2029"# + "\u{202e}\u{2060}\u{206f}\u{feff}"
            + #"\ufffd日😀""#,
        .report: #""q\"b\\s/\u0008\t\n\u000c\r\u0001\u001f\u007f<>&é"#
            + "\u{80}\u{9f}\u{a0}\u{61c}\u{200a}\u{200b}\u{200f}"
            + "\u{2027}" + #"\u2028\u2029"# + "\u{202e}\u{2060}\u{206f}\u{feff}\u{fffd}日😀\"",
        .display: #""q\"b\\s/\u0008\u0009\u000a\u000c\u000d\u0001\u001f\u007f<>&é\u0080\u009f"# + "\u{a0}" + #"\u061c"#
            + "\u{200a}" + #"\u200b\u200f"# + "\u{2027}" + #"\u2028\u2029\u202e\u2060\u206f\ufeff"# + "\u{fffd}日😀\"",
    ]

    @Test("Each rule escapes what the writer did that it stands for", arguments: JSONEscaping.allCases)
    func escapes(_ escaping: JSONEscaping) {
        var json = JSONWriter(escaping)
        json.string(Self.text)
        #expect(Array(json.text.utf8) == Self.expected[escaping].map { Array($0.utf8) })
    }

    @Test("What is written is read again as the same", arguments: JSONEscaping.allCases)
    func roundTrip(_ escaping: JSONEscaping) throws {
        var json = JSONWriter(escaping)
        json.string(Self.text)
        #expect(try JSON(parsing: json.bytes) == .string(Self.text))
    }

    @Test("Commas, colons and brackets stand where they belong, and what is empty has no line breaks")
    func structure() {
        let value = JSON.object([
            JSONMember("a", .array([])), JSONMember("<", .object([])),
            JSONMember("b", .array([.null, .bool(true), .number("1e3"), .array([.string("x")])])),
        ])
        #expect(value.goText(indented: false) == #"{"a":[],"\u003c":{},"b":[null,true,1e3,["x"]]}"#)
        let indented = """
            {
              "a": [],
              "\\u003c": {},
              "b": [
                null,
                true,
                1e3,
                [
                  "x"
                ]
              ]
            }
            """
        #expect(value.goText() == indented)
    }

    @Test("Members are written one after the other")
    func members() {
        var json = JSONWriter(.go)
        json.object { json in
            json.member("text", "a")
            json.member("number", -7)
            json.member("flag", false)
            json.object("object") { $0.member("inner", 0) }
            json.list("list", ["a", "b"]) { $0.string($1) }
        }
        #expect(json.text == #"{"text":"a","number":-7,"flag":false,"object":{"inner":0},"list":["a","b"]}"#)
    }

    @Test(
        "Bytes are written in base64, none as null",
        arguments: [
            ([], "null"), ([0xFF], "\"/w==\""), ([1, 2], "\"AQI=\""), ([1, 2, 3], "\"AQID\""),
            ([1, 2, 3, 4], "\"AQIDBA==\""),
        ]
            as [([UInt8], String)]
    )
    func base64(_ bytes: [UInt8], _ text: String) {
        var json = JSONWriter(.go)
        json.data(bytes)
        #expect(json.text == text)
    }

    @Test("A value is appended to what is there")
    func append() {
        var bytes = Array("x,".utf8)
        for number in 1...2 { JSONWriter.append(to: &bytes, .go) { $0.object { $0.member("n", number) } } }
        #expect(String(decoding: bytes, as: UTF8.self) == #"x,{"n":1}{"n":2}"#)
    }
}
