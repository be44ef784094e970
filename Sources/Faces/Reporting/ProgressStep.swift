package import CaissonBuildModel

/// A step as it is shown: a vertex, or a group of vertices that stand for one instruction.
package struct ProgressStep: Sendable {
    /// The state of a step.
    package enum Phase: Sendable, Hashable {
        /// It has not started.
        case waiting
        /// It runs.
        case running
        /// It ended well.
        case done
        /// Its result came from the cache.
        case cached
        /// It failed.
        case failed
        /// It was stopped because another step failed or because the user asked for it.
        case canceled
    }

    /// The vertex' digest, or the group's id.
    package let key: String
    /// What people see, safe to print.
    package internal(set) var name: String
    /// Why it failed, safe to print; empty when it didn't fail.
    package internal(set) var error = ""
    /// Whether the error only says that the build was stopped.
    package internal(set) var isCanceled = false
    /// Whether its result came from the cache.
    package internal(set) var isCached = false
    /// Whether it isn't shown, such as a group in which nothing worth showing happens.
    package internal(set) var isHidden = false
    /// When it ran, in order and without overlap.
    package internal(set) var intervals: [ProgressInterval] = []
    /// Its counters in order of appearance.
    package internal(set) var counters: [ProgressCounter] = []
    /// One-line warnings about it, safe to print.
    package internal(set) var warnings: [String] = []
    /// The last lines of its output, bounded.
    package internal(set) var lastLines = LogTail()
    /// How many bytes it has put out.
    package internal(set) var outputBytes = 0

    var members: [String: Member] = [:]
    var rawIntervals: [Timestamp: Timestamp?] = [:]
    var streams: [Int: LogAssembler] = [:]
    var lastStream = 1

    /// A vertex within a group.
    struct Member: Sendable {
        var isCached: Bool
        var error: String
    }

    /// Whether it has ever started.
    package var isStarted: Bool { !intervals.isEmpty }

    /// Whether it has started and doesn't run any more.
    package var isCompleted: Bool { intervals.last?.stop != nil }

    /// Its state.
    package var phase: Phase {
        guard isStarted else { return error.isEmpty ? .waiting : isCanceled ? .canceled : .failed }
        guard isCompleted else { return .running }
        if !error.isEmpty { return isCanceled ? .canceled : .failed }
        return isCached ? .cached : .done
    }

    /// For how many seconds it has run in all, counted up to `now` if it still runs.
    package func duration(now: Timestamp) -> Double {
        intervals.reduce(0) { $0 + max(0, ($1.stop ?? now).seconds(since: $1.start)) }
    }

    /// The unfinished line of the stream that wrote last, safe to print; nil when there is none.
    package var unfinishedLine: String? {
        guard let bytes = streams[lastStream]?.unfinished, !bytes.isEmpty else { return nil }
        return SafeText.line(bytes, keepsTabs: true)
    }

    mutating func ran(from start: Timestamp, to stop: Timestamp?) {
        // A step that restarts again and again must not take more and more memory.
        if rawIntervals.count >= 64, rawIntervals[start] == nil {
            rawIntervals = Dictionary(intervals.suffix(16).map { ($0.start, $0.stop) }, uniquingKeysWith: { $1 })
        }
        rawIntervals[start] = .some(stop)
        intervals = ProgressInterval.merged(rawIntervals.map { ProgressInterval(start: $0.key, stop: $0.value) })
    }
}

/// A counter within a step: a layer that is pulled, a context that is sent.
package struct ProgressCounter: Sendable, Hashable {
    /// Its key within the step, which is also shown, safe to print.
    package let id: String
    /// Amount done.
    package internal(set) var current: Int64
    /// Amount to do; 0 when not known.
    package internal(set) var total: Int64
    /// When this was counted.
    package internal(set) var timestamp: Timestamp
    /// When the work began.
    package internal(set) var started: Timestamp?
    /// When it ended.
    package internal(set) var completed: Timestamp?

    /// For how many seconds the work has gone on, counted up to `now` if it still does; nil if it never began.
    package func duration(now: Timestamp) -> Double? {
        started.map { max(0, (completed ?? now).seconds(since: $0)) }
    }
}

/// The last lines of an output, bounded in number and bytes.
package struct LogTail: Sendable {
    /// The most lines that are kept.
    package static let lineLimit = 64
    /// The most bytes that are kept, not counting the last line.
    package static let byteLimit = 16 * 1024

    /// The lines, oldest first.
    package private(set) var lines: [LogLine] = []
    /// Whether older lines were dropped.
    package private(set) var isCut = false
    private var bytes = 0

    mutating func append(_ line: LogLine) {
        lines.append(line)
        bytes += line.text.utf8.count
        // Lines are dropped many at a time, because each removal at the front moves the rest.
        guard lines.count > 2 * Self.lineLimit || bytes > Self.byteLimit else { return }
        while lines.count > Self.lineLimit || (bytes > Self.byteLimit && lines.count > 1) {
            bytes -= lines.removeFirst().text.utf8.count
            isCut = true
        }
    }
}
