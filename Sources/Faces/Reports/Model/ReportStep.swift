package import CaissonBuildModel

/// A step of the build in focus.
package struct ReportStep: Sendable, Hashable {
    /// How a step ended.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// It ran and ended well.
        case done
        /// Its result came from the cache.
        case cached
        /// It failed.
        case failed
        /// It was stopped.
        case cancelled
        /// It runs, or nobody saw its end.
        case running
        /// It never began.
        case waiting
    }

    /// How its time compares with what is usual for it.
    package enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// It took clearly longer.
        case slower
        /// It took clearly less.
        case faster
        /// It took about as long.
        case usual
    }

    /// What is usual for a step.
    package struct Usual: Sendable, Hashable {
        /// The median of its earlier times, in seconds.
        package var median: Double
        /// How far they spread around it, in seconds: the median of the distances.
        package var spread: Double
        /// How many earlier times there are.
        package var count: Int
        /// How this one compares; nil where there are too few to tell.
        package var verdict: Verdict?

        /// Makes the usual time of a step.
        package init(median: Double, spread: Double, count: Int, verdict: Verdict?) {
            self.median = median
            self.spread = spread
            self.count = count
            self.verdict = verdict
        }
    }

    /// What a step used of the machine, as far as it is known.
    package struct Usage: Sendable, Hashable {
        /// Time of processors, in seconds.
        package var processor: Double?
        /// The most memory that it held, in bytes.
        package var memory: Int64?
        /// Bytes read from disks.
        package var read: Int64?
        /// Bytes written to disks.
        package var written: Int64?
        /// Bytes received and sent over networks.
        package var network: Int64?

        /// Makes a usage of which nothing is known.
        package init() {}
    }

    /// Its number, which tells it from the build's other steps.
    package var number: Int
    /// The stage that it belongs to; nil for what the engine does by itself.
    package var stage: String?
    /// What it does, such as `RUN make`.
    package var text: String
    /// When it began.
    package var started: Timestamp?
    /// When it ended.
    package var ended: Timestamp?
    /// How it ended.
    package var outcome: Outcome
    /// Why it failed.
    package var error: String?
    /// What is usual for it.
    package var usual: Usual?
    /// Why it ran or came from the cache, as a sentence.
    package var why: String?
    /// The last lines of its output, where it failed.
    package var log: [String] = []
    /// What it used of the machine.
    package var usage: Usage?

    /// Makes a step without times.
    package init(number: Int, stage: String?, text: String, outcome: Outcome) {
        self.number = number
        self.stage = stage
        self.text = text
        self.outcome = outcome
    }
}
