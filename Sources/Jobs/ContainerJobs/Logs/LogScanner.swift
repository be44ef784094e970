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
    case killed = "terminated with signal 9"
    /// make has no rule.
    case noRule = "no rule to make target"
    /// The linker found no such name.
    case undefined = "undefined reference to"
    /// A file isn't what it should be.
    case checksum = "checksum mismatch"

    /// The words, in small letters, each of which tells it; see also `LogPhrases.killed`.
    var phrases: [String] {
        switch self {
        case .checksum: [rawValue, "computed checksum did not match", "computed checksums did not match"]
        default: [rawValue]
        }
    }

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
/// letters of any case. A line ends with a line feed, a carriage return, or both, and bytes that are no UTF-8 are
/// passed over, as Python does there.
package struct LogScanner: Sendable {
    /// What the lines say that have ended.
    package private(set) var findings = LogFindings()
    private var state = LogPhrases.all.beginning
    private var scalar = PendingScalar()
    /// What the line has that hasn't ended.
    private var line: LogPhrases.Marks = []
    private var lineStart = 0
    /// Where the last carriage return is.
    private var lastReturn = -2

    /// Makes a scanner.
    package init() {}

    /// Reads the next bytes.
    package mutating func read(_ bytes: UnsafeRawBufferPointer) {
        let phrases = LogPhrases.all
        phrases.steps.withUnsafeBufferPointer { steps in
            phrases.classes.withUnsafeBufferPointer { read(bytes, steps, $0, phrases.marks) }
        }
        findings.bytes += bytes.count
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer,
        _ steps: UnsafeBufferPointer<UInt16>,
        _ classes: UnsafeBufferPointer<UInt8>,
        _ marks: [LogPhrases.Marks]
    ) {
        var state = self.state
        for (place, byte) in bytes.enumerated() {
            let step = steps[Int(state) &* LogPhrases.classCount &+ Int(classes[Int(byte)])]
            if step & LogPhrases.event == 0 {
                state = step
            } else if byte < 0x80 || scalar.isWhole(with: byte, at: findings.bytes + place) {
                state = step & ~LogPhrases.event
                take(marks[Int(state)])
                if byte == 0x0A || byte == 0x0D { endLine(byte, at: findings.bytes + place) }
            }
        }
        self.state = state
    }

    /// Ends the last line, where it hasn't ended.
    package mutating func endLine() {
        let phrases = LogPhrases.all
        state = phrases.step(from: state, 0x0A) & ~LogPhrases.event
        take(phrases.marks[Int(state)])
        if lineStart < findings.bytes { findings.lines += 1 }
        countLine(before: findings.bytes)
    }

    /// Ends the log.
    package mutating func finish() -> LogFindings {
        endLine()
        return findings
    }

    private mutating func take(_ marks: LogPhrases.Marks) {
        guard !marks.isEmpty else { return }
        line.formUnion(marks)
        for (place, hint) in LogHint.allCases.enumerated() where marks.contains(.hint(place)) {
            findings.hints.insert(hint)
        }
    }

    private mutating func endLine(_ byte: UInt8, at place: Int) {
        // Both together are one end.
        if byte == 0x0D { lastReturn = place }
        if byte == 0x0D || lastReturn != place - 1 { findings.lines += 1 }
        countLine(before: place + 1)
    }

    private mutating func countLine(before place: Int) {
        if line.contains(.error) {
            findings.errors += 1
            findings.firstError = findings.firstError ?? lineStart
        }
        if line.contains(.warning) { findings.warnings += 1 }
        (line, lineStart) = ([], place)
    }
}

/// A scalar beyond ASCII whose bytes come one by one.
private struct PendingScalar: Sendable {
    private var missing = 0
    /// What the next byte may be.
    private var range: ClosedRange<UInt8> = 0x80...0xBF
    private var last = -2

    /// Whether a byte is the last one of a scalar; bytes that are of none are never that.
    mutating func isWhole(with byte: UInt8, at place: Int) -> Bool {
        if last != place - 1 { missing = 0 }
        last = place
        let isNext = missing > 0 && range.contains(byte)
        missing = isNext ? missing - 1 : 0
        range = 0x80...0xBF
        guard !isNext else { return missing == 0 }
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, range) = (2, 0xA0...0xBF)
        case 0xED: (missing, range) = (2, 0x80...0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, range) = (3, 0x90...0xBF)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, range) = (3, 0x80...0x8F)
        default: break
        }
        return false
    }
}
