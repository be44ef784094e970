/// What is remembered of a build in a line: what it was, how it stands, and its numbers.
public struct BuildRecord: Sendable, Hashable {
    /// What was asked for.
    public var submission: BuildSubmission
    /// How it stands.
    public var status = BuildStatus.queued
    /// Why it waits, was skipped, cancelled, interrupted or failed, in a line; nil where there is nothing to say.
    public var reason: String?
    /// The engine that took it, such as `dockerd 26.1.5 at unix:///var/run/docker.sock`; nil before that is known.
    public var engine: String?
    /// What the engine calls it in its own history; nil until it ended well.
    public var engineRef: String?
    /// When it began; nil where it hasn't.
    public var started: Timestamp?
    /// How long it ran, by a clock that doesn't go backwards; nil until it ended, and where it never began.
    public var duration: Duration?
    /// When it ended, by this machine's clock.
    public var ended: Timestamp?
    /// How often it was begun.
    public var attempts = 0
    /// How many steps there are, the engine's own included.
    public var steps = 0
    /// How many of them have ended, cached ones included.
    public var completedSteps = 0
    /// How many of them came from the cache.
    public var cachedSteps = 0
    /// How many bytes its steps printed.
    public var logSize: Int64 = 0
    /// What it moved over the network and the engine's socket.
    public var traffic = BuildTraffic()
    /// The images that it made.
    public var images: [ImageArtifact] = []
    /// Its numbers; nil until it ended well.
    public var statistics: BuildStatistics?
    /// Whether it is kept whatever its age.
    public var isPinned = false

    /// Makes the record of a build that was asked for.
    public init(_ submission: BuildSubmission) {
        self.submission = submission
    }

    /// The build's name everywhere.
    public var id: BuildID { submission.id }

    /// How long it waited from being asked for until it began; nil where it didn't begin.
    public var waited: Duration? { started.map { .between(submission.time, $0) } }
}

extension Duration {
    /// The time between two points of time of anybody's clocks: none where they are the wrong way round, and never more
    /// than can be reckoned with.
    fileprivate static func between(_ start: Timestamp, _ end: Timestamp) -> Duration {
        .seconds(min(max(0, end.seconds(since: start)), 1e12))
    }
}

/// How much a build moved, in bytes, as the engine counted it.
public struct BuildTraffic: Sendable, Hashable {
    /// Files that the client sent: contexts, Dockerfiles.
    public var sent: Int64 = 0
    /// Layers that the engine fetched from registries.
    public var pulled: Int64 = 0

    /// Makes traffic of nothing.
    public init() {}
}

/// What is remembered of a build in whole.
public struct BuildDossier: Sendable, Hashable {
    /// The build in a line.
    public var record: BuildRecord
    /// Its steps, in the order in which they were first told.
    public var steps: [StepRecord] = []
    /// What left it.
    public var artifacts: [BuildArtifact] = []
    /// What people were told beside the steps: notices, further attempts, waits, warnings.
    public var remarks: [BuildRemark] = []
    /// What changed in the files of its contexts, one for each time that one was sent.
    public var contexts: [ContextChanges] = []
    /// Why it failed, with the places in the Dockerfile; nil where it didn't.
    public var error: BuildError?

    /// The steps that began and that the build ended without: none while it runs.
    public var brokenOffSteps: [StepRecord] { record.status.isFinal ? steps.filter(\.isUnfinished) : [] }

    /// How long a step ran until it ended, or until the build did that it was broken off with; nil for any other.
    ///
    /// The second is told of two clocks, the engine's and this machine's.
    public func duration(of step: StepRecord) -> Duration? {
        guard record.status.isFinal, step.isUnfinished, let started = step.started, let ended = record.ended else {
            return step.duration
        }
        return .between(started, ended)
    }

    /// Makes a dossier of a record.
    public init(_ record: BuildRecord) {
        self.record = record
    }
}

/// A step of a build that is remembered.
public struct StepRecord: Sendable, Hashable {
    /// Its place among the steps, from 1.
    public var number: Int
    /// Its digest, as of the engine.
    public var digest: String
    /// What people see; it comes from the peer and may hold any characters.
    public var name: String
    /// The numbers of the steps that it needs, as far as they were told.
    public var inputs: [Int] = []
    /// When it (last) started, as of the engine.
    public var started: Timestamp?
    /// When it ended, as of the engine.
    public var completed: Timestamp?
    /// Whether its result came from the cache.
    public var isCached = false
    /// Why it failed; empty where it didn't.
    public var error = ""
    /// How many bytes it printed.
    public var logSize: Int64 = 0

    /// Makes a step that hasn't started.
    public init(_ number: Int, digest: String, name: String) {
        self.number = number
        self.digest = digest
        self.name = name
    }

    /// How long it ran; nil where it hasn't ended.
    public var duration: Duration? {
        guard let started, let completed else { return nil }
        return .between(started, completed)
    }

    /// Whether it began and hasn't ended; of a build that ended, it was broken off.
    public var isUnfinished: Bool { started != nil && completed == nil }
}

/// Something that people were told of a build.
public struct BuildRemark: Sendable, Hashable {
    /// When, by this machine's clock.
    public var time: Timestamp
    /// What.
    public var text: String

    /// Makes a remark.
    public init(_ time: Timestamp, _ text: String) {
        self.time = time
        self.text = text
    }
}

/// Where a build stands, the same for builds, targets of batches and tasks.
public enum BuildStatus: String, Sendable, Hashable, CaseIterable {
    /// It waits for its turn.
    case queued
    /// It runs.
    case running
    /// It ended well.
    case succeeded
    /// It failed.
    case failed
    /// Its user stopped it, or it was stopped because another failed.
    case cancelled
    /// Its time ran out.
    case timedOut = "timed-out"
    /// It was never begun, as what it needs failed.
    case skipped
    /// The process that ran it ended before it.
    case interrupted

    /// Whether nothing more comes of it.
    public var isFinal: Bool { self != .queued && self != .running }
}
