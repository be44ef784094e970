import CaissonText

/// What became of a step.
package enum StepState: String, Sendable, Hashable, CaseIterable {
    /// It did what it should.
    case pass = "PASS"
    /// It failed.
    case fail = "FAIL"
    /// There was nothing for it to do.
    case skip = "SKIP"
    /// It did what it should, with something that its user should know.
    case warn = "WARN"
}

/// A line by which a job's scripts tell where they are.
///
/// ```
/// ::caisson begin image 1700000000000
/// ::caisson end image FAIL 2 1700000090000 cpu=159000 rss=171000 why=no%20rule
/// ```
/// Times are milliseconds since 1970 by the clock of the engine's machine. Lines come from a container, so that anything
/// may stand in them: what isn't exactly of this form is output like any other.
package enum StepMarker: Sendable, Hashable {
    /// A step begins.
    case begin(String, at: Int64)
    /// A step has ended.
    case end(End)

    /// How a step ended.
    package struct End: Sendable, Hashable {
        /// The step.
        package var name: String
        /// What became of it.
        package var state: StepState
        /// The exit status of its script.
        package var status: Int
        /// When, in milliseconds since 1970.
        package var time: Int64
        /// The CPU time that its processes took, in milliseconds.
        package var cpu: Int64?
        /// The most memory that its processes had, in KiB.
        package var memory: Int64?
        /// Why it wasn't done, or failed.
        package var why: String?

        /// Makes an end.
        package init(_ name: String, _ state: StepState, status: Int = 0, at time: Int64) {
            (self.name, self.state, self.status, self.time) = (name, state, status, time)
        }
    }

    private static let beginning = Array("::caisson ".utf8)
    /// A longer line is none.
    private static let longest = 8 << 10
    private static let longestName = 100

    /// Reads a line, with or without its end; nil where it is none of these.
    package init?(line: some Collection<UInt8>) {
        guard line.starts(with: Self.beginning), line.count <= Self.longest else { return nil }
        var bytes = Array(line)
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let words = text.pieces(at: " ")
        guard words.count >= 4, Self.isName(words[2]) else { return nil }
        switch words[1] {
        case "begin":
            guard words.count == 4, let time = Self.number(words[3]) else { return nil }
            self = .begin(words[2], at: time)
        case "end":
            guard words.count >= 6, let state = StepState(rawValue: words[3]), let status = Self.number(words[4]),
                status <= 255, let time = Self.number(words[5])
            else { return nil }
            var end = End(words[2], state, status: Int(status), at: time)
            for word in words.dropFirst(6) { end.take(word) }
            self = .end(end)
        default: return nil
        }
    }

    /// Whether a text may be a step's name: it becomes a file's name, too.
    package static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= longestName && !text.begins(with: ".")
            && text.utf8.allSatisfy { byte in
                byte.isAlphanumeric || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
            }
    }

    fileprivate static func number(_ text: String) -> Int64? {
        // No time before 1970 and none that a sum could carry over; a sign is none of the form.
        guard text.utf8.allSatisfy(\.isDigit) else { return nil }
        return Int64(text).flatMap { $0 <= 1 << 53 ? $0 : nil }
    }
}

extension StepMarker.End {
    /// Takes a word such as `cpu=12`; one that isn't known means nothing.
    fileprivate mutating func take(_ word: String) {
        guard let (name, value) = word.cut(at: "=") else { return }
        switch name {
        case "cpu": cpu = StepMarker.number(value) ?? cpu
        case "rss": memory = StepMarker.number(value) ?? memory
        case "why": why = value.percentDecoded ?? why
        default: break
        }
    }
}
