import Foundation
import Testing

/// What `Scripts/lib/picture.py` draws of what a program wrote to a terminal.
@Suite struct PictureTests {
    /// The picture of some bytes on a terminal of 20 columns and 4 rows.
    private func picture(_ bytes: String) async throws -> String {
        try await withTemporaryDirectory { directory in
            let recording = directory.appending(path: "recording")
            try Data(bytes.utf8).write(to: recording)
            let script = TestPaths.repository + "/Scripts/lib/picture.py"
            let size = ["--columns", "20", "--rows", "4", "--title", "A <title>", recording.path]
            return try await runSuccessfully(Command("python3", ["-B", script] + size), within: .seconds(20)).output
        }
    }

    @Test(arguments: [
        ("one\r\ntwo\u{1B}[1A\rO", "One\ntwo"), ("a\r\nb\r\nc\r\nd\r\ne", "b\nc\nd\ne"),
        ("one\r\n\u{1B}[?2026h\u{1B}[1A\u{1B}[2Ktwo\r\n\u{1B}[?2026l", "two"), ("one\u{1B}[2D\u{1B}[Kx", "ox"),
        ("a\r\nb\r\nc\u{1B}[2;1H\u{1B}[J", "a"), ("a\r\nb\u{1B}[1;1H\u{1B}[Lx", "x\na\nb"), ("a\tb\u{8}c", "a       c"),
        ("日本\r\n1234567890123456789日", "日本\n1234567890123456789\n日"), ("e\u{301}x\u{1B}]0;title\u{7}y", "e\u{301}xy"),
        ("12345678901234567890x\u{1B}[?7l\r\n12345678901234567890x", "12345678901234567890\nx\n12345678901234567890"),
    ])
    func `the last screen is drawn`(bytes: String, screen: String) async throws {
        #expect(try await picture(bytes).contains("<desc id=\"desc\">\(screen)</desc>"))
    }

    @Test func `colours, wide characters and gaps stay in their cells`() async throws {
        let svg = try await picture("\u{1B}[31mred\u{1B}[0m  a&b \u{1B}[1;38;2;1;2;3m日\u{1B}[0mx\u{1B}[7m!\u{1B}[m")
        let line = [
            ##"<text x="16" y="43" textLength="25.2" fill="#ff7b72">red</text>"##,
            #"<text x="58" y="43" textLength="25.2">a&amp;b</text>"#,
            ##"<text x="91.6" y="43" textLength="16.8" fill="#010203" font-weight="bold">日</text>"##,
            #"<text x="108.4" y="43" textLength="8.4">x</text>"#,
        ]
        for element in line { #expect(svg.contains(element), "\(element)\n\(svg)") }
        #expect(svg.contains(##"<rect x="116.8" y="30" width="8.4" height="18" fill="#e6edf3"/>"##))
        #expect(svg.contains("<title id=\"title\">A &lt;title&gt;</title>"))
    }
}
