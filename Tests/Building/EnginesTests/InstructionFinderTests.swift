import CaissonBuildModel
import Testing

@testable import CaissonEngines

@Suite struct InstructionFinderTests {
    private static let dockerfile = """
        # syntax comment
        FROM base AS build
        ARG NAME=x
        run   make \\
            # a comment in between
            all
        RUN echo $NAME and more
        COPY a  b

        RUN twice
        FROM build
        RUN twice
        RUN ["/bin/sh", "-c", "true"]
        """

    private static let places: [(step: String, lines: ClosedRange<Int>?)] = [
        ("[build 2/4] RUN make     all", 4...6),
        ("[build 3/4] RUN echo x and more", 7...7),
        ("[build 4/4] COPY a  b", 8...8),
        ("[stage-1 2/3] RUN [\"/bin/sh\", \"-c\", \"true\"]", 13...13),
        ("[build 4/4] RUN twice", nil),
        ("[build 4/4] RUN something else", nil),
        ("[internal] load build context", nil),
        ("exporting to image", nil),
        ("[", nil),
        ("", nil),
    ]

    @Test(arguments: places)
    func `a step is found by its name`(step: String, lines: ClosedRange<Int>?) {
        let range = InstructionFinder(Array(Self.dockerfile.utf8)).range(of: step)
        #expect(range.map { $0.startLine...$0.endLine } == lines)
    }

    @Test(arguments: [
        ("[internal] load metadata for docker.io/library/debian:12", 1), ("FROM docker.io/library/bulder:latest", 3),
        ("[internal] load metadata for h.example/i:1", 4), ("http://h.example/x.tar", 5),
        ("FROM docker.io/library/x", nil),
        ("[internal] load metadata for !", nil), ("https://h.example/x.tar", nil),
    ])
    func `what a step looks up leads to the instruction that names it`(step: String, line: Int?) {
        let text = """
            FROM debian:12 AS a
            FROM scratch
            COPY --from=bulder /a /
            RUN --mount=type=bind,from=h.example/i:1 x
            ADD http://h.example/x.tar /
            """
        #expect(InstructionFinder(Array(text.utf8)).range(of: step)?.startLine == line)
    }

    @Test func `lines are continued by the character that the first comment says`() {
        let text = Array("# escape=`\r\nFROM a\r\nRUN one `\r\n  two\\\r\nRUN three\r\n".utf8)
        #expect(InstructionFinder(text).range(of: "[2/3] RUN one two\\")?.endLine == 4)
        #expect(InstructionFinder(text).range(of: "[3/3] RUN three")?.startLine == 5)
    }

    @Test func `the shortest of the instructions with a keyword is the one that lacks something`() {
        let finder = InstructionFinder(Array("FROM a\nLABEL a=b\nlabel a\nCOPY x\nCOPY y\n".utf8))
        #expect(finder.range(ofComplaint: "COPY requires at least two arguments") == nil)
        #expect(finder.range(ofComplaint: "ADD requires at least two arguments") == nil)
        #expect(
            InstructionFinder(Array("FROM a\nCOPY a b\nCOPY x\n".utf8)).range(ofComplaint: "COPY requires")?.startLine
                == 3
        )
    }

    @Test func `the lines of a heredoc are none of the instructions`() {
        let text = "FROM a\nRUN <<END\nCOPY x\nEND\nCOPY y z\n"
        let finder = InstructionFinder(Array(text.utf8))
        #expect(finder.range(of: "[2/3] RUN <<END") == SourceRange(startLine: 2, endLine: 4))
        #expect(finder.range(ofComplaint: "COPY requires at least two arguments")?.startLine == 5)
    }

    @Test func `any bytes are read`() {
        let finder = InstructionFinder((0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        #expect(finder.range(of: "[1/1] RUN x") == nil)
        #expect(InstructionFinder([]).range(of: "[1/1] RUN x") == nil)
    }
}
