import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc
import Synchronization
import Testing

@testable import CaissonHistory

/// A state directory of its own for a test, gone with it.
final class JournalFolder: Sendable {
    let path: String
    let place: HistoryPlace

    init() throws {
        let variables = getenv("TMPDIR").map { ["TMPDIR": String(cString: $0)] } ?? [:]
        path = try TemporaryDirectory.make(for: "history", variables)
        place = HistoryPlace(stateDirectory: path)
    }

    deinit {
        for name in ["history/journals", "history/logs", "history", ""] {
            let directory = PathFacts.join(path, name)
            for file in DirectoryNames.sorted(in: directory, limit: 10_000) { unlink("\(directory)/\(file)") }
            rmdir(directory)
        }
        unlink("\(path)/history")
        rmdir(path)
    }

    /// Puts a journal there as if it had been written.
    func put(_ journal: some Sequence<UInt8>, output: some Sequence<UInt8> = [], of id: BuildID) throws {
        try place.prepare(userID: geteuid())
        try AtomicFile.replace(place.journal(of: id), with: Array(journal), .ownerOnly)
        try AtomicFile.replace(place.output(of: id), with: Array(output), .ownerOnly)
    }

    /// The bytes of a build's journal.
    func journal(of id: BuildID) throws -> [UInt8] {
        try BoundedFile.read(place.journal(of: id), limit: 1 << 30)
    }

    /// The bytes of a build's output.
    func output(of id: BuildID) throws -> [UInt8] {
        try BoundedFile.read(place.output(of: id), limit: 1 << 30)
    }

    /// All entries of a journal.
    func entries(of id: BuildID, _ output: JournalReader.Output = .bytes) throws -> [JournalEntry] {
        var reader = try JournalReader(place, id, output: output)
        var entries: [JournalEntry] = []
        while let entry = try reader.next() { entries.append(entry) }
        return entries
    }
}

/// What the user was told.
final class Notices: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    var take: @Sendable (String) -> Void { { [self] text in texts.withLock { $0.append(text) } } }
}

extension BuildSubmission {
    /// A submission of a build by itself.
    static func plain() -> BuildSubmission { BuildSubmission(BuildID(), .build, at: .now) }

    /// An event of the build.
    func event(_ kind: BuildEvent.Kind, at seconds: Int64 = 100) -> BuildEvent {
        BuildEvent(build: id, sequence: 0, time: Timestamp(seconds: seconds), kind: kind)
    }

    /// An event of output.
    func printed(_ data: [UInt8], by step: String = "sha256:a", stream: Int = 1) -> BuildEvent {
        let log = VertexLog(vertex: step, stream: stream, data: data, timestamp: Timestamp(seconds: 5))
        return event(.status(SolveStatus(logs: [log])))
    }
}

/// What happened, in a form that doesn't depend on which events things came in and where output was cut.
struct PlainHistory: Equatable {
    enum Item: Equatable {
        case kind(BuildEvent.Kind)
        case output(String, Int, [UInt8], Timestamp)
    }

    var items: [Item] = []

    mutating func add(_ kind: BuildEvent.Kind) {
        guard case .status(let status) = kind else { return items.append(.kind(kind)) }
        for vertex in status.vertexes { items.append(.kind(.status(SolveStatus(vertexes: [vertex])))) }
        for counter in status.statuses { items.append(.kind(.status(SolveStatus(statuses: [counter])))) }
        for warning in status.warnings { items.append(.kind(.status(SolveStatus(warnings: [warning])))) }
        for log in status.logs where !log.data.isEmpty { add(log) }
    }

    private mutating func add(_ log: VertexLog) {
        if case .output(log.vertex, log.stream, let data, let time)? = items.last {
            items[items.count - 1] = .output(log.vertex, log.stream, data + log.data, time)
        } else {
            items.append(.output(log.vertex, log.stream, log.data, log.timestamp))
        }
    }

    init(_ kinds: [BuildEvent.Kind] = []) {
        for kind in kinds { add(kind) }
    }

    init(_ entries: [JournalEntry]) {
        for case .event(let event) in entries { add(event.kind) }
    }
}
