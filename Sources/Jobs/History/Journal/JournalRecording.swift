import CaissonBuildModel
import Synchronization

/// What one build told and wasn't written yet, and the files that it is written to.
final class JournalRecording: Sendable {
    /// What is written at once.
    struct Told: Sendable {
        var output: [UInt8] = []
        var lines: [UInt8] = []
        var contexts: [(time: Timestamp, snapshot: ContextSnapshot)] = []
        /// What the Dockerfile says.
        var dockerfile: [UInt8]?
        /// What of the bytes was counted as waiting.
        var size = 0
        /// Whether nothing follows.
        var isLast = false
        /// Whether the last line tells of the end.
        var hasEnd = false

        /// The line that tells of the end, after one that tells that what was before it is missing.
        fileprivate var endAfterFailure: [UInt8] {
            JournalEncoder.line("what happened last is missing: the history could not be written") + lines[lastLine...]
        }

        /// Where the last line begins.
        private var lastLine: Int { lines.dropLast().lastIndex(of: 0x0A).map { $0 + 1 } ?? 0 }

        /// Puts lines behind the others, but before the end.
        fileprivate mutating func insert(_ more: [UInt8]) {
            lines.insert(contentsOf: more, at: hasEnd ? lastLine : lines.count)
        }
    }

    private struct State {
        var encoder: JournalEncoder
        /// The files of contexts, which are compared with those on the disk.
        var contexts: [(time: Timestamp, snapshot: ContextSnapshot)] = []
        /// What the Dockerfile says, until it is written.
        var dockerfile: [UInt8]?
        /// What of the encoder's bytes is counted as waiting.
        var counted = 0
        /// When the build began, by a clock that doesn't go backwards.
        var begun: ContinuousClock.Instant?
        /// Whether the end was told.
        var hasEnd = false
        /// Whether the writer will ask for what is told.
        var isTold = false
        /// Whether nothing more is taken.
        var isOver = false
        /// Whether nothing but the end is taken, as nothing can be written.
        var isDeaf = false
    }

    private let id: BuildID
    private let writer: JournalWriter
    private let state: Mutex<State>
    /// Used by the writer's thread alone.
    private let file: Mutex<JournalFile>

    init(of submission: BuildSubmission, by writer: JournalWriter) {
        self.writer = writer
        id = submission.id
        state = Mutex(State(encoder: JournalEncoder(submission)))
        file = Mutex(JournalFile(writer.place, submission.id))
    }

    // MARK: Called by the build

    /// Takes nothing, for ever.
    func ignoreAll() {
        state.withLock { state in
            state.isOver = true
            state.encoder.drop()
        }
    }

    /// Tells something.
    func tell(_ change: (inout JournalEncoder) -> Void = { _ in }) {
        tell(isOver: false) { state in
            if !state.isDeaf { change(&state.encoder) }
        }
    }

    /// Tells that the build begins, and perhaps how.
    func begin(_ change: (inout JournalEncoder) -> Void) {
        tell(isOver: false) { state in
            if state.begun == nil { state.begun = .now }
            if !state.isDeaf { change(&state.encoder) }
        }
    }

    /// Tells which files of a context were sent.
    func tell(_ snapshot: ContextSnapshot, at time: Timestamp) {
        tell(isOver: false) { state in
            if !state.isDeaf { state.contexts.append((time, snapshot)) }
        }
    }

    /// Tells what the Dockerfile says.
    func tell(dockerfile text: [UInt8]) {
        tell(isOver: false) { state in
            if !state.isDeaf { state.dockerfile = text }
        }
    }

    /// Tells how the build ended; the first end counts.
    func end(_ end: JournalEnd, _ outcome: BuildOutcome?) {
        tell(isOver: true) { state in
            var end = end
            if end.duration == nil { end.duration = state.begun.map { .now - $0 } }
            state.encoder.add(end, outcome)
            state.hasEnd = true
        }
    }

    /// Lets go of a build of which nothing more will be told, also where it had no end.
    func abandon() {
        tell(isOver: true) { _ in }
    }

    private func tell(isOver: Bool, _ change: (inout State) -> Void) {
        let (growth, rings) = state.withLock { state -> (Int, Bool) in
            guard !state.isOver else { return (0, false) }
            change(&state)
            state.isOver = isOver
            let size =
                state.encoder.count + state.contexts.reduce(state.dockerfile?.count ?? 0) { $0 + $1.snapshot.size }
            defer {
                state.counted = size
                state.isTold = true
            }
            return (size - state.counted, !state.isTold)
        }
        if growth != 0 { writer.addWaiting(growth) }
        if rings { writer.write(self) }
    }

    // MARK: Called by the writer's thread

    /// What there is to write.
    func take() -> Told {
        state.withLock { state in
            let (output, lines) = state.encoder.take()
            let told = Told(
                output: output,
                lines: lines,
                contexts: state.contexts,
                dockerfile: state.dockerfile,
                size: state.counted,
                isLast: state.isOver,
                hasEnd: state.hasEnd
            )
            state.counted = 0
            state.contexts = []
            state.dockerfile = nil
            state.isTold = false
            return told
        }
    }

    /// Writes it; of a build of which something could not be written before, only the end.
    func write(_ told: Told) throws(HistoryError) {
        try file.withLock { file throws(HistoryError) in
            guard file.hasFailed else { return try write(told, to: &file) }
            if told.hasEnd { file.appendAfterFailure(told.endAfterFailure) }
        }
    }

    private func write(_ told: Told, to file: inout JournalFile) throws(HistoryError) {
        var told = told
        var memory = ContextMemory(writer.place, of: id)
        for (time, snapshot) in told.contexts {
            if let changes = memory.compare(snapshot) { told.insert(JournalEncoder.line(changes, at: time)) }
        }
        try file.append(output: told.output, lines: told.lines)
        if let text = told.dockerfile { DockerfileMemory(writer.place).keep(text, of: id) }
        memory.keep()
    }

    /// Takes nothing more but the end, as what was told can't be written.
    func fail(_ told: Told) {
        let dropped = state.withLock { state in
            state.isDeaf = true
            // An end that came meanwhile is to be written.
            guard !state.isOver else { return 0 }
            state.encoder.drop()
            state.contexts = []
            state.dockerfile = nil
            defer { state.counted = 0 }
            return state.counted
        }
        if dropped != 0 { writer.addWaiting(-dropped) }
        if told.hasEnd { file.withLock { $0.appendAfterFailure(told.endAfterFailure) } }
    }

    /// Lets go of the files.
    func close() {
        file.withLock { $0.close() }
    }
}
