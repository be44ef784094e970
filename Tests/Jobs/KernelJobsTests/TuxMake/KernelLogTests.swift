import CaissonJSON
import CaissonText
import Testing

@testable import CaissonKernelJobs

@Suite struct KernelLogTests {
    private func counts(_ text: String, piece: Int = .max) -> [Int] {
        var counter = KernelLogCounter()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            counter.add(rest.prefix(piece))
            rest = rest.dropFirst(piece)
        }
        counter.endLine()
        return [counter.counts.errors, counter.counts.warnings]
    }

    @Test(arguments: [
        ("a.c:1:2: error: no\n", 1, 0), ("ERROR: modpost\r\nWARNING: modpost\n", 1, 1), ("error:warning: error:", 1, 1),
        ("make: *** No rule to make target 'x'.  Stop.\n", 1, 0),
        ("ld: undefined reference to `f'\nb: not found", 2, 0),
        ("sh: No such file or directory\rcompiler lacks asm-goto\n", 2, 0), ("errors: 0\nwarnings: 0\nerror\n", 0, 0),
        ("failed to merge target specific data of file a.o\nno configuration exists", 2, 0), ("\n\n\n", 0, 0),
        ("", 0, 0),
    ])
    func `lines are counted as TuxMake counts them`(_ text: String, errors: Int, warnings: Int) {
        #expect(counts(text) == [errors, warnings])
        #expect(counts(text, piece: 1) == [errors, warnings])
    }

    @Test func `a mark in a line of any length is seen once, wherever it stands`() {
        let mark = "failed to merge target specific data of file"
        for place in (16_384 - mark.utf8.count - 2)...16_386 {
            let line = String(repeating: "x", count: place) + mark + String(repeating: "y", count: 40_000)
            #expect(counts(line + "\n" + "warning:") == [1, 1], "\(place)")
        }
        let twice = mark + String(repeating: "z", count: 100_000) + mark
        #expect(counts(twice) == [1, 0])
    }

    @Test(arguments: try TuxMakeCase.all())
    func `the log of a build is TuxMake's`(_ recorded: TuxMakeCase) throws {
        let expected = String(decoding: try TuxMakeCase.read("\(recorded.name)/build.log"), as: UTF8.self)
        var log = TuxMakeLog()
        var facts = try recorded.facts()
        let compiler = facts.facts[.compiler]
        var pieces = log.begin(facts.settings, compiler: compiler, elapsed: 0)
        let head = String(decoding: pieces.log, as: UTF8.self)
        #expect(expected.hasPrefix(head))
        var rest = Array(expected.utf8.dropFirst(head.utf8.count))[...]
        while !rest.isEmpty {
            let next = log.output(Array(rest.prefix(7)), elapsed: 3661)
            pieces.log += next.log
            pieces.debug += next.debug
            rest = rest.dropFirst(7)
        }
        #expect(String(decoding: pieces.log, as: UTF8.self) == expected)
        let lines = String(decoding: pieces.debug, as: UTF8.self).pieces(at: "\n")
        #expect(lines.map { String($0.utf8.dropFirst(9)) ?? "" } == expected.pieces(at: "\n"))
        #expect(lines.first?.hasPrefix("00:00:00 tuxmake ") == true)
        #expect(lines[2...].dropLast().allSatisfy { $0.hasPrefix("01:01:01 ") })
        let results = try JSON(parsing: try recorded.metadata)["results"]
        facts.counts = log.counts
        #expect(results?["errors"]?.integer == Int64(facts.counts.errors))
        #expect(results?["warnings"]?.integer == Int64(facts.counts.warnings))
    }

    @Test func `whatever ends a line, it ends with a line feed`() {
        var log = TuxMakeLog()
        var all = log.output(Array("10%\r".utf8), elapsed: 1).log
        all += log.output(Array("\n\r\n20%\rpart".utf8), elapsed: 1).log
        let command = log.command(["make", "CC=ccache gcc"], elapsed: 360_000)
        #expect(String(decoding: all + command.log, as: UTF8.self) == "10%\n\n20%\npart\nmake 'CC=ccache gcc'\n")
        #expect(String(decoding: command.debug, as: UTF8.self) == "\n04:00:00 make 'CC=ccache gcc'\n")
        #expect(log.end() == TuxMakeLog.Pieces())
    }
}
