import CaissonIgnoreFile
import Testing

/// Reads a file and gives its patterns as text.
private func patterns(_ text: String) throws -> [String] {
    try IgnoreFile(parsing: Array(text.utf8)).patterns.map { String(decoding: $0, as: UTF8.self) }
}

@Suite struct IgnoreFileTests {
    @Test(arguments: [
        ("", []),
        ("\n\n", []),
        ("a\nb", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("\u{FEFF}# comment\n\u{FEFF}x\n", ["\u{FEFF}x"]),
        ("\u{FEFF}a", ["a"]),
        ("# comment\n #x\n\\#y", ["#x", "\\#y"]),
        ("  a b \t\n\u{A0}c\u{2003}\u{85}\n", ["a b", "c"]),
        ("foo/\n./a\na//b\na/../b\n/a\n/\n.\n../x", ["foo", "a", "a/b", "b", "a", "/", ".", "../x"]),
        ("! x\n!x/\n!/x\n!", ["!x", "!x", "!x", "!"]),
        ("foo[ ]", ["foo[ ]"]),
        (
            "/a/b/c\n# this is a comment\n/.x\n\n\n \ntest3\n/test4\n/\n/..\n!/inverted/abs/path\n!\n!/ foo",
            ["a/b/c", ".x", "test3", "test4", "/", "/", "!inverted/abs/path", "!", "! foo"]
        ),
    ])
    func `a file is read as Docker reads it`(text: String, expected: [String]) throws {
        #expect(try patterns(text) == expected)
    }

    @Test func `names that are not UTF-8 are kept`() throws {
        let file = try IgnoreFile(parsing: [0xFF, 0x2F, 0x2F, 0xC3, 0x0A, 0x61])
        #expect(file.patterns == [[0xFF, 0x2F, 0xC3], [0x61]])
        #expect(file.rules.map(\.line) == [1, 2])
    }

    @Test func `a line of 64 KiB makes the file unreadable and a shorter one does not`() throws {
        let longest = [UInt8](repeating: 0x61, count: 65_535)
        #expect(try IgnoreFile(parsing: longest + [0x0A]).patterns.count == 1)
        #expect(try IgnoreFile(parsing: longest).patterns.count == 1)
        let error = #expect(throws: IgnoreFileError.self) { try IgnoreFile(parsing: [0x0A] + longest + [0x61, 0x0A]) }
        #expect(error?.code == .lineTooLong)
        #expect(error?.message.hasPrefix(".dockerignore:2: ") == true)
    }

    @Test func `an error names file, line and pattern`() throws {
        let file = try IgnoreFile(parsing: Array("a\n\n!\n".utf8), name: "x.dockerignore")
        let error = #expect(throws: IgnoreFileError.self) { try file.matcher() }
        #expect(error?.message.hasPrefix("x.dockerignore:3: syntax error in pattern \"!\"") == true)
        let other = try IgnoreFile(parsing: Array("[a\n".utf8))
        #expect(throws: IgnoreFileError.self) { try other.matcher() }
    }
}
