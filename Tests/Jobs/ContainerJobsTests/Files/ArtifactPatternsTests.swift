import CaissonBuildModel
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
}
