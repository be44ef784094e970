import CaissonGoRegex
import Testing

@testable import CaissonIgnoreFile

/// The obvious way to match a glob: try everything, on whole scalars.
private func slowMatch(_ pattern: ArraySlice<Character>, _ path: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return path.isEmpty }
    let rest = pattern.dropFirst()
    if first == "*", rest.first == "*" {
        var tail = rest.dropFirst()
        if tail.first == "/" { tail = tail.dropFirst() }
        if tail.isEmpty { return true }
        let ends = path.indices.filter { path[$0] == "/" }.map { $0 + 1 }
        return ([path.startIndex] + ends).contains { slowMatch(tail, path[$0...]) }
    }
    if first == "*" {
        if slowMatch(rest, path) { return true }
        guard let next = path.first, next != "/" else { return false }
        return slowMatch(pattern, path.dropFirst())
    }
    guard let next = path.first else { return false }
    return (first == "?" ? next != "/" : first == next) && slowMatch(rest, path.dropFirst())
}

@Suite struct ModelTests {
    private func random(_ letters: [Character], _ length: Int, using generator: inout SeededGenerator) -> String {
        String(
            (0..<Int.random(in: 1...length, using: &generator)).compactMap { _ in
                letters.randomElement(using: &generator)
            }
        )
    }

    @Test func `the glob, the regular expression and the slow model agree`() throws {
        var generator = SeededGenerator(state: 42)
        for _ in 0..<10_000 {
            let text = random(["a", "b", "é", "/", "*", "*", "?"], 9, using: &generator)
            let path = random(["a", "b", "é", "/"], 8, using: &generator)
            let pattern = cleanedPath(Array(text.utf8)[...])
            let bytes = cleanedPath(Array(path.utf8)[...])
            let translation = PatternTranslation(pattern)
            guard translation.kind == .regex, let operations = translation.globOperations else { continue }
            let cleaned = Array(String(decoding: pattern, as: UTF8.self))
            let expected = slowMatch(cleaned[...], Array(String(decoding: bytes, as: UTF8.self))[...])
            let comment = Comment(rawValue: "\(String(decoding: pattern, as: UTF8.self)) on \(path)")
            #expect(try RegexProgram(translation.regex).matches(bytes.span) == expected, comment)
            #expect(Glob(operations).matches(bytes.span) == expected, comment)
        }
    }

    @Test func `no input makes the compiler or the matcher trap`() {
        var generator = SeededGenerator(state: 7)
        let letters = Array("ab/*?[]^-\\{}|.,:0123pPQExdDwbAzL!#é\u{FFFD}\n ")
        for _ in 0..<10_000 {
            let pattern = random(letters, 14, using: &generator)
            let path = random(letters, 10, using: &generator)
            guard let matcher = try? PatternMatcher([Array(pattern.utf8), Array("!\(path)".utf8)]) else { continue }
            _ = try? matcher.matchesOrParentMatches(Array(path.utf8))
        }
    }

    @Test func `random bytes are read without a trap`() {
        var generator = SeededGenerator(state: 9)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            let matcher = try? IgnoreFile(parsing: bytes).matcher()
            _ = try? matcher?.matchesOrParentMatches(bytes)
            _ = FileNamePattern.matches(bytes, bytes.reversed())
        }
    }
}
