import CaissonSystem
import Foundation
import Testing

@testable import CaissonContainerJobs

@Suite struct LogTests {
    private static func findings(_ text: String, piece: Int) -> LogFindings {
        var scanner = LogScanner()
        let bytes = Array(text.utf8)
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
