import CaissonText
import CaissonYAML
import Testing

@Suite("Values of YAML")
struct YAMLTests {
    /// The value in a form that is short to compare.
    private static func shown(_ value: YAMLValue) -> String {
        switch value.kind {
        case .null: "null"
        case .bool(let isTrue): "\(isTrue)"
        case .int(let number): "\(number)"
        case .float(let number): "\(number)"
        case .string(let text, _): text.quoted
        case .list(let values): "[" + values.map(shown).joined(separator: ",") + "]"
        case .map(let entries): "{" + entries.map { "\($0.key):\(shown($0.value))" }.joined(separator: ",") + "}"
        }
    }

    private static func shown(_ text: String) throws -> String { shown(try YAMLValue(parsing: text)) }

    private static func failure(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) -> String {
        do {
            return "none: " + shown(try YAMLValue(parsing: bytes, limits: limits))
        } catch {
            return error.description
        }
    }

    private static func failure(_ text: String) -> String { failure(Array(text.utf8)) }

    @Test(
        "Scalars are what the core schema has them for",
        arguments: [
            ("~", "null"), ("", "null"), ("null", "null"), ("\"null\"", "\"null\""), ("true", "true"),
            ("FALSE", "false"),
            ("yes", "\"yes\""), ("on", "\"on\""), ("12", "12"), ("-3", "-3"), ("0x1F", "31"), ("0o17", "15"),
            ("0755", "493"),
            ("089", "89.0"), ("1.5", "1.5"), (".5e3", "500.0"), ("1e3", "1000.0"), (".inf", "inf"), ("-", "[null]"),
            ("1.2.3", "\"1.2.3\""), ("0x", "\"0x\""), ("1e", "\"1e\""), (".", "\".\""), ("+", "\"+\""),
            ("--1", "\"--1\""),
            ("99999999999999999999", "1e+20"), ("'12'", "\"12\""), ("!!str 12", "\"12\""), ("!!int 12", "12"),
            ("12:30", "\"12:30\""), ("2024-01-01", "\"2024-01-01\""), ("1_000", "\"1_000\""), ("0x-1", "\"0x-1\""),
        ]
    )
    func scalars(_ text: String, _ value: String) throws {
        #expect(try Self.shown(text) == value)
    }

    @Test(
        "Lists, tables, aliases, merges and texts over several lines are read",
        arguments: [
            ("a: [x,\n  y,\n]\nb: {c: 1, d: }\n", #"{a:["x","y"],b:{c:1,d:null}}"#),
            ("---\na: 1\n...\n", "{a:1}"),
            ("\u{FEFF}a: 1\n", "{a:1}"),
            (#"{"a": [1, "b"], "c": {}}"#, #"{a:[1,"b"],c:{}}"#),
            ("a: &x [1]\nb: *x\n", "{a:[1],b:[1]}"),
            ("a: |\n  one\n  two\nb: >-\n  one\n  two\n", #"{a:"one\ntwo\n",b:"one two"}"#),
            ("b: &b {x: 1, y: 2}\nc:\n  y: 3\n  <<: *b\n", "{b:{x:1,y:2},c:{y:3,x:1}}"),
            ("c:\n  <<: [{x: 1}, {x: 2, z: 3}]\n", "{c:{x:1,z:3}}"),
            ("z: 1\na: 2\n", "{z:1,a:2}"),
            ("a:\r\n  - 1\r\n", "{a:[1]}"),
            ("&k key: 1\nb: *k\n", #"{key:1,b:"key"}"#),
            ("# nothing\n", "null"),
            ("\"<<\": 1\n", "{<<:1}"),
        ]
    )
    func structures(_ text: String, _ value: String) throws {
        #expect(try Self.shown(text) == value)
    }

    @Test("Keys and values know their places; an alias' value stands where the alias does")
    func places() throws {
        let value = try YAMLValue(parsing: "a: &x\n  é: 1\nb: {c: *x}\n")
        let entries = try #require(value.entries)
        #expect(entries.map(\.place.description) == ["1:1", "3:1"])
        #expect(value["a"]?.entries?.first?.place.description == "2:3")
        #expect(value["a"]?["é"]?.place.description == "2:6")
        #expect(value["b"]?["c"]?.place.description == "3:8")
        #expect(value["a"]?["é"]?.text == "1")
    }

    @Test(
        "What is wrong is told with its place",
        arguments: [
            ("a: [1", "2:1: the list has no end; write a comma or ]"),
            ("a: {b: 1", "2:1: the table has no end; write a comma or }"),
            ("a: 'b", "1:6: the quotation has no end"),
            ("a:\n\t- b", "2:1: a tab can't indent; write blanks"),
            ("a: 1\nb: 2\na: 3", "3:1: the key \"a\" stands here twice, first on line 1; remove one"),
            ("a: 1\n'a': 3", "2:1: the key \"a\" stands here twice, first on line 1; remove one"),
            ("{a: 1, a: 2}", "1:8: the key \"a\" stands here twice, first on line 1; remove one"),
            ("a: *x", "1:4: there is no &x before this *x"),
            ("a: &x [*x]", "1:8: there is no &x before this *x"),
            ("[a]: 1", "1:1: a list or a table can't be a key; write a text"),
            ("a: !env b", "1:4: the type \"!env\" isn't known; leave it out"),
            ("a: !!int b", "1:4: \"b\" is not of the type that is written before it; leave the type out"),
            (
                "a: 1\n---\nb: 2",
                "2:1: a second document begins here; one is read, write the other into a file of its own"
            ),
            (
                "a: b: c",
                "1:5: a \": \" can't stand here; indent the key as those above it, or put the text between quotes"
            ),
            ("<<: 1", "1:5: after << a table is needed, or a list of tables"),
            ("a: %b", "1:4: a text can't begin with this character; put it between quotes"),
            ("a: \u{0}b", "1:4: a control character stands here; remove it"),
        ]
    )
    func wrong(_ text: String, _ message: String) {
        #expect(Self.failure(text) == message)
    }

    @Test("What isn't UTF-8 is an error, wherever it stands")
    func invalidText() {
        #expect(Self.failure(Array("a: 1\nb: ".utf8) + [0xFF]).hasPrefix("2:4: "))
        #expect(Self.failure([0xFF, 0xFE, 0x61, 0x00]).hasPrefix("1:1: "))
    }

    @Test("A bomb of aliases fails at once, and names its place")
    func bomb() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for level in 1...30 {
            text += "a\(level): &a\(level) [" + (0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ",") + "]\n"
        }
        #expect(Self.failure(text).contains("with what this alias stands for, there are more than 100000 values"))
        // As keys the aliases must not be compared one level after the other.
        let keys = text + "b: {? *a30 : 1, ? *a30 : 2}\n"
        #expect(Self.failure(keys).contains("more than 100000 values"))
    }

    @Test("A bomb of merges fails at once")
    func mergeBomb() {
        var text = "a0: &a0 {x: 1, y: 2}\n"
        for level in 1...40 {
            text += "a\(level): &a\(level) {b: [*a\(level - 1), *a\(level - 1)], <<: *a\(level - 1)}\n"
        }
        #expect(Self.failure(text).contains("more than 100000 values"))
    }

    @Test("Aliases don't nest deeper than is read")
    func deepAliases() {
        var text = "a0: &a0 [x]\n"
        for level in 1...100 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(Self.failure(text).hasSuffix(": this is nested more than 64 deep"))
    }

    @Test(
        "Nesting of 10,000 is refused",
        arguments: [
            String(repeating: "[", count: 10_000), String(repeating: "{a: ", count: 10_000),
            String(repeating: "- ", count: 10_000) + "a", String(repeating: "? ", count: 10_000) + "a",
        ]
    )
    func depth(_ text: String) {
        #expect(Self.failure(text).contains("nested"))
    }

    @Test("Too many values and too many bytes are refused")
    func sizes() {
        #expect(Self.failure("[" + String(repeating: "1,", count: 200_000) + "]").contains("more than 100000 values"))
        #expect(
            Self.failure([UInt8](repeating: 0x61, count: 10 << 20))
                == "1:1: the text has 10485760 bytes; no more than 1048576 are read"
        )
    }

    @Test("Cut anywhere, a text is read or refused")
    func cuts() {
        let text = Array(
            "%YAML 1.1\n---\na: &x {b: [1, 'c', \"d\\u00e9\"]}\n<<: *x\ne: |2-\n    f\n? g\n: !!str h\n...\n".utf8
        )
        for end in 0...text.count { _ = Self.failure(Array(text[..<end])) }
        for index in text.indices {
            for byte: UInt8 in [0, 9, 0x2D, 0x3A, 0x7B, 0x80, 0xFF] {
                var other = text
                other[index] = byte
                _ = Self.failure(other)
            }
        }
    }

    @Test("Several documents are read one by one, each with anchors of its own")
    func documents() throws {
        func shown(_ text: String) throws -> [String] {
            try YAMLValue.documents(parsing: Array(text.utf8)).map(Self.shown)
        }
        #expect(try shown("a: 1\n---\nb: 2\n---\n") == ["{a:1}", "{b:2}", "null"])
        #expect(try shown("# nothing\n").isEmpty)
        #expect(throws: YAMLError.self) { try shown("a: &x 1\n---\nb: *x\n") }
    }

    @Test("Types of programs are kept where that is asked for, and refused else")
    func tags() throws {
        let text = "a: !reset null\nb: !override [1]\nc: !own x\nd: !!str 1\n"
        #expect(throws: YAMLError.self) { try YAMLValue(parsing: text) }
        var limits = YAMLLimits()
        limits.keepsTags = true
        let value = try YAMLValue(parsing: text, limits: limits)
        #expect(["a", "b", "c", "d"].map { value[$0]?.tag } == ["!reset", "!override", "!own", nil])
        #expect(Self.shown(value) == "{a:null,b:[1],c:\"x\",d:\"1\"}")
        #expect(throws: YAMLError.self) { try YAMLValue(parsing: "a: !!set {b}", limits: limits) }
    }

    @Test("A key's style tells a text from what only looks like one")
    func keyStyles() throws {
        let entries = try YAMLValue(parsing: "1: a\n\"2\": b\n").entries ?? []
        #expect(entries.map(\.style) == [.plain, .quoted])
    }
}
