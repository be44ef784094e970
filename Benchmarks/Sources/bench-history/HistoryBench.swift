import CaissonBuildModel
import CaissonHistory
import Glibc

/// Measures the history with very many builds: how large it becomes, and how long its answers take.
@main
struct HistoryBench {
    private static let steps = 20
    private static let round = 2000

    private let place: HistoryPlace
    private let builds: Int
    private let clock = ContinuousClock()

    static func main() async throws {
        let arguments = CommandLine.arguments
        let builds = arguments.count > 1 ? Int(arguments[1]) ?? 100_000 : 100_000
        let directory = arguments.count > 2 ? arguments[2] : "/dev/shm/caisson-bench-history"
        let bench = HistoryBench(place: HistoryPlace(stateDirectory: directory), builds: builds)
        try await bench.fill()
        let store = try await bench.opened()
        try bench.ask(store)
        try await bench.readLongLog()
        try await bench.forget()
    }

    private init(place: HistoryPlace, builds: Int) {
        self.place = place
        self.builds = builds
    }

    // MARK: Making builds

    private func fill() async throws {
        var writing = Duration.zero
        var taking = Duration.zero
        for start in stride(from: 0, to: builds, by: Self.round) {
            let begun = clock.now
            let journal = HistoryJournal(place) { print("history: \($0)") }
            for number in start..<min(start + Self.round, builds) { record(number, journal) }
            await journal.finish(within: .seconds(600))
            writing += clock.now - begun
            let opened = clock.now
            let store = try await HistoryStore.open(place)
            taking += clock.now - opened
            for fault in store.faults { print("fault: \(fault)") }
        }
        let store = try await HistoryStore.open(place)
        let size = store.size()
        print("builds                      \(builds) of \(Self.steps) steps")
        print("journals                    \(Self.text(writing / builds)) a build")
        print("taking in                   \(Self.text(taking / builds)) a build")
        print("size                        \(size / 1_048_576) MiB, \(size / Int64(builds * Self.steps)) bytes a step")
    }

    private func record(_ number: Int, _ journal: HistoryJournal) {
        let time = Timestamp(seconds: 1_700_000_000 + Int64(number) * 60, nanoseconds: 123_456_789)
        let submission = submission(number, time)
        let recorder = journal.recorder(of: submission)
        var sequence = 0
        func tell(_ kind: BuildEvent.Kind, after milliseconds: Int) {
            let now = Self.time(time, after: milliseconds)
            recorder.receive(BuildEvent(build: submission.id, sequence: sequence, time: now, kind: kind))
            sequence += 1
        }
        tell(.started(BuildStart(engine: "default")), after: 1)
        tell(.attempt(BuildAttempt(on: "dockerd 26.1.5 at unix:///var/run/docker.sock", limit: 3)), after: 5)
        for step in 1...Self.steps {
            var vertex = vertex(number, step)
            vertex.started = Self.time(time, after: step * 500)
            tell(.status(SolveStatus(vertexes: [vertex])), after: step * 500)
            vertex.completed = Self.time(time, after: step * 500 + 400)
            vertex.isCached = step % 3 == 0
            let line = Array("step \(step) of build \(number) did what it does\n".utf8)
            let log = VertexLog(
                vertex: vertex.digest,
                stream: 1,
                data: line,
                timestamp: Self.time(time, after: step * 500 + 100)
            )
            tell(.status(SolveStatus(vertexes: [vertex], logs: step % 3 == 0 ? [] : [log])), after: step * 500 + 400)
        }
        let image = ImageArtifact(
            names: ["docker.io/library/app\(number % 300):\(number)"],
            digest: digest(number, 1000),
            id: digest(number, 1001),
            isPushed: number % 2 == 0
        )
        tell(.artifact(.image(image)), after: 11_000)
        tell(.finished(outcome(number)), after: 11_000 + number % 977)
    }

    private func submission(_ number: Int, _ time: Timestamp) -> BuildSubmission {
        var submission = BuildSubmission(BuildID(), number % 4 == 0 ? .build : .batch, at: time)
        submission.name = "app\(number % 300)"
        submission.project = "project\(number % 50)"
        submission.owner = "owner\(number % 20)"
        submission.labels = ["nightly", "team\(number % 7)"]
        submission.images = ["app\(number % 300):\(number)"]
        submission.context = "/srv/ci/workspace/project\(number % 50)/app\(number % 300)"
        submission.dockerfile = "Dockerfile"
        submission.platforms = ["linux/amd64", "linux/arm64"]
        submission.invocation = .init(
            ["build", "-t", "app\(number % 300):\(number)", "--build-arg", "VERSION=1.\(number)", "."],
            in: "/srv/ci/workspace/project\(number % 50)"
        )
        var revision = SourceRevision()
        revision.source = "https://git.example.org/team/project\(number % 50).git"
        revision.commit = String(digest(number / 10, 2000).dropFirst(7).prefix(40))
        submission.revision = revision
        return submission
    }

    private func vertex(_ number: Int, _ step: Int) -> Vertex {
        let inputs = step > 1 ? [digest(number, step - 1)] : []
        var vertex = Vertex(digest: digest(number, step))
        vertex.inputs = inputs
        vertex.name = "[app\(number % 300) \(step)/\(Self.steps)] RUN make -C part\(step) install VERSION=\(step % 5)"
        return vertex
    }

    private func outcome(_ number: Int) -> BuildOutcome {
        guard number % 10 != 0 else {
            let step = FailedStep(vertex: digest(number, 20), name: "RUN make", exitCode: 2)
            let message = "process \"/bin/sh -c make\" did not complete successfully: exit code: 2"
            return .failed(BuildError(.step, message, step: step))
        }
        var result = BuildResult(ref: "ref")
        result.statistics.imageSize = 123_456_789
        result.statistics.layers = 12
        result.statistics.steps = Self.steps
        result.statistics.duration = .milliseconds(11_000 + number % 977)
        return .succeeded(result)
    }

    private func digest(_ number: Int, _ step: Int) -> String {
        var state = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: step)
        let words = (0..<4).map { _ -> String in
            state = (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9 &+ 0x94D0_49BB_1331_11EB
            let text = String(state ^ state >> 32, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return "sha256:" + words.joined()
    }

    private static func time(_ time: Timestamp, after milliseconds: Int) -> Timestamp {
        let nanoseconds = Int64(time.nanoseconds) + Int64(milliseconds % 1000) * 1_000_000
        return Timestamp(
            seconds: time.seconds + Int64(milliseconds / 1000) + nanoseconds / 1_000_000_000,
            nanoseconds: Int32(nanoseconds % 1_000_000_000)
        )
    }

    // MARK: Asking

    private func opened() async throws -> HistoryStore {
        var last: HistoryStore?
        try await measure("opening") { last = try await HistoryStore.open(place) }
        guard let last else { throw HistoryError(.other, "no store") }
        return last
    }

    private func ask(_ store: HistoryStore) throws {
        try askForLists(store)
        let newest = try store.list(HistoryFilter())
        let oldest = try store.list(filter { $0.offset = builds - 1 })
        guard let newest = newest.first?.id, let oldest = oldest.first?.id else { return }
        try measure("dossier newest") { _ = try store.dossier(of: newest) }
        try measure("dossier oldest") { _ = try store.dossier(of: oldest) }
        let names = (0..<300).map { "app\($0)" }
        measure("medians of 300 names") { _ = store.medians(names: names, project: nil, limit: 10) }
        measure("medians in a project") { _ = store.medians(names: names, project: "project7", limit: 10) }
        try measure("id by beginning") { _ = try store.id(of: String(oldest.description.prefix(12))) }
        try measure("id by name") { _ = try store.id(of: "app7") }
        measure("completions of none") { _ = store.completions(prefix: "") }
        measure("completions of a") { _ = store.completions(prefix: "a") }
        try measure("latest batch") { _ = try store.latestBatch(directory: nil) }
        try measure("log of a build") { while try store.log(of: oldest, step: nil).next() == nil {} }
        measure("integrity", times: 1) { for fault in store.integrityFaults() { print("  fault: \(fault)") } }
    }

    private func askForLists(_ store: HistoryStore) throws {
        func list(_ what: String, _ change: (inout HistoryFilter) -> Void) throws {
            let filter = filter(change)
            var count = 0
            try measure("list \(what)") { count = try store.list(filter).count }
            if count == 0 { print("  (found none)") }
        }
        try list("newest") { _ in }
        try list("offset half") { $0.offset = builds / 2 }
        try list("status failed") { $0.statuses = [.failed] }
        try list("status interrupted") { $0.statuses = [.interrupted] }
        try list("image app7:*") { $0.image = "app7:*" }
        try list("image of one") { $0.image = "app7:7" }
        try list("image none") { $0.image = "*nothing*" }
        try list("project") { $0.project = "project7" }
        try list("owner and label") {
            $0.owner = "owner3"
            $0.label = "team3"
        }
        try list("label none") { $0.label = "nobody" }
        try list("longer than") { $0.longerThan = .milliseconds(11_975) }
        try list("longer than any") { $0.longerThan = .seconds(100) }
        try list("since, until") {
            $0.since = Timestamp(seconds: 1_700_000_000)
            $0.until = Timestamp(seconds: 1_700_060_000)
        }
        try list("text exit code") { $0.text = "Exit Code: 2" }
        try list("text of one") { $0.text = "app7:7\n" }
        try list("text none") { $0.text = "zebra crossing" }
    }

    private func filter(_ change: (inout HistoryFilter) -> Void) -> HistoryFilter {
        var filter = HistoryFilter()
        change(&filter)
        return filter
    }

    // MARK: A long log

    private func readLongLog() async throws {
        let journal = HistoryJournal(place) { print("history: \($0)") }
        let submission = submission(1, Timestamp(seconds: 1_900_000_000))
        let recorder = journal.recorder(of: submission)
        var bytes = 0
        // Two steps print at once, so that the pieces are many.
        for part in 0..<8000 {
            var data: [UInt8] = []
            for line in 0..<50 { data += Array("line \(part * 50 + line) of a log that is long indeed .......\n".utf8) }
            bytes += data.count
            let time = Timestamp(seconds: 1_900_000_001)
            let log = VertexLog(vertex: digest(1, 2 + part % 2), stream: 1, data: data, timestamp: time)
            let kind = BuildEvent.Kind.status(SolveStatus(logs: [log]))
            recorder.receive(BuildEvent(build: submission.id, sequence: part, time: time, kind: kind))
            if part % 500 == 499 { await journal.finish(within: .seconds(60)) }
        }
        recorder.end(.succeeded)
        await journal.finish(within: .seconds(60))
        try await measure("taking in \(bytes / 1_000_000) MB of log", times: 1) {
            _ = try await HistoryStore.open(place)
        }
        let store = try await HistoryStore.open(place)
        try measure("first of step 2") { _ = try store.log(of: submission.id, step: 2).next() }
        try measure("whole log") {
            let log = try store.log(of: submission.id, step: nil)
            while try log.next() != nil {}
        }
    }

    // MARK: Forgetting

    private func forget() async throws {
        let store = try await HistoryStore.open(place)
        try measure("clean-up of nothing", times: 3) { _ = try store.cleanUp(HistoryRetention(age: nil), now: .now) }
        try measure("clean-up of a tenth", times: 1) {
            print(try store.cleanUp(HistoryRetention(age: nil, count: builds * 9 / 10), now: .now))
        }
        print("size after                  \(store.size() / 1_048_576) MiB")
    }

    // MARK: Measuring

    private func measure(_ what: String, times: Int = 7, _ body: () throws -> Void) rethrows {
        var spans: [Duration] = []
        for _ in 0..<times {
            let begun = clock.now
            try body()
            spans.append(clock.now - begun)
        }
        tell(what, spans)
    }

    private func measure(_ what: String, times: Int = 7, _ body: () async throws -> Void) async rethrows {
        var spans: [Duration] = []
        for _ in 0..<times {
            let begun = clock.now
            try await body()
            spans.append(clock.now - begun)
        }
        tell(what, spans)
    }

    private func tell(_ what: String, _ spans: [Duration]) {
        let sorted = spans.sorted()
        let padding = String(repeating: " ", count: max(1, 28 - what.count))
        print("\(what)\(padding)\(Self.text(sorted[sorted.count / 2])), at most \(Self.text(sorted[sorted.count - 1]))")
    }

    private static func text(_ span: Duration) -> String {
        let microseconds = span.components.seconds * 1_000_000 + span.components.attoseconds / 1_000_000_000_000
        return "\(microseconds / 1000).\(String(1000 + microseconds % 1000).dropFirst()) ms"
    }
}
