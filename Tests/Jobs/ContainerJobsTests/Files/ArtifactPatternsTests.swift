import CaissonBuildModel
import CaissonText
import Foundation
import Testing

@testable import CaissonContainerJobs

@Suite struct ArtifactPatternsTests {
    @Test(
        arguments: [
            ("*.ko", "lib/crc4.ko", true), ("*.ko", "crc4.ko", true), ("*.ko", "crc4.ko.xz", false),
            ("arch/*/boot/bzImage", "arch/x86/boot/bzImage", true),
            ("arch/*/boot/bzImage", "arch/x86/y/boot/bzImage", false),
            ("arch/x86/boot/bzImage", "x/arch/x86/boot/bzImage", false), ("modules/**", "modules/a/b.ko", true),
            ("modules/**", "modules", false), ("modules/", "modules/a", true), ("**/x", "x", true),
            ("**/x", "a/b/x", true),
            ("a/**/b/**/c", "a/b/x/b/c", true), ("a/**/b/**/c", "a/x/c", false), ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[]]x", "]x", true), ("\\*", "*", true),
            ("\\*", "a", false),
            ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxa", false), ("./config", "config", true), ("**", "a/b", true),
        ] as [(String, String, Bool)]
    )
    func `a pattern means what shells and the specification mean by it`(
        _ pattern: String,
        _ path: String,
        _ isMatch: Bool
    ) throws {
        #expect(try ArtifactPatterns([pattern]).matches(path) == (isMatch ? [0] : []))
    }

    @Test(arguments: [
        "", "/etc/*", "../x", "a/../b", "a[", "a[z-a]", ".", "./", String(repeating: "a", count: 5000), "a\0b",
    ])
    func `a pattern that can't be is refused`(_ pattern: String) {
        #expect(throws: ParseError.self) { try ArtifactPatterns([pattern]) }
    }

    @Test func `what matched nothing is told as it was written`() throws {
        let patterns = try ArtifactPatterns(["*.ko", "vmlinux", "*.dtb"])
        #expect(patterns.unmatched(["a/b.ko", "config"]) == ["vmlinux", "*.dtb"])
        #expect(patterns.unmatched([]).count == 3)
    }

    @Test func `a pattern of many stars is no trap`() throws {
        let pattern = String(repeating: "*a", count: 1000)
        #expect(try ArtifactPatterns([pattern]).matches(String(repeating: "a", count: 4000) + "b") == [])
        let folders = String(repeating: "**/a/", count: 500) + "x"
        #expect(try ArtifactPatterns([folders]).matches(String(repeating: "a/", count: 1000) + "b") == [])
    }

    @Test(
        arguments: [
            ("a/\u{301}b", "a/\u{301}b", true), ("a/\u{301}b", "x/a/\u{301}b", false), ("*\u{301}", "xy\u{301}", true),
            ("*\u{301}", "*y\u{301}", true), ("?\u{301}", "x\u{301}", true), ("[a]\u{301}", "a\u{301}", true),
            ("[\u{301}]x", "[\u{301}]x", false), ("\\*\u{301}", "*\u{301}", true), ("\\*\u{301}", "x\u{301}", false),
            ("**/\u{301}x", "a/b/\u{301}x", true), ("./\u{301}x", "\u{301}x", true), ("a/.\u{301}", "a/.\u{301}", true),
            ("a/\u{301}", "a/\u{301}", true), ("*.ko", "a/\u{301}.ko", true), ("\u{E9}", "\u{E9}", true),
            ("\u{E9}", "e\u{301}", false), ("e\u{301}", "\u{E9}", false), ("??", "\u{E9}", true),
            ("?", "\u{E9}", false),
            ("a\r", "a\r", true), ("*\r\u{301}", "a\r\u{301}", true),
        ] as [(String, String, Bool)]
    )
    func `a combining mark hides nothing, and twins are two names`(
        _ pattern: String,
        _ path: String,
        _ isMatch: Bool
    ) throws {
        let patterns = try ArtifactPatterns([pattern])
        #expect(patterns.matches(path) == (isMatch ? [0] : []))
        #expect(patterns.unmatched([path]).isEmpty == isMatch)
    }

    @Test(arguments: [
        "/\u{301}etc", "../\u{301}x", "\u{301}/../x", "a/../\u{301}", "[\u{301}", "a/[\u{301}b", "a\r\nb",
    ])
    func `a pattern that can't be is refused whatever mark hides it`(_ pattern: String) {
        #expect(throws: ParseError.self) { try ArtifactPatterns([pattern]) }
    }

    @Test func `names that aren't UTF-8 match byte by byte`() throws {
        let path = String(pathBytes: Array("a/b".utf8) + [0xFF] + Array(".ko".utf8))
        for pattern in ["*.ko", "a/b?.ko", "a/*", String(pathBytes: [0x62, 0xFF, 0x2A])] {
            #expect(try ArtifactPatterns([pattern]).matches(path) == [0], "\(pattern)")
        }
        #expect(try ArtifactPatterns(["b??.ko"]).matches(path) == [])
    }

    @Test func `random patterns match what fnmatch says of each name, or are refused`() throws {
        let pieces = [
            "*", "?", "[a-c]", "[!a]", "[^\u{301}]", "\\*", "a", "b", "\u{301}", "\u{E9}", "]", "-", ".", "\\",
        ]
        var read = 0
        for _ in 0..<3000 {
            let pattern = String(decoding: RandomBytes.joined(pieces, upTo: 8), as: UTF8.self)
            guard let patterns = try? ArtifactPatterns([pattern]), !pattern.utf8.contains(UInt8(ascii: "/")) else {
                continue
            }
            let name = RandomBytes.joined(["a", "b", "c", "*", "\u{301}", "\u{E9}", "."], upTo: 6)
                .filter { $0 != 0 && $0 != UInt8(ascii: "/") }
            // As a whole, these mean any path, and no name ends in nothing.
            guard !name.isEmpty, pattern.utf8.last != UInt8(ascii: "\\"), pattern != "**" else { continue }
            read += 1
            let bytes = Array(pattern.utf8CString)
            let isMatch = fnmatch(bytes, name.map { CChar(bitPattern: $0) } + [0], 0) == 0
            #expect(
                (patterns.matches(String(pathBytes: name)) == [0]) == isMatch,
                "\(pattern.debugDescription) \(name)"
            )
        }
        #expect(read > 500)
    }

    @Test func `any text is a pattern or refused`() {
        let pieces = ["*", "**", "/", "..", ".", "[", "]", "!", "-", "\\", "a", "\u{301}", "\n", "\0", "\u{10FEFF}"]
        for _ in 0..<3000 {
            let bytes = RandomBytes.joined(pieces, upTo: 30)
            guard let patterns = try? ArtifactPatterns([String(decoding: bytes, as: UTF8.self)]) else { continue }
            _ = patterns.matches(String(pathBytes: RandomBytes.joined(pieces, upTo: 30)))
        }
    }
}
