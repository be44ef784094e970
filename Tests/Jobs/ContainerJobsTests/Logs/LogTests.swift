import CaissonSystem
import Foundation
import Testing

@testable import CaissonContainerJobs

@Suite struct LogTests {
    private static func findings(_ text: String, piece: Int) -> LogFindings { findings(Array(text.utf8), piece: piece) }

    private static func findings(_ bytes: [UInt8], piece: Int) -> LogFindings {
        var scanner = LogScanner()
        for start in stride(from: 0, to: bytes.count, by: piece) {
            bytes[start..<min(start + piece, bytes.count)].withUnsafeBytes { scanner.read($0) }
        }
        return scanner.finish()
    }

    /// A file of a text, gone afterwards.
    private static func inFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appending(path: "caisson-log-\(UUID())")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    private static let text = """
        make: entering
        a.c:1:2: warning: unused
        a.c:3:4: Error: bad, another error: here
        cc: Fatal ERROR:\0 no space left on device
        ld: x.o: Undefined reference to `y'
        sh: flex: not found
        errors: none
        """

    @Test(arguments: [1, 2, 7, 64, 5000])
    func `lines are counted, not phrases, in letters of any case and pieces of any size`(_ piece: Int) {
        let findings = Self.findings(Self.text, piece: piece)
        #expect(findings.lines == 7)
        #expect(findings.errors == 4)
        #expect(findings.warnings == 1)
        #expect(findings.bytes == Self.text.utf8.count)
        let first = Self.text.split(separator: "\n").prefix { !$0.hasPrefix("a.c:3") }.map { $0.utf8.count + 1 }
        #expect(findings.firstError == first.reduce(0, +))
        #expect(findings.hints == [.diskFull, .undefined])
    }

    @Test func `random logs count as line by line`() {
        var generator = SystemRandomNumberGenerator()
        let words = [
            "error:", "warning:", "ERROR", "not found", "ok", "\n", "\n", " ", "x\0y", "no such file or directory",
        ]
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 0...60, using: &generator)).compactMap { _ in words.randomElement() }
                .joined()
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.lowercased() }
            let phrases = ["error:", "not found", "no such file or directory"]
            let found = Self.findings(text, piece: Int.random(in: 1...40, using: &generator))
            #expect(found.errors == lines.count { line in phrases.contains { line.contains($0) } })
            #expect(found.warnings == lines.count { $0.contains("warning:") })
        }
    }

    @Test(arguments: [1, 2, 1000])
    func `a line ends with a line feed, a carriage return, or both`(_ piece: Int) {
        let text = "10%\r20% error: a\rerror: b warning: c\r\n\r\n\n\rerror: d"
        let findings = Self.findings(text, piece: piece)
        #expect(findings.lines == 7 && findings.errors == 3 && findings.warnings == 1)
        #expect(findings.firstError == 4)
        #expect(LogFile.lines(of: Array(text.utf8)[...]).count == 7)
        #expect(Self.findings("error:\r", piece: piece).lines == 1)
        #expect(Self.findings("a\rnot \rfound", piece: piece).errors == 0)
    }

    @Test(arguments: [1, 3, 1000])
    func `bytes that are no UTF-8 hide nothing, and letters that are do`(_ piece: Int) {
        for noise: [UInt8] in [
            [0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90], [0x80], [0xC0, 0xAF], [0xF0, 0x9F],
        ] {
            let line = Array("a: err".utf8) + noise + Array("or: x\n".utf8)
            #expect(Self.findings(line, piece: piece).errors == 1, "\(noise)")
        }
        for letter in ["\u{E9}", "\u{20AC}", "\u{1F600}", "\u{301}", "\0", "-"] {
            #expect(Self.findings("a: err\(letter)or: x\n", piece: piece).errors == 0, "\(letter)")
            #expect(Self.findings("a\(letter)error:\(letter)\n", piece: piece).errors == 1, "\(letter)")
        }
    }

    @Test(
        arguments: [
            ("  CC      mm/oom_killed.o", nil), ("  LD [M]  drivers/killed.ko", nil), ("task killed by nobody", nil),
            ("a.c:1:2: error: 'Killed' undeclared", nil), ("OOMKilled", nil), ("Killed.o", nil), ("x/Killed y", nil),
            ("Killed", .killed), ("Killed\r", .killed), ("make[1]: *** [Makefile:9: x.o] Killed\n", .killed),
            ("gcc: fatal error: Killed signal terminated program cc1", .killed), ("12345 Killed      cc1", .killed),
            ("gcc: internal compiler error: Killed (program cc1)", .killed),
            ("collect2: fatal error: ld terminated with signal 9 [Killed]", .killed),
            ("sha256sum: WARNING: 1 computed checksum did NOT match\n", .checksum),
            ("sha256sum: WARNING: 2 computed checksums did NOT match\n", .checksum),
            ("Checksum mismatch: a", .checksum),
            ("computed checksum did match", nil), ("cc1: No Space left on device", .diskFull),
        ] as [(String, LogHint?)]
    )
    func `a cause is told by what programs write for it, and by no name of a file`(_ line: String, _ hint: LogHint?) {
        for text in [line, "a\n" + line, line + "\nb"] {
            #expect(Self.findings(text, piece: 5).hints == Set([hint].compactMap(\.self)), "\(text.debugDescription)")
        }
    }

    /// The bytes without those that are part of no scalar, as Python's decoder ignores them.
    private static func decoded(_ bytes: [UInt8]) -> String {
        var kept: [UInt8] = []
        var rest = bytes[...]
        while let first = rest.first {
            let scalar = (1...4).lazy.map { rest.prefix($0) }.first { part in
                String(validating: part, as: UTF8.self)?.unicodeScalars.count == 1
            }
            kept += Array(scalar ?? [])
            rest = rest.dropFirst(scalar == nil || first < 0x80 ? 1 : scalar?.count ?? 1)
        }
        return String(decoding: kept, as: UTF8.self)
    }

    @Test func `random logs count as a reader of texts counts them`() {
        let phrases = ["error:", "not found", "no such file or directory", "no rule to make target"]
        let pieces =
            phrases + phrases.map { String($0.prefix(4)) } + [
                "warning:", "\n", "\r", "\n", "\u{E9}", " ", "ERR", "or:", "\0",
            ]
        for _ in 0..<1000 {
            let bytes = RandomBytes.joined(pieces, upTo: 30)
            let lines = Self.decoded(bytes).utf8.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }
                .map { String(Substring($0)).lowercased().utf8 }
            let found = Self.findings(bytes, piece: Int.random(in: 1...40))
            #expect(
                found.errors == lines.count { line in phrases.contains { Array(line).contains(Array($0.utf8)) } },
                "\(bytes)"
            )
            #expect(found.warnings == lines.count { Array($0).contains(Array("warning:".utf8)) }, "\(bytes)")
            #expect(found.bytes == bytes.count)
            #expect(found.lines == LogFile.lines(of: bytes[...]).count)
        }
    }

    @Test func `what is cut out of any log is lines that can be shown`() throws {
        for _ in 0..<200 {
            let bytes = RandomBytes.joined(["error: x", "\n", "\r", "\u{1B}[2J", "\u{202E}", "\0"], upTo: 40)
            let text = String(decoding: bytes, as: UTF8.self)
            try Self.inFile(text) { path in
                let place = Int.random(in: -1...bytes.count + 5)
                let lines = LogFile.context(path, at: place, before: 2, behind: 2) + LogFile.tail(path, lines: 3)
                #expect(lines.count <= 8)
                #expect(lines.allSatisfy { !$0.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" } })
            }
        }
    }

    @Test func `a line without an end takes no memory without a bound, and counts`() {
        var scanner = LogScanner()
        let piece = Array(repeating: UInt8(ascii: "x"), count: 100_000)
        for _ in 0..<50 { piece.withUnsafeBytes { scanner.read($0) } }
        #expect(scanner.finish().bytes == 5_000_000)
    }

    @Test func `the first error is shown with what stands around it`() throws {
        let text = (0..<5000).map { $0 == 3000 ? "x: error: here\n" : "line \($0)\n" }.joined()
        try Self.inFile(text) { path in
            let findings = try LogFile.findings(path)
            let place = try #require(findings.firstError)
            let lines = LogFile.context(path, at: place, before: 2, behind: 1)
            #expect(lines == ["line 2998", "line 2999", "x: error: here", "line 3001"])
            #expect(LogFile.context(path, at: 0, before: 2, behind: 1) == ["line 0", "line 1"])
            #expect(LogFile.tail(path, lines: 2) == ["line 4998", "line 4999"])
        }
        #expect(LogFile.tail("/nowhere", lines: 2) == [])
    }

    @Test func `what a terminal would obey isn't shown`() {
        #expect(LogText.line(Array("a\u{1B}[31mb\tc\r\u{202E}d".utf8)) == "a[31mb    c\u{FFFD}d")
        #expect(LogText.line([0xFF, 0x41]) == "\u{FFFD}A")
        #expect(LogText.line(Array(repeating: UInt8(ascii: "x"), count: 9000)).utf8.count < 600)
    }

    @Test func `logs are merged with a heading each`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-merge-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["a", "b", "c"].map { folder.appending(path: $0).path }
        try Data("one\n".utf8).write(to: URL(filePath: paths[0]))
        try Data("two".utf8).write(to: URL(filePath: paths[1]))
        let merged = folder.appending(path: "build.log").path
        try MergedLog.write(merged, paths.map { (heading: String($0.suffix(1)), path: $0) })
        let text = try String(contentsOfFile: merged, encoding: .utf8)
        #expect(text == "==> a <==\none\n==> b <==\ntwo\n==> c <==\n(no log)\n")
    }
}
