import CaissonBuildModel
import Testing

@testable import CaissonReporting

@Suite("What steps print, line by line")
struct OutputLinesTests {
    /// The pieces of a build's output, printed.
    private func text(_ pieces: [(Int, String)], _ lines: OutputLines) -> String {
        var lines = lines
        let text = pieces.flatMap { lines.text(of: Array($0.1.utf8), step: $0.0) } + lines.rest()
        return String(decoding: text, as: UTF8.self)
    }

    /// A build whose steps have a name and so many bytes of output each.
    private func dossier(_ sizes: [Int64], _ status: BuildStatus = .succeeded) -> BuildDossier {
        var dossier = BuildDossier(BuildSamples.record(BuildSamples.id("l"), status, name: nil, ago: 9, for: 9))
        for (place, size) in sizes.enumerated() {
            dossier.steps.append(StepRecord(place + 1, digest: "\(place)", name: "RUN \(place + 1)"))
            dossier.steps[place].logSize = size
        }
        return dossier
    }

    @Test("The last line of a step is where it was printed, with its head, though it has no end")
    func unendedLine() {
        let lines = OutputLines(dossier([6, 4, 5]))
        #expect(
            text([(1, "no end"), (2, "two\n"), (3, "three")], lines) == """
                #1 RUN 1
                #1 no end

                #2 RUN 2
                #2 two

                #3 RUN 3
                #3 three

                """
        )
    }

    @Test("A line in two pieces is one, though another step prints between them")
    func pieces() {
        let pieces = [(1, "one "), (2, "two\n"), (1, "line\nand"), (1, " more")]
        let expected = """
            #2 RUN 2
            #2 two

            #1 RUN 1
            #1 one line
            #1 and more

            """
        #expect(text(pieces, OutputLines(dossier([17, 4]))) == expected)
        // Of a build that runs nobody knows how much comes; then what is left stands behind all else.
        #expect(text(pieces, OutputLines(dossier([3, 4], .running))) == expected)
    }

    @Test("Sizes that aren't true only move the rest of a line")
    func sizes() {
        for size in [Int64.min, -1, 0, 2, 100, .max] {
            let out = text([(1, "a"), (1, "b"), (2, "c\n"), (1, "d")], OutputLines(dossier([size, size])))
            #expect(out.filter { "abcd".contains($0) }.sorted() == ["a", "b", "c", "d"], "\(size)")
        }
    }

    /// What a build that runs tells of a step, and what of its output with that.
    private func status(_ digest: String, isEnded: Bool? = nil, _ output: String = "") -> SolveStatus {
        var status = SolveStatus()
        if let isEnded {
            var vertex = Vertex(digest: digest)
            vertex.name = "RUN \(digest)"
            vertex.started = BuildSamples.now
            vertex.completed = isEnded ? BuildSamples.now : nil
            status.vertexes = [vertex]
        }
        if !output.isEmpty {
            let log = VertexLog(vertex: digest, stream: 1, data: Array(output.utf8), timestamp: BuildSamples.now)
            status.logs = [log]
        }
        return status
    }

    @Test("As a step that is followed ends, its last line is printed, and so is what comes still")
    func followed() {
        var output = FollowedOutput(step: nil)
        func text(_ status: SolveStatus) -> String { String(decoding: output.text(of: status), as: UTF8.self) }
        // Its name is told before it has a number.
        #expect(text(status("a", isEnded: false)).isEmpty)
        output.number(4, of: "a")
        #expect(text(status("a", "no end")).isEmpty)
        #expect(text(status("a", isEnded: true, "!")) == "#4 RUN a\n#4 no end!\n")
        #expect(text(status("a", isEnded: true)).isEmpty)
        #expect(text(status("a", "late")) == "#4 late\n")
        #expect(text(status("a", isEnded: false, "again")).isEmpty)
        output.number(5, of: "b")
        #expect(text(status("b", isEnded: false, "b\n")) == "\n#5 RUN b\n#5 b\n")
        #expect(String(decoding: output.rest(), as: UTF8.self) == "\n#4 RUN a\n#4 again\n")
        #expect(output.rest().isEmpty)
    }

    @Test("Of one step that is followed the bytes are printed as they come")
    func followedAlone() {
        var output = FollowedOutput(step: "b")
        output.number(1, of: "a")
        output.number(2, of: "b")
        #expect(output.text(of: status("a", isEnded: true, "a")).isEmpty)
        #expect(output.text(of: status("b", isEnded: false, "\u{1B}b")) == Array("\u{1B}b".utf8))
        #expect(output.text(of: status("b", isEnded: true)).isEmpty)
        #expect(output.rest().isEmpty)
    }

    @Test("Empty lines stay, and nothing moves a cursor")
    func safety() {
        var other = dossier([0])
        other.steps[0].name = "RUN\n\u{1B}[2J"
        let out = text([(1, "\n\na\u{1B}[31mb\n")], OutputLines(other))
        #expect(out.hasSuffix("\n#1 \n#1 \n#1 ab\n"))
        #expect(!out.contains("\u{1B}"))
        #expect(text([(1, "a\u{1B}"), (1, "b")], OutputLines(isRaw: true)) == "a\u{1B}b")
    }

    @Test("A line without an end is printed in parts, so that no memory is needed for it")
    func longLine() {
        var lines = OutputLines(dossier([.max]))
        var count = 0
        for _ in 0..<100 {
            count += lines.text(of: [UInt8](repeating: 0x61, count: 10_000), step: 1).count { $0 == 0x61 }
        }
        #expect(count > 900_000)
    }
}
