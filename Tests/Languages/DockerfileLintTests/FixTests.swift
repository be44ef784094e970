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

@Suite("Safe fixes change no image and break no build")
struct SafeFixTests {
    private static func fixed(_ text: String, unsafe: Bool = false) -> String {
        let outcome = FixApplication.apply(to: Array(text.utf8), unsafe: unsafe) {
            Linter().lint($0, name: "x").findings
        }
        return String(decoding: outcome.bytes, as: UTF8.self)
    }

    @Test(
        "wget gets a flag that the image's wget has",
        arguments: [
            ("FROM debian:12", "--progress=dot:giga"), ("FROM docker.io/library/python:3.12", "--progress=dot:giga"),
            ("FROM alpine:3.20", "-q"), ("FROM python:3.12-alpine", "-q"), ("FROM example.com/own:1", "-q"),
            ("FROM busybox:1", "-q"), ("FROM alpine:3.20 AS base\nFROM base", "-q"), ("ARG B\nFROM debian:$B", "-q"),
            ("FROM debian:12 AS base\nFROM base", "--progress=dot:giga"),
        ]
    )
    func wget(_ head: String, _ flag: String) {
        let fixed = Self.fixed("\(head)\nRUN wget https://example.com/a\n")
        #expect(fixed == "\(head)\nRUN wget \(flag) https://example.com/a\n")
    }

    @Test(
        "ADD stays where it may unpack something",
        arguments: [
            ("ADD app /app", false), ("ADD bundle.d /b", false), ("ADD app-1.2 /app", false),
            ("ADD a.tar.zst /a", false),
            ("ADD data* /d/", false), ("ADD a.txt b /d/", false), ("ADD .profile /d/", false),
            ("ADD . /app", true), ("ADD conf/ /etc/", true), ("ADD start.sh /start.sh", true),
            ("ADD *.jar /lib/", true),
            ("ADD a.txt b.YML /d/", true),
        ]
    )
    func add(_ line: String, _ isSafe: Bool) {
        let text = "FROM debian:12\n\(line)\n"
        #expect((Self.fixed(text) != text) == isSafe)
        #expect(!isSafe || Self.fixed(text) == "FROM debian:12\nCOPY\(line.dropFirst(3))\n")
    }

    @Test(
        "What changes the image is left to --fix=unsafe",
        arguments: [
            "MAINTAINER Jane", "RUN pip install a==1", "RUN apk add a=1", "RUN useradd -u 1234567 app",
            "RUN apt upgrade -y", "ARG UNUSED\nCMD [\"a\"]",
        ]
    )
    func images(_ lines: String) {
        let text = "FROM example.com/own:1\n\(lines)\n"
        #expect(Self.fixed(text) == text)
        #expect(Self.fixed(text, unsafe: true) != text)
    }

    @Test("An argument that a stage after it inherits is used")
    func inherited() {
        for use in ["RUN echo $O", "RUN make", "ENV P=$O", "LABEL a=${O:-b}"] {
            let text = "FROM debian:12 AS base\nARG O=1\nFROM base\n\(use)\n"
            #expect(Self.fixed(text, unsafe: true).contains("ARG O=1\n"), "\(use)")
        }
        let text = "FROM debian:12 AS base\nARG O=1\nFROM debian:11\nENV P=$O\n"
        #expect(!Self.fixed(text, unsafe: true).contains("ARG O=1\n"))
    }

    @Test(
        "What doesn't parse is left alone",
        arguments: [
            "FROM debian:12\n{{ if .x }}\nRUN apt-get install curl=1\n{{ end }}\n",
            "from debian:12\nRUM x\nRUN apt update\n",
            "RUN apt-get install curl=1\n",
        ]
    )
    func templates(_ text: String) {
        #expect(Self.fixed(text, unsafe: true) == text)
    }
}
