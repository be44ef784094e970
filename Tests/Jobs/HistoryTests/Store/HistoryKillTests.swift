import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonHistory

/// Processes that are killed at any moment while they write builds and take them in.
@Suite(.timeLimit(.minutes(20))) struct HistoryKillTests {
    /// How often; `Scripts/nightly` asks for a hundred times.
    private static let kills = getenv("CAISSON_HISTORY_KILLS").flatMap { Int(String(cString: $0)) } ?? 3

    @Test func `a history that is killed while it is written stays whole, and keeps what had ended`() async throws {
        let folder = try StoreFolder()
        let path = folder.path
        let (recorded, begun) = (path + "/recorded", path + "/begun")
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<Self.kills {
            let delay = UInt32.random(in: 1000...300_000, using: &generator)
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
                try await Self.write(under: path, for: delay)
            }
            let store = try await folder.open()
            #expect(store.integrityFaults() == [], "killed after \(delay) µs")
            #expect(store.faults == [], "killed after \(delay) µs")
            var filter = HistoryFilter()
            filter.limit = 0
            let builds = try store.list(filter)
            let statuses = Dictionary(builds.map { ($0.id.description, $0.status) }, uniquingKeysWith: { $1 })
            #expect(builds.count == statuses.count)
            let ended = try Self.lines(of: recorded)
            #expect(ended.allSatisfy { statuses[$0] == .succeeded }, "killed after \(delay) µs")
            #expect(builds.allSatisfy { $0.status == .succeeded || $0.status == .interrupted })
            #expect(Set(statuses.keys).isSubset(of: try Self.lines(of: begun)))
        }
        #expect(try !Self.lines(of: recorded).isEmpty || Self.kills < 10)
    }

    /// Records builds, four at once, and takes them in, until a thread kills the process after so many microseconds.
    @Sendable private static func write(under path: String, for delay: UInt32) async throws {
        try DetachedThread.start {
            usleep(delay)
            kill(getpid(), SIGKILL)
        }
        let place = HistoryPlace(stateDirectory: path)
        let journal = HistoryJournal(place) { _ in }
        var round = 0
        while true {
            let submissions = (0..<4).map { BuildSubmission.named("app\($0)", at: 1_700_000_000 + Int64(round)) }
            note(submissions, in: path + "/begun")
            for submission in submissions {
                let recorder = journal.recorder(of: submission)
                recorder.receive(submission.event(.started(BuildStart(engine: "e"))))
                for number in 0..<200 { recorder.receive(submission.printed(Array("\(number)\n".utf8))) }
                recorder.end(.succeeded)
            }
            await journal.finish(within: .seconds(60))
            note(submissions, in: path + "/recorded")
            round += 1
            if round % 3 == 0 { _ = try await HistoryStore.open(place) }
        }
    }

    private static func note(_ submissions: [BuildSubmission], in path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(file) }
        let text = submissions.map { "\($0.id)\n" }.joined()
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    }

    private static func lines(of path: String) throws -> Set<String> {
        guard PathFacts.linkTarget(of: path) == nil, case .regular = PathFacts.kind(of: path) else { return [] }
        let bytes = try BoundedFile.read(path, limit: 1 << 24)
        return Set(bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) })
    }
}
