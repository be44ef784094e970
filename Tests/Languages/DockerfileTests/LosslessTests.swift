import CaissonText
import CaissonDockerfile
import FoundationEssentials
import Testing

/// A small generator of numbers that gives the same ones each time.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 31)
    }
}

@Suite("Lossless parsing")
struct LosslessTests {
    static let pieces = [
        "FROM ", "alpine", " AS ", "b", "\n", "\r\n", "RUN ", "echo ", "\\\n", "\\ \t\n", "# c\n", "#", "<<EOF",
        "<<-'E F'",
        "EOF\n", "\tEOF\n", "COPY ", "--from=", "[\"a\", \"b\"]", "ENV ", "A=b", "\"", "'", "$", "${x:-y}", "`",
        "ONBUILD ",
        "\t", " ", "\u{FEFF}", "é", "--mount=type=cache,target=/x ", "# escape=`\n", "HEALTHCHECK ", "CMD ", "\\", "{",
        "}",
    ]

    @Test("Printing what was parsed gives the file again, whatever it is", arguments: 0..<200)
    func randomText(_ seed: Int) {
        var dice = Dice(state: UInt64(seed) &* 7919 &+ 1)
        var text: [UInt8] = []
        for _ in 0..<Int.random(in: 0...60, using: &dice) {
            text += Self.pieces.randomElement(using: &dice).map { Array($0.utf8) } ?? []
            if Int.random(in: 0..<20, using: &dice) == 0 { text.append(UInt8.random(in: 0...255, using: &dice)) }
        }
        let file = Dockerfile(parsing: text)
        #expect(file.printed == text)
        var end = 0
        for token in file.tokens {
            #expect(token.start == end && token.end > token.start)
            end = token.end
        }
    }

    @Test("Each word, flag and heredoc stands in the file where it says", arguments: 0..<200)
    func places(_ seed: Int) {
        var dice = Dice(state: UInt64(seed) &* 104_729 &+ 3)
        var text = "FROM a\n"
        for _ in 0..<Int.random(in: 0...40, using: &dice) { text += Self.pieces.randomElement(using: &dice) ?? "" }
        let file = Dockerfile(parsing: text)
        for instruction in file.instructions {
            #expect(instruction.span.upperBound <= file.source.bytes.count)
            #expect(file.source.text(instruction.name.span).hasPrefix(instruction.name.text.prefix(1)))
            for word in instruction.words where word.range.count == word.span.count && !instruction.isJSON {
                #expect(file.source.text(word.span) == word.text)
            }
            for heredoc in instruction.heredocs { #expect(heredoc.body.upperBound <= file.source.bytes.count) }
        }
    }
}
