import CaissonShell
import Testing

@Suite struct WindowsReaderTests {
    private func commands(_ text: String, _ dialect: ShellScript.Dialect) -> [[String]] {
        ShellScript(parsing: Array(text.utf8), dialect: dialect).commands.map { $0.words.map(\.text) }
    }

    @Test func `cmd's commands end at its operators, and a backslash is a letter`() {
        #expect(
            commands(#"cd C:\x && npm i "a & b" | find "c" & (dir)"#, .cmd)
                == [["cd", #"C:\x"#], ["npm", "i", "a & b"], ["find", "c"], ["dir"]]
        )
        #expect(commands("a ^& b; c", .cmd) == [["a", "&", "b;", "c"]])
    }

    @Test func `PowerShell's commands end at semicolons, brackets and lines`() {
        #expect(
            commands("$a = 'b;c'; if ($x) { npm i `\"y } # z\npip i; & d", .powerShell)
                == [["$a", "=", "b;c"], ["if"], ["$x"], ["npm", "i", "\"y"], ["pip", "i"], ["d"]]
        )
    }

    @Test func `places are those of the text`() {
        let text = Array("ab \"c d\" ; e".utf8)
        let script = ShellScript(parsing: text, dialect: .powerShell)
        #expect(script.commands.map(\.range) == [0..<8, 11..<12])
        #expect(script.topLevelCount == 2)
    }

    @Test func `any bytes are read to their end`() {
        var state: UInt64 = 7
        for _ in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(Array("ab \"'`^;&|(){}#\n$\\".utf8)[Int(state >> 33) % 18])
            }
            for dialect in [ShellScript.Dialect.cmd, .powerShell] {
                let script = ShellScript(parsing: bytes, dialect: dialect)
                #expect(script.commands.allSatisfy { $0.range.upperBound <= bytes.count && !$0.words.isEmpty })
            }
        }
    }
}
