import CaissonBuildModel

/// Replaces secrets by `***`: in whole texts, and in streams that come in pieces.
///
/// Every byte that is a part of some pattern is covered, and each run of covered bytes becomes one `***`, however many
/// patterns overlap or touch in it.
package struct SecretMask: Sendable {
    private static let replacement = Array("***".utf8)

    private let patterns: SecretPatterns

    /// Makes a mask for patterns.
    init(_ patterns: SecretPatterns) {
        self.patterns = patterns
    }

    /// What is kept of a stream between two pieces of it.
    struct StreamState: Sendable {
        /// Bytes that may be the beginning of a secret.
        fileprivate(set) var held: [UInt8] = []
        /// How many of them are known to be part of one.
        fileprivate var covered = 0
        /// Whether what was given out last is a `***`, which goes on if the next byte is covered, too.
        fileprivate var isInRun = false
        /// Whether the last piece had a secret in it.
        fileprivate(set) var hasFound = false

        /// Whether there is nothing to keep.
        var isIdle: Bool { held.isEmpty && !isInRun }
    }

    /// The next piece of a stream with its secrets replaced, without what may be the beginning of one.
    func apply(_ piece: [UInt8], _ state: inout StreamState) -> [UInt8] {
        replace(piece, &state, isLast: false)
    }

    /// What was held back, as the stream has ended.
    func finish(_ state: inout StreamState) -> [UInt8] {
        defer { state = StreamState() }
        return state.held.isEmpty ? [] : replace([], &state, isLast: true)
    }

    /// A whole text with its secrets replaced.
    package func apply(_ text: [UInt8]) -> [UInt8] {
        var state = StreamState()
        return replace(text, &state, isLast: true)
    }

    /// A whole text with its secrets replaced.
    package func apply(_ text: String) -> String {
        var state = StreamState()
        let bytes = Array(text.utf8)
        let masked = replace(bytes, &state, isLast: true)
        return masked == bytes ? text : String(decoding: masked, as: UTF8.self)
    }

    private func replace(_ piece: [UInt8], _ state: inout StreamState, isLast: Bool) -> [UInt8] {
        let text = state.held.isEmpty ? piece : state.held + piece
        var runs: [Range<Int>] = state.covered > 0 ? [0..<state.covered] : []
        let end = text.withUnsafeBytes { bytes in
            patterns.search(bytes) { start, count in
                if let last = runs.last, start <= last.upperBound {
                    runs[runs.count - 1] = last.lowerBound..<max(last.upperBound, start + count)
                } else {
                    runs.append(start..<start + count)
                }
            }
            return isLast ? bytes.count : patterns.unfinished(in: bytes)
        }
        if runs.isEmpty, end == text.count {
            if !text.isEmpty { state = StreamState() }
            return text
        }
        return give(text, upTo: end, runs, &state)
    }

    /// The text up to an end with the runs replaced; the rest is held.
    private func give(_ text: [UInt8], upTo end: Int, _ runs: [Range<Int>], _ state: inout StreamState) -> [UInt8] {
        state.hasFound = !runs.isEmpty
        var out: [UInt8] = []
        out.reserveCapacity(end)
        var done = 0
        for run in runs where run.lowerBound < end {
            out += text[done..<run.lowerBound]
            let goesOn = run.lowerBound == 0 && state.isInRun
            if !goesOn { out += Self.replacement }
            done = min(run.upperBound, end)
        }
        if done < end { out += text[done..<end] }
        // Runs that begin in what is held are found again.
        let reach = runs.last { $0.lowerBound < end || $0.lowerBound == 0 && state.covered > 0 }?.upperBound ?? 0
        if end > 0 { state.isInRun = reach >= end }
        state.covered = max(0, reach - end)
        state.held.wipe()
        state.held = Array(text[end...])
        return out
    }
}
