import CaissonDockerfile
@testable import CaissonDockerfileLint
import FoundationEssentials
import Testing

@Suite("Output formats of the linter")
struct FormatTests {
    private let results: [Linter.Result] = [
        Linter().lint(
            Dockerfile(parsing: "FROM debian:12\nRUN apt-get -y install \\\n  --no-install-recommends \"<a>&b\"\n"),
            name: "a/Docker file"
        ),
        Linter().lint(Dockerfile(parsing: "FROM debian:12\n"), name: "clean"),
    ]

    @Test("The terminal's format shows the line and what is meant in it")
    func tty() {
        let text = LintFormat.tty.render(results, LintFormatOptions())
        #expect(text.hasPrefix("a/Docker file:3:27 warning DL3008: apt-get install without a version: <a>&b;"))
        #expect(text.contains("   3 |   --no-install-recommends \"<a>&b\"\n     |                           ^^^^^^^\n"))
        #expect(LintSummary.text(results) == "1 finding (1 warning) in 2 files")
    }

    @Test("An excerpt is no wider than the terminal, and what is meant stays in it", arguments: [0, 1, 40, 80, 300])
    func width(_ columns: Int) throws {
        let words = String(repeating: "word ", count: 60)
        let text = "FROM debian:12\nRUN echo \(words) && sudo id && echo \(words)\n"
        var options = LintFormatOptions()
        options.width = columns
        let lines = LintFormat.tty.render([Linter().lint(Dockerfile(parsing: text), name: "f")], options)
            .split(separator: "\n")
        let excerpt = try #require(lines.first { $0.hasPrefix("   2 | ") })
        let carets = try #require(lines.first { $0.hasSuffix("^") })
        #expect(excerpt.count <= (columns == 0 ? 167 : max(columns, 27)))
        #expect(carets.count <= excerpt.count)
        let start = try #require(carets.firstIndex(of: "^"))
        let offset = carets.distance(from: carets.startIndex, to: start)
        #expect(excerpt.dropFirst(offset).hasPrefix("sudo"))
    }

    @Test("Carets stand under what is meant after wide characters", arguments: [0, 30])
    func wide(_ columns: Int) throws {
        let text = "FROM debian:12\nRUN echo 日本語 && sudo id\n"
        var options = LintFormatOptions()
        options.width = columns
        options.cells = { $0.unicodeScalars.reduce(0) { $0 + ($1.value > 0x1100 ? 2 : 1) } }
        let lines = LintFormat.tty.render([Linter().lint(Dockerfile(parsing: text), name: "f")], options)
            .split(separator: "\n")
        let excerpt = try #require(lines.first { $0.hasPrefix("   2 | ") })
        let carets = try #require(lines.first { $0.hasSuffix("^") })
        let before = try #require(excerpt.firstRange(of: "sudo")).lowerBound
        #expect(carets.prefix { $0 != "^" }.count == options.cells(String(excerpt[..<before])))
        #expect(carets.hasSuffix(" ^^^^"))
        if columns > 0 { #expect(options.cells(String(excerpt)) <= columns) }
    }

    @Test("Control characters of a file do not reach the terminal")
    func safe() {
        let result = Linter().lint(Dockerfile(parsing: "FROM debian:12\nCMD \u{1B}[31mx\n"), name: "a\u{1B}b")
        #expect(!LintFormat.tty.render([result], LintFormatOptions()).contains("\u{1B}"))
    }

    @Test("hadolint's JSON has its keys and ours")
    func json() throws {
        let text = LintFormat.json.render(results, LintFormatOptions())
        let keys = [
            "\"file\":\"a/Docker file\"", "\"line\":3", "\"column\":27", "\"level\":\"warning\"", "\"code\":\"DL3008\"",
            "\"instructionLine\":2",
        ]
        for key in keys { #expect(text.contains(key)) }
    }

    @Test("Formats of JSON parse", arguments: [LintFormat.json, .sarif, .codeclimate, .gitlab, .sonarqube])
    func parses(_ format: LintFormat) throws {
        struct Anything: Decodable { init(from decoder: any Decoder) {} }
        _ = try JSONDecoder().decode(Anything.self, from: Data(format.render(results, LintFormatOptions()).utf8))
    }

    @Test("SARIF's locations are references")
    func references() {
        #expect(LintFormat.sarif.render(results, LintFormatOptions()).contains(#""uri":"a/Docker%20file""#))
    }

    @Test("XML is escaped", arguments: [LintFormat.checkstyle, .junit])
    func xml(_ format: LintFormat) {
        let text = format.render(results, LintFormatOptions())
        #expect(text.contains("&lt;a&gt;&amp;b"))
        #expect(!text.contains("<a>"))
    }

    @Test("Formats of lines have one for each finding")
    func lines() {
        #expect(LintFormat.gnu.render(results, LintFormatOptions()).hasPrefix("a/Docker file:3:27: DL3008 warning: "))
        #expect(
            LintFormat.github.render(results, LintFormatOptions())
                .hasPrefix("::warning file=a/Docker file,line=3,endLine=3,col=27,endColumn=34,title=DL3008::")
        )
        #expect(LintFormat.codacy.render(results, LintFormatOptions()).split(separator: "\n").count == 1)
    }

    @Test("Nothing found is still a document")
    func nothing() {
        for format in LintFormat.allCases where ![.tty, .gnu, .codacy, .github].contains(format) {
            #expect(!format.render([], LintFormatOptions()).isEmpty)
        }
    }

    @Test("The difference is one that patch takes")
    func difference() {
        let old = Array("a\nb\nc\nd\ne\nf\ng\nh\ni\n".utf8)
        let new = Array("a\nb\nX\nd\ne\nf\ng\nh\ni\nj\n".utf8)
        let text = UnifiedDiff.text(of: old, new, name: "f")
        #expect(text == "--- a/f\n+++ b/f\n@@ -1,9 +1,10 @@\n a\n b\n-c\n+X\n d\n e\n f\n g\n h\n i\n+j\n")
        #expect(UnifiedDiff.text(of: old, old, name: "f").isEmpty)
    }
}

@Suite("ShellCheck")
struct ShellCheckTests {
    @Test("Findings of ShellCheck come back to their place in the Dockerfile")
    func places() throws {
        let file = Dockerfile(parsing: "FROM a\nARG X\nRUN echo \\\n  # why\n  é $X\nRUN <<E\nls $y\nE\n")
        let scripts = ShellCheckScripts(Facts(file: file))
        #expect(scripts.scripts.count == 2)
        let text = String(decoding: scripts.scripts[0].text, as: UTF8.self)
        #expect(text.hasSuffix("\necho   é $X\n"))
        #expect(text.contains("export X=1;"))
        let start = Position(line: 3, column: 10)
        let end = Position(line: 3, column: 12)
        let report = ShellCheckScripts.Report(code: 2086, level: "info", message: "m", start: start, end: end)
        let finding = try #require(scripts.finding(report, in: 0))
        #expect((finding.start, finding.end) == (Position(line: 5, column: 5), Position(line: 5, column: 7)))
        #expect(finding.instructionLine == 3)
        let other = ShellCheckScripts.Report(
            code: 1,
            level: "error",
            message: "m",
            start: Position(line: 3, column: 4),
            end: Position(line: 3, column: 6)
        )
        #expect(scripts.finding(other, in: 1)?.start == Position(line: 7, column: 4))
        #expect(scripts.finding(report, in: 7) == nil)
    }

    @Test("A heredoc behind a command is a part of its script, and has its own places")
    func heredocs() throws {
        let file = Dockerfile(parsing: "FROM a\nRUN cat <<A \\\n  <<-B >/x\none\nA\n\t$two\n\tB\nRUN true\n")
        let scripts = ShellCheckScripts(Facts(file: file))
        #expect(scripts.scripts.count == 2)
        let text = String(decoding: scripts.scripts[0].text, as: UTF8.self)
        #expect(text.hasSuffix("\ncat <<A   <<-B >/x\none\nA\n\t$two\n\tB\n"))
        func place(_ line: Int, _ column: Int) -> Position? {
            let position = Position(line: line, column: column)
            let report = ShellCheckScripts.Report(
                code: 1,
                level: "error",
                message: "m",
                start: position,
                end: position
            )
            return scripts.finding(report, in: 0)?.start
        }
        #expect(place(3, 1) == Position(line: 2, column: 5))
        #expect(place(3, 9) == Position(line: 3, column: 1))
        #expect(place(4, 2) == Position(line: 4, column: 2))
        #expect(place(6, 2) == Position(line: 6, column: 2))
        #expect(place(7, 3) == Position(line: 7, column: 3))
        #expect(place(99, 1) != nil)
    }

    @Test("A place behind the end of a RUN is its end")
    func end() {
        let scripts = ShellCheckScripts(Facts(file: Dockerfile(parsing: "FROM a\nRUN true\nRUN echo a &&\n")))
        for position in [Position(line: 3, column: 10), Position(line: 4, column: 1), Position(line: 99, column: 9)] {
            let report = ShellCheckScripts.Report(
                code: 1072,
                level: "error",
                message: "m",
                start: position,
                end: position
            )
            #expect(scripts.finding(report, in: 1)?.start.line == 3)
        }
    }

    @Test("PowerShell's RUN is left alone")
    func windows() {
        #expect(
            ShellCheckScripts(Facts(file: Dockerfile(parsing: "FROM a\nSHELL [\"pwsh\"]\nRUN x\n"))).scripts.isEmpty
        )
    }
}
