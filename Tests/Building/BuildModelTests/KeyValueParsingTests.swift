import CaissonBuildModel
import Testing

@Suite("Build arguments and labels")
struct KeyValueParsingTests {
    @Test(
        "A pair keeps all after its first equals sign",
        arguments: [
            ("A=b", "A", "b"), ("A=", "A", ""), ("A", "A", nil), ("A=b=c", "A", "b=c"), ("A= b ", "A", " b "),
            ("A=\u{301}", "A", "\u{301}"), ("A=line\nline", "A", "line\nline"), ("org.x/y-z=1", "org.x/y-z", "1"),
        ] as [(String, String, String?)]
    )
    func good(text: String, key: String, value: String?) throws {
        let pair = try KeyValue(parsing: text)
        #expect(pair == KeyValue(key: key, value: value))
        #expect(try KeyValue(parsing: pair.description) == pair)
    }

    @Test("A pair without a key or with a NUL is refused", arguments: ["", "=", "=a", " =a", "A=\0", "A\nB=1"])
    func bad(text: String) {
        #expect(throws: ParseError.self) { try KeyValue(parsing: text) }
    }

    @Test("A bare build argument comes from the environment and is not sent where that has none")
    func environment() throws {
        let pairs = try ["A", "B", "C=3", "C=4", "D=5", "D", "E="].map { try KeyValue(parsing: $0) }
        #expect(pairs.buildArguments(environment: ["A": "1"]) == ["A": "1", "C": "4", "D": "5", "E": ""])
    }

    @Test("A bare label is empty, and the last of one name counts")
    func labels() throws {
        let pairs = try ["a", "b=1", "b=2"].map { try KeyValue(parsing: $0) }
        #expect(pairs.labels() == ["a": "", "b": "2"])
    }
}
