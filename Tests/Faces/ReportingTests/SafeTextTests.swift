import CaissonBuildModel
import CaissonReporting
import Testing

@Suite("Text of a peer")
struct SafeTextTests {
    @Test(
        "becomes one harmless line",
        arguments: [
            ("plain text", "plain text"), ("a\u{1B}[31mred\u{1B}[0m", "ared"), ("\u{1B}]0;title\u{07}x", "x"),
            ("\u{1B}]8;;http://a\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"), ("\u{1B}]0;never ended", "0;never ended"),
            ("\u{1B}(Bx\u{1B}7y\u{1B}", "xy"), ("\u{9B}2Jx\u{85}y", "x y"), ("a\rb\nc\u{2028}d", "a b c d"),
            ("\u{1B}[1;2", ""), ("\u{1B}[3\u{1B}[2Jx", "x"), ("bell\u{07}\u{08}\u{7F}\u{0}", "bell"),
            ("tab\tx", "tab x"),
            ("\u{202E}rtl\u{2066}", "\u{FFFD}rtl\u{FFFD}"), ("\u{200F}א\u{200E}a\u{61C}", "\u{200F}א\u{200E}a\u{61C}"),
            ("日本\u{FEFF}é", "日本é"), ("\u{1B}\u{1B}[2Jx", "x"),
        ]
    )
    func line(input: String, output: String) {
        #expect(SafeText.line(input) == output)
    }

    @Test("invalid UTF-8 becomes the replacement character")
    func invalid() {
        #expect(SafeText.line([0x61, 0xFF, 0xC3, 0x28, 0x1B, 0x5B, 0x4B]) == "a\u{FFFD}\u{FFFD}(")
    }

    @Test("no bytes whatever give a control character")
    func anything() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<40).map { _ in
                [0x1B, 0x5B, 0x5D, 0x6D, 0x0A, 0x0D, 0x9B, 0xC2, 0x07, 0x5C, UInt8.random(in: 0...255, using: &random)]
                    .randomElement(using: &random) ?? 0
            }
            let text = SafeText.line(bytes)
            let isSafe = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
            #expect(isSafe, "\(bytes)")
        }
    }

    @Test(
        "takes as many cells as terminals give it",
        arguments: [
            ("abc", 3), ("日本", 4), ("cafe\u{301}", 4), ("🚀", 2), ("ﾊﾝ", 2), ("한국", 4), ("a\u{200D}b", 2), ("", 0),
            ("é–…", 3),
            ("\u{0E33}ก็", 2), ("❤\u{FE0F}", 2), ("𠮷", 2),
        ]
    )
    func cells(text: String, cells: Int) {
        #expect(CellWidth.cells(text) == cells)
    }

    @Test("is cut without splitting a character")
    func fit() {
        #expect(CellWidth.fit("日本語のビルド", 9) == "日本語...")
        #expect(CellWidth.fit("日本語のビルド", 8) == "日本...")
        #expect(CellWidth.fit("日本語", 3) == "日")
        #expect(CellWidth.fit("short", 5) == "short")
        #expect(CellWidth.fit("abc", 0) == "")
    }

    @Test("numbers are written with fixed decimals and never trap")
    func numbers() {
        #expect(Quantity.decimal(0.25, 1) == "0.2")
        #expect(Quantity.decimal(12.3456, 3) == "12.346")
        #expect(Quantity.decimal(-0.04, 2) == "-0.04")
        #expect(Quantity.decimal(.infinity, 1) == "1000000000000.0")
        #expect(Quantity.decimal(.nan, 1) == "0.0")
        #expect(Quantity.bytes(999) == "999B")
        #expect(Quantity.bytes(1234) == "1.23kB")
        #expect(Quantity.bytes(.max) == "9.22EB")
        #expect(Quantity.bytes(.min) == "-9.22EB")
        #expect(Quantity.progress(0, of: 0) == nil)
        #expect(Quantity.progress(5, of: 0) == "5B")
        #expect(Quantity.progress(0, of: 2_000_000) == "0B / 2.00MB")
    }

    @Test("tabs reach to the next multiple of eight cells")
    func tabs() {
        #expect(SafeText.expandingTabs("a\tb\t日\tc") == "a       b       日      c")
    }
}
