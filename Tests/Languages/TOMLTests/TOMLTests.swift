import CaissonTOML
import CaissonText
import Testing

@Suite("Values of TOML")
struct TOMLTests {
    private static func shown(_ value: TOMLValue) -> String {
        switch value.kind {
        case .bool(let isTrue): "\(isTrue)"
        case .int(let number): "\(number)"
        case .float(let number): "\(number)"
        case .string(let text): text.quoted
        case .time(let text): text
        case .list(let values): "[" + values.map(shown).joined(separator: ",") + "]"
        case .table(let entries): "{" + entries.map { "\($0.key):\(shown($0.value))" }.joined(separator: ",") + "}"
        }
    }

    /// All keys and items with their places, in order.
    private static func places(_ value: TOMLValue, _ name: String = "") -> [String] {
        switch value.kind {
        case .table(let entries):
            entries.flatMap { ["\(name)\($0.key)@\($0.value.place)"] + places($0.value, "\(name)\($0.key).") }
        case .list(let values):
            values.enumerated().flatMap { ["\(name)\($0)@\($1.place)"] + places($1, "\(name)\($0).") }
        default: []
        }
    }

    private static func failure(_ bytes: [UInt8]) -> String {
        do {
            return "none: " + shown(try TOMLValue(parsing: bytes))
        } catch {
            return error.description
        }
    }

    private static func failure(_ text: String) -> String { failure(Array(text.utf8)) }

    @Test(
        "Values are read, keys in their order",
        arguments: [
            ("z = 1\na = -2\n", "{z:1,a:-2}"), ("", "{}"), ("\u{FEFF}a = true", "{a:true}"),
            ("a = [1, # x\n  2,\n]\n", "{a:[1,2]}"), ("a = {b = 'c', d.e = \"f\"}", #"{a:{b:"c",d:{e:"f"}}}"#),
            (
                "a = 1.5\nb = 1979-05-27\nc = 07:32:00\nd = 1979-05-27T07:32:00Z",
                "{a:1.5,b:1979-05-27,c:07:32:00,d:1979-05-27T07:32:00Z}"
            ),
            ("[a]\nb = 1\n[a.c]\nd = \"\"\"\nx\ny\"\"\"\n", #"{a:{b:1,c:{d:"x\ny"}}}"#),
            ("[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3", "{a:[{b:1},{b:2,c:{d:3}}]}"),
            ("a = 0x1F\nb = 0o17\r\nc = 1_000\n", "{a:31,b:15,c:1000}"),
            (#""é\u00e9" = 1"#, "{éé:1}"),
        ]
    )
    func values(_ text: String, _ value: String) throws {
        #expect(Self.shown(try TOMLValue(parsing: text)) == value)
    }

    @Test("Keys and items know their places")
    func places() throws {
        let text = """
            x = 1 # [no]
            a.b = "="
            [t]  # z
              "k y" = [1, { m = 2 },
                '''
            3''']
            [[l.i]]
            n = \"\"\"a
            ] = ""\"\"\"
            [[l.i]]
            n = 2
            [l.i.s]
            o = 3
            """
        #expect(
            Self.places(try TOMLValue(parsing: text)) == [
                "x@1:1", "a@2:1", "a.b@2:3", "t@3:2", "t.k y@4:3", "t.k y.0@4:12", "t.k y.1@4:15", "t.k y.1.m@4:17",
                "t.k y.2@5:5", "l@7:3", "l.i@7:5", "l.i.0@7:1", "l.i.0.n@8:1", "l.i.1@10:1", "l.i.1.n@11:1",
                "l.i.1.s@12:6", "l.i.1.s.o@13:1",
            ]
        )
    }

    @Test(
        "What is wrong is told with its place",
        arguments: [
            ("a = b", "1:5: this is no value; a text stands between quotation marks"),
            ("a = \u{0}", "1:5: a control character stands here; remove it"),
        ]
    )
    func wrong(_ text: String, _ message: String) {
        #expect(Self.failure(text) == message)
    }

    @Test(
        "What is wrong is refused",
        arguments: [
            "a = [1", "a = {b = 1", "a", "a = 1\na = 2", "[a]\n[a]", "a = 'b", "[a", "a = 1 b = 2", "a = 1\n[a.b]",
            "= 1",
            "a = \"\\q\"", "a = 99999999999999999999",
        ]
    )
    func refused(_ text: String) {
        #expect(!Self.failure(text).hasPrefix("none"))
    }

    @Test("What isn't UTF-8 is refused")
    func invalidText() {
        #expect(Self.failure(Array("a = '".utf8) + [0xFF, 0x27]) == "1:1: the text is not in UTF-8; save it so")
    }

    @Test(
        "Nesting of 10,000 is refused",
        arguments: [
            "a = " + String(repeating: "[", count: 10_000), "a = " + String(repeating: "{a=", count: 10_000),
            (0..<10_000).map { _ in "a" }.joined(separator: ".") + " = 1",
            "[" + (0..<10_000).map { _ in "a" }.joined(separator: ".") + "]",
            "a = @\n" + (0..<10_000).map { _ in "a" }.joined(separator: ".") + " = 1",
        ]
    )
    func depth(_ text: String) {
        let message = Self.failure(text)
        #expect(message.contains("nested more than 64 deep") || message.hasPrefix("1:"), "\(message)")
    }

    @Test("Too many keys and too many bytes are refused")
    func sizes() {
        #expect(Self.failure("a = [" + String(repeating: "1,", count: 200_000) + "]").contains("more than 100000 keys"))
        #expect(
            Self.failure([UInt8](repeating: 0x23, count: 10 << 20))
                == "1:1: the text has 10485760 bytes; no more than 1048576 are read"
        )
    }

    @Test("Cut anywhere, a text is read or refused")
    func cuts() {
        let text = Array(
            "a.'b' = [1, {c = \"d\\u00e9\"}]\n[[e]]\nf = '''\n'''\n[e.g]\nh = 1979-05-27T07:32:00Z # i\n".utf8
        )
        for end in 0...text.count { _ = Self.failure(Array(text[..<end])) }
        for index in text.indices {
            for byte: UInt8 in [0, 9, 0x0A, 0x22, 0x2E, 0x3D, 0x5B, 0x7D, 0x80, 0xFF] {
                var other = text
                other[index] = byte
                _ = Self.failure(other)
            }
        }
    }
}
