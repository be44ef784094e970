import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

@testable import CaissonHistory

/// A state directory of its own for a test, gone with it, and journals as builds leave them there.
final class StoreFolder: Sendable {
    let path: String
    let place: HistoryPlace

    init() throws {
        let variables = getenv("TMPDIR").map { ["TMPDIR": String(cString: $0)] } ?? [:]
        path = try TemporaryDirectory.make(for: "store", variables)
        place = HistoryPlace(stateDirectory: path)
        try place.prepare(userID: geteuid())
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        if PathFacts.linkTarget(of: path) == nil, PathFacts.kind(of: path) == .directory {
            for name in DirectoryNames.sorted(in: path, limit: .max) { remove("\(path)/\(name)") }
        }
        Glibc.remove(path)
    }

    /// Leaves the journal of a build.
    ///
    /// - Parameters:
    ///   - submission: The build.
    ///   - kinds: What happened, a second apart.
    ///   - outcome: How it ended; nil where its process was killed.
    func leave(_ submission: BuildSubmission, _ kinds: [BuildEvent.Kind] = [], _ outcome: BuildOutcome?) throws {
        var encoder = JournalEncoder(submission)
        var time = submission.time
        encoder.add(.started(BuildStart(engine: "default")), at: time, under: .none)
        for kind in kinds {
            time.seconds += 1
            encoder.add(kind, at: time, under: .none)
        }
        time.seconds += 1
        if let outcome {
            let span = Duration.seconds(time.seconds - submission.time.seconds)
            encoder.add(JournalEnd(outcome.status, at: time, duration: span), outcome)
        }
        let (output, lines) = encoder.take()
        if !output.isEmpty { try AtomicFile.replace(place.output(of: submission.id), with: output, .ownerOnly) }
        try AtomicFile.replace(place.journal(of: submission.id), with: lines, .ownerOnly)
    }

    /// Puts builds into the database as if their journals had been taken in.
    func insert(_ dossiers: [BuildDossier]) throws {
        let database = try HistoryDatabase(place.database, .making)
        try database.write { database in
            let insertion = BuildInsertion(database)
            for dossier in dossiers { try insertion.insert(dossier, nil, [:]) }
            try insertion.finish()
        }
    }

    /// The history, without a look at journals that ended.
    func openToRead() throws -> HistoryStore { try HistoryStore.openToRead(place) }

    /// The history, with all that ended taken in.
    func open() async throws -> HistoryStore { try await HistoryStore.open(place) }

    /// The names of the files in a directory of the history.
    func files(_ directory: String) -> [String] { DirectoryNames.sorted(in: directory, limit: .max) }
}

extension BuildOutcome {
    fileprivate var status: BuildStatus {
        switch self {
        case .succeeded, .answered: .succeeded
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }

    /// A build that went well.
    static var well: BuildOutcome { .succeeded(BuildResult(ref: "")) }
}

extension BuildSubmission {
    /// A build of a name that was asked for at a time.
    static func named(_ name: String? = nil, at seconds: Int64 = 1_700_000_000) -> BuildSubmission {
        var submission = BuildSubmission(BuildID(), .build, at: Timestamp(seconds: seconds))
        submission.name = name
        return submission
    }
}

extension BuildDossier {
    /// A build that ended, and how.
    static func ended(_ submission: BuildSubmission, _ status: BuildStatus = .succeeded) -> BuildDossier {
        var dossier = BuildDossier(BuildRecord(submission))
        dossier.record.status = status
        dossier.record.started = submission.time
        dossier.record.duration = .seconds(10)
        return dossier
    }
}

extension BuildEvent.Kind {
    /// A step as it stands.
    static func step(
        _ digest: String,
        _ name: String,
        inputs: [String] = [],
        from start: Int64? = nil,
        to end: Int64? = nil
    ) -> BuildEvent.Kind {
        var vertex = Vertex(digest: digest)
        vertex.name = name
        vertex.inputs = inputs
        vertex.started = start.map { Timestamp(seconds: $0, nanoseconds: 5) }
        vertex.completed = end.map { Timestamp(seconds: $0, nanoseconds: 7) }
        return .status(SolveStatus(vertexes: [vertex]))
    }

    /// What a step printed.
    static func output(_ bytes: [UInt8], by digest: String, stream: Int = 1) -> BuildEvent.Kind {
        let log = VertexLog(vertex: digest, stream: stream, data: bytes, timestamp: Timestamp(seconds: 5))
        return .status(SolveStatus(logs: [log]))
    }
}

/// Random numbers that are the same for the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// One of some.
    mutating func one<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &self)] }
    /// True once in so many times.
    mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
