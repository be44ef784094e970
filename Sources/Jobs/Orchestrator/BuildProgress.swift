public import CaissonBuildModel
import Synchronization

/// How far a build is, for a program that shows it.
public struct BuildProgress: Sendable, Hashable {
    /// A layer, or a part of the context, on its way to or from the engine.
    public struct Layer: Sendable, Hashable {
        /// What it is: a digest, or what the engine calls it.
        public var id: String
        /// What happens to it, such as `extracting`.
        public var action: String
        /// How many bytes are done.
        public var current: Int64
        /// How many there are; 0 where that isn't known.
        public var total: Int64
    }

    /// How much of it is done, from 0 to 1, by the steps that are known; it doesn't fall when more become known.
    public var fraction = 0.0
    /// How many steps have begun: step `step` of `knownSteps`.
    public var step = 0
    /// How many steps are known; more may come.
    public var knownSteps = 0
    /// Of the steps that run, the one that began last; nil where none runs.
    public var currentStep: String?
    /// What is on its way, in the order in which it began.
    public var layers: [Layer] = []
    /// The lines that steps have printed since the last call.
    ///
    /// A step's last line need not end with a newline: it is told once the step has ended and prints no more.
    public var lines: [String] = []

    /// Nothing is done yet.
    public init() {}
}

/// Makes of a build's events how far it is.
struct ProgressTally: Sendable {
    private(set) var progress = BuildProgress()
    private var steps = StepTally()
    /// The lines of which the end is missing, each with its step's digest.
    private var unfinished: [(step: String, line: [UInt8])] = []

    /// So many layers are told apart.
    private static let limit = 10_000
    /// So much of a line is held until its end comes.
    private static let longestLine = 64 << 10
    /// So many lines are held.
    private static let mostLines = 1000

    /// Takes the next event; says whether it changes anything.
    mutating func take(_ kind: BuildEvent.Kind) -> Bool {
        progress.lines = []
        switch kind {
        case .status(let status):
            for vertex in status.vertexes { _ = steps.take(vertex) }
            for counter in status.statuses { take(counter) }
            for log in status.logs { take(log) }
            // BuildKit sends much output in parts, of which the first says that the step has ended.
            endLines(of: unfinished.map(\.step).filter(steps.hasEnded), but: status.logs.map(\.vertex))
            count()
            return !status.isEmpty || !progress.lines.isEmpty
        case .finished(let outcome):
            // Another attempt may follow, which begins its steps anew.
            steps.stop()
            endLines(of: unfinished.map(\.step))
            progress.currentStep = nil
            if case .succeeded = outcome { progress.fraction = 1 }
            return true
        case .started, .attempt, .notice, .context, .artifact: return false
        }
    }

    private mutating func take(_ counter: VertexStatus) {
        let place = progress.layers.firstIndex { $0.id == counter.id }
        if counter.completed != nil {
            place.map { _ = progress.layers.remove(at: $0) }
            return
        }
        let layer = BuildProgress.Layer(
            id: counter.id,
            action: counter.name,
            current: counter.current,
            total: counter.total
        )
        if let place {
            progress.layers[place] = layer
        } else if progress.layers.count < Self.limit {
            progress.layers.append(layer)
        }
    }

    private mutating func take(_ log: VertexLog) {
        let place = unfinished.firstIndex { $0.step == log.vertex }
        let begun = place.map { unfinished.remove(at: $0).line } ?? []
        var pieces = (begun + log.data).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let rest = pieces.popLast() ?? []
        if rest.count > Self.longestLine || !rest.isEmpty && unfinished.count >= Self.mostLines {
            pieces.append(rest)
        } else if !rest.isEmpty {
            unfinished.append((log.vertex, Array(rest)))
        }
        progress.lines += pieces.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Takes the lines of some steps as they are, though no newline has come.
    private mutating func endLines(of steps: [String], but printing: [String] = []) {
        let steps = Set(steps).subtracting(printing)
        let ended = unfinished.filter { steps.contains($0.step) }
        unfinished.removeAll { steps.contains($0.step) }
        progress.lines += ended.map { String(decoding: $0.line, as: UTF8.self) }
    }

    private mutating func count() {
        progress.knownSteps = steps.known
        progress.step = steps.begun
        progress.currentStep = steps.current
        guard steps.known > 0 else { return }
        // Only a build that has ended is done in whole: the front end tells of more steps as it goes.
        progress.fraction = max(progress.fraction, min(Double(steps.ended) / Double(steps.known), 0.99))
    }
}

/// Tells a program how far a build is, each time that something happens in it.
public final class ProgressSink: BuildEventSink {
    private let tally = Mutex(ProgressTally())
    private let tell: @Sendable (BuildProgress) -> Void

    /// Makes a sink.
    ///
    /// - Parameter tell: Called from one task at a time; must not block for long.
    public init(_ tell: @escaping @Sendable (BuildProgress) -> Void) {
        self.tell = tell
    }

    /// Takes the next event.
    public func receive(_ event: BuildEvent) {
        let progress = tally.withLock { $0.take(event.kind) ? $0.progress : nil }
        if let progress { tell(progress) }
    }
}

extension BuildQueue {
    /// Lets a build wait for its turn and returns at once; see `result(of:)` for what comes of it.
    ///
    /// - Parameter progress: Told how far it is.
    /// - Throws: `BuildQueueError.resourceAllocationFailed` where it isn't taken.
    public func buildAsync(
        _ request: BuildRequest,
        as name: String,
        policy: NodePolicy = NodePolicy(),
        progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
    ) throws(BuildQueueError) -> BuildID {
        try submit(request, as: name, policy: policy, events: ProgressSink(progress))
    }

    /// Lets a build wait for its turn, and waits until it has ended.
    ///
    /// - Throws: `BuildQueueError`; `CancellationError` where the build or the calling task was cancelled, and with that task
    ///   the build is, too.
    public func build(
        _ request: BuildRequest,
        as name: String,
        policy: NodePolicy = NodePolicy(),
        progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
    ) async throws -> BuildResult {
        let id = try buildAsync(request, as: name, policy: policy, progress: progress)
        return try await withTaskCancellationHandler {
            try await result(of: id)
        } onCancel: {
            try? cancel(id)
        }
    }
}
