import CaissonIgnoreFile
import Testing

@Suite struct FileNamePatternTests {
    @Test(arguments: [
        ("abc", "abc", true), ("*", "abc", true), ("*c", "abc", true), ("a*", "a", true), ("a*", "ab/c", false),
        ("a*b?c*x", "abxbbxdbxebxczzx", true), ("a*b?c*x", "abxbbxdbxebxczzy", false), ("ab[^c]", "abc", false),
        ("a\\*b", "a*b", true), ("a\\*b", "ab", false), ("a?b", "a☺b", true), ("[a-ζ]*", "α", true),
        ("*[a-ζ]", "A", false), ("[\\]a]", "]", true), ("[x\\-]", "-", true), ("[", "a", false), ("*x", "xxx", true),
        ("[z-a]", "b", false), ("*.txt", ".txt", true), ("*a*a", "aa", true), ("", "", true), ("", "a", false),
    ])
    func `a name is matched as filepath.Match does`(pattern: String, name: String, expected: Bool) {
        #expect(FileNamePattern.matches(Array(pattern.utf8), Array(name.utf8)) == expected)
    }

    @Test(arguments: [("a", false), ("a\\*", false), ("a*", true), ("\\\\?", true), ("[", true), ("a\\", false)])
    func `wildcards are found unless they are escaped`(name: String, expected: Bool) {
        #expect(FileNamePattern.hasWildcard(Array(name.utf8)[...]) == expected)
    }
}
