import Testing

@testable import CaissonText

@Suite struct ShellWordsTests {
    @Test(
        arguments: [
            ("", [], nil, false), ("a", [], "a", false), (" a\tb\n c ", ["a", "b", "c"], nil, false),
            ("a 'b c", ["a"], "b c", true),
            ("'' \"\"x", [""], "x", false), ("a\\ b\\", [], "a b", true), ("'a\\b'", [], "a\\b", false),
            ("\"a\\\"b\\\\c\\d\"", [], "a\"b\\c\\d", false), ("a\u{301} b\u{A0}c", ["a\u{301}"], "b\u{A0}c", false),
            ("'a'\"b\"c", [], "abc", false), ("\"", [], "", true), ("a\r\nb", ["a"], "b", false),
        ] as [(String, [String], String?, Bool)]
    )
    func `words end at blanks outside of quotes`(text: String, ended: [String], last: String?, isOpen: Bool) {
        let words = ShellWords(text)
        #expect(words.ended == ended && words.last == last && words.isOpen == isOpen, "\(words)")
        #expect(words.all == ended + (last.map { [$0] } ?? []))
    }
}
