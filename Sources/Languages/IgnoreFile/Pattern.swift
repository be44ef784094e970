import CaissonGoRegex

/// One ignore pattern, compiled to the cheapest test that has the same meaning as Docker's.
package struct Pattern: Sendable {
    /// The pattern's text, cleaned and without `!`.
    package let text: [UInt8]
    /// Whether it takes back what earlier patterns matched (`!`).
    package let isException: Bool
    /// Where it was written.
    package let place: PatternPlace
    let form: Form

    /// The kinds of test.
    enum Form: Sendable {
        case exact
        case prefix(length: Int)
        case suffix(from: Int)
        case glob(Glob, RegexProgram)
        case regex(RegexProgram)
        /// It is syntactically valid but can't be used: an error as soon as it is tried on a path.
        case malformed(String)
    }

    /// Whether it is an error to try it on a path.
    var isMalformed: Bool { if case .malformed = form { true } else { false } }

    /// Compiles a pattern that is trimmed, cleaned and not empty.
    init(cleaned: [UInt8], place: PatternPlace) throws(IgnoreFileError) {
        var text = cleaned
        isException = text.first == UInt8(ascii: "!")
        if isException { text.removeFirst() }
        guard !text.isEmpty else {
            throw .malformed(cleaned, at: place, "an exception needs a pattern after the \"!\"")
        }
        // Docker tries each pattern on "." to find out whether it is one (moby/patternmatcher, `New`).
        if let problem = FileNamePattern.problem(in: text, whileMatching: [UInt8(ascii: ".")]) {
            throw .malformed(cleaned, at: place, problem)
        }
        self.text = text
        self.place = place
        form = Self.compile(text)
    }

    /// Whether the pattern matches exactly this path, with `/` between components.
    package func matches(_ path: [UInt8]) throws(IgnoreFileError) -> Bool {
        switch form {
        case .exact: return path == text
        case .prefix(let length): return path.starts(with: text[..<length])
        case .suffix(let start): return matchesSuffix(path, from: start)
        case .glob(let glob, let program):
            // `.` in a regular expression doesn't match a line break, but in the glob it would.
            if glob.crossesSlashes, path.contains(UInt8(ascii: "\n")) { return program.matches(path.span) }
            return glob.matches(path.span)
        case .regex(let program): return program.matches(path.span)
        case .malformed(let reason): throw .malformed(text, at: place, reason)
        }
    }

    /// The text without a `/**`, and then a `/*`, at its end: the form for the test whether it can match below a
    /// directory.
    package var textWithoutTrailingGlob: ArraySlice<UInt8> {
        var rest = text[...]
        for glob in ["/**", "/*"] where rest.reversed().starts(with: glob.utf8.reversed()) {
            rest = rest.dropLast(glob.utf8.count)
        }
        return rest
    }

    /// Whether any path below a directory could match; true if that isn't known.
    func mayMatch(below directory: [UInt8]) -> Bool {
        let start = directory + [slash]
        switch form {
        case .exact: return text.starts(with: start)
        case .prefix(let length): return text[..<length].starts(with: start) || start.starts(with: text[..<length])
        case .glob(let glob, _):
            return directory.contains(UInt8(ascii: "\n")) || glob.mayMatch(startingWith: start.span)
        // Their errors are reported when a path is tried, so one must be tried.
        case .suffix, .regex, .malformed: return true
        }
    }

    private func matchesSuffix(_ path: [UInt8], from start: Int) -> Bool {
        let suffix = text[start...]
        if path.count >= suffix.count, path.suffix(suffix.count) == suffix { return true }
        // `**/foo` matches `foo`.
        return suffix.first == slash && path[...] == suffix.dropFirst()
    }

    private static func compile(_ text: [UInt8]) -> Form {
        let translation = PatternTranslation(text)
        switch translation.kind {
        case .exact: return .exact
        case .prefix: return .prefix(length: text.count - 2)
        case .suffix: return .suffix(from: 2)
        case .regex: break
        }
        do {
            let program = try RegexProgram(translation.regex)
            if let operations = translation.globOperations { return .glob(Glob(operations), program) }
            return .regex(program)
        } catch {
            return .malformed(error.reason)
        }
    }
}
