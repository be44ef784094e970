import Glibc

/// What a log says on the whole.
package struct LogFindings: Sendable, Hashable {
    /// How many bytes it has.
    package var bytes = 0
    /// How many lines it has, a last one without an end included.
    package var lines = 0
    /// How many lines tell an error.
    package var errors = 0
    /// How many lines tell a warning.
    package var warnings = 0
    /// Where the first line begins that tells an error, in bytes.
    package var firstError: Int?
    /// What is known to have gone wrong, in the order of `LogHint`.
    package var hints: Set<LogHint> = []

    /// Makes findings of nothing.
    package init() {}

    /// Adds those of a further log; the first error stays that of the first one.
    package static func + (left: LogFindings, right: LogFindings) -> LogFindings {
        var sum = left
        sum.bytes += right.bytes
        sum.lines += right.lines
        sum.errors += right.errors
        sum.warnings += right.warnings
        sum.hints.formUnion(right.hints)
        return sum
    }
}

/// A cause of a failure that a log tells by fixed words.
package enum LogHint: String, Sendable, Hashable, CaseIterable {
    /// The disk is full.
    case diskFull = "no space left on device"
    /// The kernel's kconfig wanted to ask somebody.
    case interactive = "console input/output is redirected"
    /// A process was killed, most often as memory ran out.
    case killed = "killed"
    /// make has no rule.
    case noRule = "no rule to make target"
    /// The linker found no such name.
    case undefined = "undefined reference to"
    /// A file isn't what it should be.
    case checksum = "checksum mismatch"

    /// What to do about it.
    package var advice: String {
        switch self {
        case .diskFull:
            "the engine's disk is full: caisson cache du shows what fills it, caisson cache prune makes room"
        case .interactive: "the configuration lacks values that kconfig asks for: take a base that is of this tree"
        case .killed: "a process was killed, most often as memory ran out: fewer jobs at a time need less"
        case .noRule: "the tree has no such target: check the name, and that the tree is whole"
        case .undefined: "code is called that isn't built: a configuration symbol may be missing"
        case .checksum: "a file isn't what it should be: get it again"
        }
    }
}

/// Counts what a log tells, as it comes.
///
/// Errors and warnings are counted as by TuxMake 1.43.0 (`tuxmake/log.py`): by lines with one of a few phrases, in
/// letters of any case.
package struct LogScanner: Sendable {
    private var findings = LogFindings()
    /// The beginning of a line whose end hasn't come, in small letters.
    private var rest: [UInt8] = []
    /// A longer line counts as several.
    private static let longestLine = 64 << 10

    private static let errors = [
        "error:", "compiler lacks", "no configuration exists", "not found", "no such file or directory",
        "no rule to make target", "failed to merge target specific data of file", "undefined reference to",
    ].map { Array($0.utf8CString) }
    private static let warning = Array("warning:".utf8CString)
    private static let hints = LogHint.allCases.map { ($0, Array($0.rawValue.utf8CString)) }

    /// Makes a scanner.
    package init() {}

    /// Reads the next bytes.
    package mutating func read(_ bytes: UnsafeRawBufferPointer) {
        let kept = rest.count
        rest.append(contentsOf: bytes)
        rest.withUnsafeMutableBufferPointer { all in
            for place in kept..<all.count {
                if all[place] &- 0x41 < 26 { all[place] |= 0x20 }
                // No phrase has one, and the search ends at one.
                if all[place] == 0 { all[place] = 0x20 }
            }
        }
        guard let end = rest.lastIndex(of: 0x0A) ?? (rest.count > Self.longestLine ? rest.count - 1 : nil) else {
            return
        }
        scan(rest[...end])
        rest.removeSubrange(...end)
    }

    /// Ends the log.
    package mutating func finish() -> LogFindings {
        if !rest.isEmpty { scan(rest[...]) }
        rest = []
        return findings
    }

    /// Scans whole lines.
    private mutating func scan(_ lines: ArraySlice<UInt8>) {
        for byte in lines where byte == 0x0A { findings.lines += 1 }
        if lines.last != 0x0A { findings.lines += 1 }
        let text = lines + [0]
        text.withUnsafeBytes { text in
            let errors = Self.errors.reduce(into: Set<Int>()) { $0.formUnion(Self.lines(of: $1, in: text)) }
            findings.errors += errors.count
            findings.warnings += Self.lines(of: Self.warning, in: text).count
            if findings.firstError == nil, let first = errors.min() { findings.firstError = findings.bytes + first }
            for (hint, phrase) in Self.hints where !findings.hints.contains(hint) {
                if Self.find(phrase, in: text, from: 0) != nil { findings.hints.insert(hint) }
            }
        }
        findings.bytes += lines.count
    }

    /// Where the lines begin that have a phrase.
    ///
    /// - Parameter text: Ends in a zero byte, and has no other.
    private static func lines(of phrase: [CChar], in text: UnsafeRawBufferPointer) -> Set<Int> {
        var starts: Set<Int> = []
        var place = 0
        while let found = find(phrase, in: text, from: place) {
            var start = found
            while start > place, text[start - 1] != 0x0A { start -= 1 }
            starts.insert(start)
            // The rest of the line says nothing new.
            guard let end = text[found...].firstIndex(of: 0x0A) else { break }
            place = end + 1
        }
        return starts
    }

    private static func find(_ phrase: [CChar], in text: UnsafeRawBufferPointer, from place: Int) -> Int? {
        guard let base = text.baseAddress, place < text.count else { return nil }
        let start = (base + place).assumingMemoryBound(to: CChar.self)
        return strstr(start, phrase).map { place + start.distance(to: $0) }
    }
}
