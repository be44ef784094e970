import CaissonShell
import Testing

@Suite("Shell text")
struct ShellTests {
    private func commands(_ text: String) -> [[String]] {
        ShellScript(parsing: text).commands.map { $0.words.map(\.text) }
    }

    @Test("Lists, pipes and groups give their commands in order")
    func lists() {
        #expect(commands("a 1 && b 2 || c; d | e & f") == [["a", "1"], ["b", "2"], ["c"], ["d"], ["e"], ["f"]])
        #expect(commands("(a; b) && { c; d; }") == [["a"], ["b"], ["c"], ["d"]])
        let script = ShellScript(parsing: "a | b && c")
        #expect(script.pipes.count == 1)
        #expect(script.commands.map(\.connector) == [.start, .pipe, .and])
        #expect(script.commands[0].pipeline == script.commands[1].pipeline)
        #expect(script.commands[1].pipeline != script.commands[2].pipeline)
    }

    @Test("Quotes and escapes are taken off, blanks in them kept")
    func quotes() {
        #expect(commands("a 'b c' \"d e\" f\\ g h\"i\"'j'") == [["a", "b c", "d e", "f g", "hij"]])
        #expect(commands("a \"\\\"\" '\"' $'x\\'y'") == [["a", "\"", "\"", "x'y"]])
    }

    @Test func `within double quotes an apostrophe begins nothing`() {
        #expect(commands("a \"^(b|c)$'\"; d") == [["a", "^(b|c)$'"], ["d"]])
        #expect(commands("a \"b$\"; c") == [["a", "b$"], ["c"]])
        #expect(commands("a \"${b:-don't}\" && c") == [["a", "${b:-don't}"], ["c"]])
        #expect(commands("a \"${b+x$'}\" && c") == [["a", "${b+x$'}"], ["c"]])
        #expect(commands("a \"${b#'}'}\" ${c:-'}'} && d") == [["a", "${b#'}'}", "${c:-'}'}"], ["d"]])
        #expect(commands("a \"${b#$'}'}\" && c") == [["a", "${b#$'}'}"], ["c"]])
        #expect(ShellScript(parsing: "a \"$'\" b").isIncomplete == false)
    }

    @Test("Compound commands give the commands in them")
    func compounds() {
        #expect(commands("if a; then b; elif c; then d; else e; fi") == [["a"], ["b"], ["c"], ["d"], ["e"]])
        #expect(commands("for i in 1 2; do a $i; done") == [["a", "$i"]])
        #expect(commands("while a; do b; done > x") == [["a"], ["b"]])
        #expect(commands("case $x in a|b) c;; (d) e ;; *) f; esac; g") == [["c"], ["e"], ["f"], ["g"]])
        #expect(commands("f() { a; }; function g { b; }; f") == [["a"], ["b"], ["f"]])
        #expect(commands("! a && [[ x < y && -f z ]] && b") == [["a"], ["[[", "x", "y", "-f", "z", "]]"], ["b"]])
    }

    @Test("Substitutions give their commands, within quotes too")
    func substitutions() {
        #expect(
            commands("a $(b c) \"$(d)\" `e f` <(g)") == [
                ["a", "$(b c)", "$(d)", "`e f`", "<(g)"], ["b", "c"], ["d"], ["e", "f"], ["g"],
            ]
        )
        #expect(commands("echo $((1 + 2)) ${x:-$(y)}") == [["echo", "$((1 + 2))", "${x:-$(y)}"], ["y"]])
    }

    @Test("Assignments and redirections are no words")
    func assignments() {
        let command = ShellScript(parsing: "A=1 B='2 3' c 2>&1 >d <<<e &>f").commands[0]
        #expect(command.assignments.map(\.name) == ["A", "B"])
        #expect(command.assignments.map(\.value) == ["1", "2 3"])
        #expect(command.words.map(\.text) == ["c"])
        #expect(command.redirections.map(\.symbol) == [">&", ">", "<<<", "&>"])
        #expect(commands("a=(1 2); b") == [[], ["b"]])
    }

    @Test("Heredocs are passed over, comments too")
    func heredocs() {
        #expect(commands("cat <<EOF | x\nnot a command\nEOF\ny # z\nw#v") == [["cat"], ["x"], ["y"], ["w#v"]])
    }

    @Test("Words know where they stand")
    func places() {
        let text = "  a 'b c'"
        let word = ShellScript(parsing: text).commands[0].words[1]
        #expect(word.range == 4..<9)
    }

    @Test("Whatever the text, reading ends", arguments: 0..<300)
    func random(_ seed: Int) {
        let pieces = [
            "a", " ", "'", "\"", "$(", ")", "`", "${", "}", "<<E", "\n", "if ", "case x in ", "esac", ";;", "|", "&",
            "(", "((",
            "))", "\\", "#", "do ", "done", "[[", "]]", "<", ">", "=(", "$'", "E\n", "for ", "f() ", "{ ",
        ]
        var state = UInt64(seed) &+ 1
        var text = ""
        for _ in 0..<60 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += pieces[Int(state >> 33) % pieces.count]
        }
        let script = ShellScript(parsing: text)
        for command in script.commands { #expect(command.range.upperBound <= text.utf8.count) }
    }

    /// A test that a substitution cut short, as in `$([[ a `, once had the reader step over the end.
    @Test(
        "A script may end anywhere",
        arguments: ["", "x $(", "x <(", "x >(", "x `", "x \"${y:-", "a=(", "case x in a) "]
    )
    func cut(_ head: String) {
        let whole = """
            [[ -f a && b ]] || for i in 1 2; do function f () { case "$1" in (a|b) x=${y:-'z'} ;; *) $'q\\'' ;; esac; }
            done <<-E >&2 2>&1 &>f <<<w; if ((a + (b))); then ! time { c=(1 2) >>g; } fi # end
            \tE
            echo $((1 + 2)) `d \\` e` "$(f "${g}")" <(h) >(i) \\
            && select j in k; do l; done; while m; do n & done |& o
            """
        let bytes = Array(whole.utf8)
        for length in 0...bytes.count {
            for tail in ["", " ", "\t", "\\", "\n", " \\\n", "("] {
                let text = Array(head.utf8) + bytes[..<length] + Array(tail.utf8)
                let script = ShellScript(parsing: text)
                for command in script.commands { #expect(command.range.upperBound <= text.count) }
            }
        }
    }

    @Test("Deep nesting exhausts nothing")
    func deep() {
        for open in ["$(", "(", "${x:-", "`", "\"$("] {
            let script = ShellScript(parsing: String(repeating: open, count: 20_001))
            #expect(script.isIncomplete)
        }
    }
}
