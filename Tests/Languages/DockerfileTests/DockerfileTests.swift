@testable import CaissonDockerfile
import Testing

@Suite("Dockerfiles")
struct DockerfileTests {
    private func words(_ text: String) -> [String] {
        Dockerfile(parsing: text).instructions.first?.words.map(\.text) ?? []
    }

    @Test("Continuation lines are joined, comments and empty lines between them left out")
    func continuation() throws {
        let file = Dockerfile(parsing: "FROM a\nRUN one \\\n  # why\n\n  && two \\ \n  && three\nCMD x\n")
        let run = file.instructions[1]
        #expect(run.restText == "one   && two   && three")
        #expect(run.emptyLines == [4])
        #expect((run.line, run.lastLine) == (2, 6))
        #expect(file.source.text(run.text.source(of: 13..<16)) == "two")
        #expect(file.instructions.count == 3)
        #expect(file.problems.isEmpty)
    }

    @Test("An escaped escape at a line's end goes on with nothing")
    func escapedEscape() {
        let file = Dockerfile(parsing: "FROM a\nRUN a \\\\\nRUN b\n")
        #expect(file.instructions.count == 3)
    }

    @Test("The escape directive makes a backtick go on with a line, and a backslash a plain character")
    func windows() {
        let file = Dockerfile(parsing: "# escape=`\nFROM a\nCOPY a C:\\dir\\\nRUN one `\n two\n")
        #expect(file.instructions.map(\.restText) == ["a", "a C:\\dir\\", "one  two"])
    }

    @Test("Directives end with the first line that is none, and must not stand twice")
    func directives() {
        let file = Dockerfile(parsing: "# syntax=docker/dockerfile:1\n# check=skip=all\n\n# escape=`\nFROM a\n")
        #expect(file.directives.map(\.name) == ["syntax", "check"])
        #expect(file.escape == UInt8(ascii: "\\"))
        #expect(Dockerfile(parsing: "# syntax=a\n# syntax=b\nFROM a\n").problems.count == 1)
    }

    @Test("Heredocs are taken in their order, quoted, with tabs, several at once")
    func heredocs() {
        let file = Dockerfile(
            parsing:
                "FROM a\nCOPY <<A <<-\"B\" /x/\na $x\nA\n\tb\n\tB\nRUN <<'EOF' cat\nx\nEOF\nONBUILD RUN <<E\ny\nE\nCMD z\n"
        )
        #expect(file.problems.isEmpty)
        let copy = file.instructions[1].heredocs
        #expect(copy.map(\.name) == ["A", "B"])
        #expect(copy.map(\.expands) == [true, false])
        #expect(copy.map { file.source.text($0.body) } == ["a $x\n", "\tb\n"])
        #expect(file.instructions[2].heredocs.map(\.expands) == [false])
        #expect(file.instructions[3].heredocs.count == 1)
        #expect(file.instructions.count == 5)
    }

    @Test("A shell's own redirections are no heredocs of the Dockerfile where BuildKit sees none")
    func noHeredocs() {
        #expect(Dockerfile(parsing: "FROM a\nRUN cat<<<x\nRUN echo '<<EOF'\nCMD a <<EOF\n").problems.isEmpty)
    }

    @Test("A heredoc without end is one problem, and the rest is still read")
    func openHeredoc() {
        let file = Dockerfile(parsing: "FROM a\nRUN <<EOF\nx\nCMD y\n")
        #expect(file.problems.count == 1)
        #expect(file.instructions.map(\.keyword) == [.from, .run, .cmd])
    }

    @Test("Flags stand before the arguments, quoted or not")
    func flags() {
        let file = Dockerfile(parsing: "FROM --platform=$BUILDPLATFORM a AS b\nCOPY --from=b --chown=\"a b\" x y\n")
        #expect(file.instructions[1].flags.map(\.value) == ["b", "a b"])
        #expect(file.instructions[1].words.map(\.text) == ["x", "y"])
        #expect(file.stages[0].name?.text == "b")
        #expect(
            Dockerfile(parsing: "FROM a\nCOPY --form=b x y\n").problems.map(\.message)
                == ["unknown flag: --form (did you mean --from?)"]
        )
    }

    @Test("JSON lists are read strictly; what is none is a shell's text")
    func lists() {
        #expect(words("CMD [\"a\", \"b\\u0041\\n\"]") == ["a", "bA\n"])
        #expect(words("CMD ['a']") == ["['a']"])
        #expect(words("CMD [\"a\"] b") == ["[\"a\"] b"])
        #expect(words("COPY [\"a b\", \"c\"]") == ["a b", "c"])
    }

    @Test("Keys and values keep quotes and blanks in them; the old form takes the rest")
    func pairs() {
        let env = Dockerfile(parsing: "FROM a\nENV A=\"b c\" D='e f' G=h\\ i\nENV J k l\nARG M N=o\n")
        #expect(env.instructions[1].pairs.map { $0.value?.text } == ["\"b c\"", "'e f'", "h\\ i"])
        #expect(env.instructions[1].pairs.map { $0.value?.unquoted } == ["b c", "e f", "h i"])
        #expect(env.instructions[2].pairs.map { $0.value?.text } == ["k l"])
        #expect(env.instructions[2].pairs[0].isLegacy)
        #expect(env.instructions[3].pairs.map { $0.value?.text } == [nil, "o"])
    }

    @Test("One typing error is one problem, with what was probably meant")
    func recovery() {
        let file = Dockerfile(parsing: "FROM a\nRUM make\nRUN b\n")
        #expect(file.problems.map(\.message) == ["unknown instruction \"RUM\" (did you mean RUN?)"])
        #expect(file.source.position(of: file.problems[0].span.lowerBound) == Position(line: 2, column: 1))
        #expect(file.instructions.count == 3)
    }

    @Test("Stages know what they begin with and copy from, by name or number")
    func graph() {
        let file = Dockerfile(
            parsing: """
                FROM alpine AS One
                FROM one AS two
                RUN --mount=type=bind,from=one,target=/x y
                FROM scratch
                COPY --from=1 a b
                COPY --from=ONE a b
                COPY --from=nginx a b
                """
        )
        #expect(file.stages.map(\.base) == [.image, .stage(0), .scratch])
        #expect(file.stages.map(\.sources) == [[], [0], [0, 1]])
    }

    @Test("Columns count characters, not bytes")
    func columns() {
        let file = Dockerfile(parsing: "FROM a\nLABEL é=1 b=2\n")
        #expect(
            file.source.position(of: file.instructions[1].pairs[1].span.lowerBound) == Position(line: 2, column: 11)
        )
    }

    @Test("Comments right above an instruction belong to it; an empty comment sets them apart")
    func comments() {
        let file = Dockerfile(parsing: "# a\n#\n# b\nFROM x\n")
        #expect(file.comments[file.instructions[0].comments].map(\.text) == ["b"])
    }

    @Test("Files without instructions or without FROM are problems")
    func structure() {
        #expect(Dockerfile(parsing: "").problems.count == 1)
        #expect(Dockerfile(parsing: "# a\n").problems.count == 1)
        #expect(Dockerfile(parsing: "ARG a\n").problems.count == 1)
    }
}

@Suite("Variables")
struct ExpansionTests {
    @Test(
        "Variables expand as BuildKit expands them",
        arguments: [
            ("$x", "X"), ("${x}y", "Xy"), ("$none", ""), ("${none:-a}", "a"), ("${x:-a}", "X"), ("${empty:-a}", "a"),
            ("${empty-a}", ""), ("${x:+a}", "a"), ("${none:+a}", ""), ("'$x'", "$x"), ("\"$x\"", "X"), ("\\$x", "$x"),
            ("${path#*/}", "b/c.tar.gz"), ("${path##*/}", "c.tar.gz"), ("${path%.*}", "a/b/c.tar"),
            ("${path%%.*}", "a/b/c"),
            ("${path/b/z}", "a/z/c.tar.gz"), ("${path//a/z}", "z/b/c.tzr.gz"), ("${none:-${x}}", "X"), ("a$", "a$"),
        ]
    )
    func expands(_ text: String, _ expected: String) {
        let values = ["x": "X", "empty": "", "path": "a/b/c.tar.gz"]
        #expect(Expansion.expand(text) { values[$0] } == expected)
    }

    @Test("What is no expansion is refused", arguments: ["${x", "${}", "${x!y}", "'a", "\"a", "${none:?}"])
    func refuses(_ text: String) {
        #expect(Expansion.expand(text) { _ in nil } == nil)
    }

    @Test("Uses have their places, nested ones too")
    func uses() {
        let bytes = Array("a$b ${c:-$d} '$e' \\$f".utf8)
        let uses = Expansion.uses(in: bytes[...])
        #expect(uses.map(\.name) == ["b", "c", "d"])
        #expect(uses.map(\.range) == [1..<3, 4..<12, 9..<11])
        #expect(uses.map(\.modifier) == ["", ":-", ""])
    }
}
