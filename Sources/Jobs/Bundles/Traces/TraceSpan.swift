import CaissonBuildModel
import CaissonText

/// A span of a trace: a build, or a step of one.
struct TraceSpan {
    /// How a span ended.
    enum Outcome {
        /// Nothing is known of it, or it was left out.
        case unset
        /// Well.
        case good
        /// Not, and why, in a line.
        case bad(String)
    }

    /// Its id: 16 hexadecimal digits.
    var id: String
    /// The id of the span that it is part of; nil for the root.
    var parent: String?
    /// What people see.
    var name: String
    /// When it began, in nanoseconds since 1970; never negative.
    var start: Int64
    /// When it ended, likewise and never before it began.
    var end: Int64
    /// What else is known of it.
    var attributes: [(name: String, value: TraceValue)] = []
    /// The ids of the spans whose results it takes.
    var links: [String] = []
    /// How it ended.
    var outcome = Outcome.unset

    /// How long it took, in nanoseconds.
    var length: Int64 { end - start }

    /// Adds an attribute, if there is one.
    mutating func note(_ name: String, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        attributes.append((name, .text(text.clipped(to: BuildTrace.longest))))
    }

    /// Adds an attribute that is a number.
    mutating func note(_ name: String, _ number: Int64) { attributes.append((name, .number(number))) }

    /// Adds an attribute that is a flag.
    mutating func note(_ name: String, _ flag: Bool) { attributes.append((name, .flag(flag))) }
}

extension Timestamp {
    /// Nanoseconds since 1970: none for what was before, and never more than there can be.
    var unixNanoseconds: Int64 {
        let (whole, isOver) = max(seconds, 0).multipliedReportingOverflow(by: 1_000_000_000)
        guard !isOver, seconds >= 0 else { return seconds < 0 ? 0 : .max }
        return whole.clampedAdding(Int64(nanoseconds))
    }
}

extension String {
    /// The text, without what is beyond some bytes.
    func clipped(to limit: Int) -> String {
        utf8.count <= limit ? self : String(decoding: utf8.prefix(limit), as: UTF8.self)
    }
}
