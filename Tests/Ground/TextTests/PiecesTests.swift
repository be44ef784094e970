import CaissonText
import Testing

@Suite struct PiecesTests {
    @Test func `a mark behind a character hides it from nobody who reads bytes`() {
        #expect("/\u{301}x".begins(with: "/") && "x/\u{301}".has("/") && "a,\u{301}b".has(","))
        #expect("a=\u{301}b".cut(at: "=")?.tail == "\u{301}b")
        #expect("\u{600}.log".ends(with: ".log") && !"x.log\u{301}".ends(with: ".log"))
        #expect("../\u{301}x".pieces(at: "/").first == "..")
    }

    @Test func `texts that Unicode takes for one begin differently`() {
        #expect(!"\u{E9}x".begins(with: "e\u{301}") && !"\u{212A}x".begins(with: "K"))
        #expect("\u{E9}x".begins(with: "\u{E9}") && "x\u{E9}".ends(with: "\u{E9}") && !"x".has("\u{E9}"))
        #expect("".begins(with: "") && "a".ends(with: "") && !"".ends(with: "a"))
    }
}
