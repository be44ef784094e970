/// One update of a running build: what changed since the last one.
///
/// The shape is BuildKit's `StatusResponse` (moby/buildkit `api/services/control/control.proto`), which is also what
/// `--progress rawjson` prints line by line. Vertices and statuses are repeated with more fields filled in as they go on;
/// the key of a vertex is its digest, that of a status its vertex and id.
public struct SolveStatus: Sendable, Hashable {
    /// Steps that appeared or changed.
    public var vertexes: [Vertex]
    /// Counters within steps that appeared or changed (layers, transfers).
    public var statuses: [VertexStatus]
    /// Output of steps, in order for each step and stream.
    public var logs: [VertexLog]
    /// Warnings of the front end or a step.
    public var warnings: [VertexWarning]

    /// Makes an update of the given parts.
    public init(
        vertexes: [Vertex] = [],
        statuses: [VertexStatus] = [],
        logs: [VertexLog] = [],
        warnings: [VertexWarning] = []
    ) {
        self.vertexes = vertexes
        self.statuses = statuses
        self.logs = logs
        self.warnings = warnings
    }

    /// Whether the update says nothing.
    public var isEmpty: Bool { vertexes.isEmpty && statuses.isEmpty && logs.isEmpty && warnings.isEmpty }
}

/// A step of a build: a node of the LLB graph.
public struct Vertex: Sendable, Hashable {
    /// The step's key, a digest of its definition.
    public var digest: String
    /// Digests of the steps it needs.
    public var inputs: [String]
    /// What people see, such as `[2/5] RUN make`; it comes from the peer and may hold any characters.
    public var name: String
    /// Whether its result came from the cache.
    public var isCached: Bool
    /// When it (last) started.
    public var started: Timestamp?
    /// When it ended.
    public var completed: Timestamp?
    /// Why it failed; empty when it did not.
    public var error: String
    /// The group it is shown under, such as one COPY of several inner steps.
    public var group: ProgressGroup?

    /// Makes a step.
    public init(
        digest: String,
        inputs: [String] = [],
        name: String = "",
        isCached: Bool = false,
        started: Timestamp? = nil,
        completed: Timestamp? = nil,
        error: String = "",
        group: ProgressGroup? = nil
    ) {
        self.digest = digest
        self.inputs = inputs
        self.name = name
        self.isCached = isCached
        self.started = started
        self.completed = completed
        self.error = error
        self.group = group
    }
}

/// Several steps that are shown as one.
public struct ProgressGroup: Sendable, Hashable {
    /// The group's key.
    public var id: String
    /// What people see.
    public var name: String
    /// Whether the group stays hidden until a member that isn't weak has started.
    public var isWeak: Bool

    /// Makes a group.
    public init(id: String, name: String, isWeak: Bool = false) {
        self.id = id
        self.name = name
        self.isWeak = isWeak
    }
}

/// A counter within a step: a layer that is pulled, a context that is transferred.
public struct VertexStatus: Sendable, Hashable {
    /// The counter's key within its step, such as `transferring context:` or a layer's digest.
    public var id: String
    /// Digest of the step.
    public var vertex: String
    /// What people see beside the id, such as `extracting`.
    public var name: String
    /// Amount done, bytes for transfers.
    public var current: Int64
    /// Amount to do; 0 when not known.
    public var total: Int64
    /// When this count was taken.
    public var timestamp: Timestamp
    /// When the work began.
    public var started: Timestamp?
    /// When it ended.
    public var completed: Timestamp?

    /// Makes a counter.
    public init(
        id: String,
        vertex: String,
        name: String = "",
        current: Int64 = 0,
        total: Int64 = 0,
        timestamp: Timestamp,
        started: Timestamp? = nil,
        completed: Timestamp? = nil
    ) {
        self.id = id
        self.vertex = vertex
        self.name = name
        self.current = current
        self.total = total
        self.timestamp = timestamp
        self.started = started
        self.completed = completed
    }
}

/// A piece of a step's output; it need not end at a line's end.
public struct VertexLog: Sendable, Hashable {
    /// Digest of the step.
    public var vertex: String
    /// 1 for standard output, 2 for standard error.
    public var stream: Int
    /// The bytes, as the process wrote them.
    public var data: [UInt8]
    /// When they were written.
    public var timestamp: Timestamp

    /// Makes a piece of output.
    public init(vertex: String, stream: Int, data: [UInt8], timestamp: Timestamp) {
        self.vertex = vertex
        self.stream = stream
        self.data = data
        self.timestamp = timestamp
    }
}

/// A warning of the engine, such as of a Dockerfile check.
public struct VertexWarning: Sendable, Hashable {
    /// Digest of the step it belongs to; may be empty.
    public var vertex: String
    /// Severity as BuildKit counts it: 1 for a warning.
    public var level: Int
    /// One line.
    public var short: [UInt8]
    /// More lines.
    public var detail: [[UInt8]]
    /// Where to read more; may be empty.
    public var url: String
    /// The file it is about.
    public var source: SourceInfo?
    /// The places in that file.
    public var ranges: [SourceRange]

    /// Makes a warning.
    public init(
        vertex: String,
        level: Int = 1,
        short: [UInt8],
        detail: [[UInt8]] = [],
        url: String = "",
        source: SourceInfo? = nil,
        ranges: [SourceRange] = []
    ) {
        self.vertex = vertex
        self.level = level
        self.short = short
        self.detail = detail
        self.url = url
        self.source = source
        self.ranges = ranges
    }
}
