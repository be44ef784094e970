import CaissonDockerfile
@testable import CaissonDockerfileLint
import Testing

@Suite("Applying fixes")
struct FixTests {
    private let lint = { (file: Dockerfile) in Linter().lint(file, name: "x").findings }

    private func fixed(_ bytes: [UInt8]) -> [UInt8] {
        FixApplication.apply(to: bytes, unsafe: true, lint: lint).bytes
    }

    /// A rule that finds the same thing whatever is done about it.
    private func stubborn(_ rule: String, inserting text: String, at offset: Int) -> Finding {
        Finding(
            rule: rule,
            code: rule,
            severity: .warning,
            message: "again",
            span: 0..<1,
            start: Position(line: 1, column: 1),
            end: Position(line: 1, column: 2),
            instructionLine: 1,
            fix: .safe("try", [Edit(at: offset, text)])
        )
    }

    @Test(
        "A command that is cut off by an open brace and bytes that are no UTF-8 is fixed once at most",
        arguments: [
            "FROM a:1\nRUN apt-get update ${\u{1}\nRUN apt-get install x", "FROM a:1\nRUN apt-get install ${\u{1}",
            "FROM a:1\nRUN a\u{1}pt-get install -q ${x && apt-get install y\n",
            "FROM a:1\nRUN \u{1} && apt-get install x ${ \u{1}", "FROM a:1\nRUN apt install\u{1} ${y\n",
        ]
    )
    func openBraces(_ text: String) {
        // \u{1} stands for a byte that no UTF-8 has.
        let bytes = text.utf8.map { $0 == 1 ? 0xFF : $0 }
        let once = fixed(bytes)
        #expect(fixed(once) == once)
        #expect(once.count { $0 == 0xFF } == bytes.count { $0 == 0xFF }, "what isn't fixed is left as it is")
    }

    @Test("A fix that doesn't make its finding go away is not applied")
    func idle() {
        let bytes = Array("FROM a:1\n".utf8)
        let outcome = FixApplication.apply(to: bytes, unsafe: false) { _ in
            [stubborn("A", inserting: "# more\n", at: 0)]
        }
        #expect(outcome.bytes == bytes)
        #expect(outcome.count == 0)
    }

    @Test("A fix that breaks the file takes no other with it")
    func breaking() {
        let text = "FROM a:1 as b\nRUN true\n"
        let outcome = FixApplication.apply(to: Array(text.utf8), unsafe: false) { file in
            [stubborn("A", inserting: "?", at: 0)] + lint(file) + [
                stubborn("Z", inserting: "RUM\n", at: text.utf8.count)
            ]
        }
        #expect(String(decoding: outcome.bytes, as: UTF8.self) == "FROM a:1 AS b\nRUN true\n")
        #expect(outcome.count == 1)
    }

    @Test("What a fix brings to light is fixed as well")
    func chain() {
        let text = "ARG A=1\nARG B=$A\nARG C=$B\nFROM a:1\nRUN true\n"
        #expect(String(decoding: fixed(Array(text.utf8)), as: UTF8.self) == "FROM a:1\nRUN true\n")
    }
}
