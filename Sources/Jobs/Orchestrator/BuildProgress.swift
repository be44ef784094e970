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
    /// The step that began last and hasn't ended; nil where there is none.
    public var currentStep: String?
    /// What is on its way, in the order in which it began.
    public var layers: [Layer] = []
    /// The lines that steps have printed since the last call.
    public var lines: [String] = []

    /// Nothing is done yet.
    public init() {}
}

/// Makes of a build's events how far it is.
struct ProgressTally: Sendable {
    private(set) var progress = BuildProgress()
    private var steps: [String: (name: String, hasStarted: Bool, hasEnded: Bool)] = [:]
    private var running: [String] = []
    private var unfinished: [String: [UInt8]] = [:]

    /// So many steps are told apart, and so many layers.
    private static let limit = 10_000
    /// So much of a line is held until its end comes.
    private static let longestLine = 64 << 10

    /// Takes the next event; says whether it changes anything.
    mutating func take(_ kind: BuildEvent.Kind) -> Bool {
        progress.lines = []
        switch kind {
        case .status(let status):
            for vertex in status.vertexes { take(vertex) }
            for counter in status.statuses { take(counter) }
            for log in status.logs { take(log) }
            count()
            return !status.isEmpty
        case .finished(.succeeded):
            progress.fraction = 1
            progress.currentStep = nil
            return true
        case .started, .attempt, .notice, .artifact, .finished: return false
        }
    }

    private mutating func take(_ vertex: Vertex) {
        guard steps[vertex.digest] != nil || steps.count < Self.limit else { return }
        var step = steps[vertex.digest] ?? (vertex.name, false, false)
        if !vertex.name.isEmpty { step.name = vertex.name }
        step.hasStarted = step.hasStarted || vertex.started != nil || vertex.isCached
        step.hasEnded = step.hasEnded || vertex.completed != nil
        steps[vertex.digest] = step
        running.removeAll { $0 == vertex.digest }
        if step.hasStarted, !step.hasEnded { running.append(vertex.digest) }
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
        let newline = UInt8(ascii: "\n")
        var pieces = ((unfinished[log.vertex] ?? []) + log.data).split(
            separator: newline,
            omittingEmptySubsequences: false
        )
        let rest = pieces.popLast() ?? []
        unfinished[log.vertex] = rest.count > Self.longestLine || rest.isEmpty ? nil : Array(rest)
        if rest.count > Self.longestLine { pieces.append(rest) }
        progress.lines += pieces.map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func count() {
        let ended = steps.values.count { $0.hasEnded }
        progress.knownSteps = steps.count
        progress.step = steps.values.count { $0.hasStarted || $0.hasEnded }
        progress.currentStep = running.last.flatMap { steps[$0]?.name }
        guard !steps.isEmpty else { return }
        // Only a build that has ended is done in whole: the front end tells of more steps as it goes.
        progress.fraction = max(progress.fraction, min(Double(ended) / Double(steps.count), 0.99))
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
