import CaissonBuildModel

@testable import CaissonReporting

/// A batch that has ended, and one that is under way.
enum BatchSamples {
    static let start = Timestamp(seconds: 1_796_125_200)

    static var report: BatchReport {
        var app = BatchReport.Entry("app", .succeeded)
        (app.started, app.duration, app.attempts) = (start, .milliseconds(12_340), 1)
        (app.steps, app.cachedSteps, app.imageSize) = (9, 7, 45_200_000)
        app.id = BuildSamples.id("a")
        let names = ["registry.example/app:1", "registry.example/app:latest"]
        app.images = [ImageArtifact(names: names, digest: BuildSamples.digest, id: nil, isPushed: true)]
        var database = BatchReport.Entry("db|`x`<b>", .failed)
        (database.started, database.duration, database.attempts, database.steps) = (start, .seconds(3), 2, 4)
        let log = [
            "cc -c main.c", "main.c:1: error: \u{1B}[31mexpected\u{1B}[0m ';' & more <tag> | ``",
            "make: *** [all] Error 1",
        ]
        database.failure = BatchReport.Failure(BuildSamples.failure, log: log)
        database.id = BuildSamples.id("b")
        var web = BatchReport.Entry("web", .skipped)
        web.reason = "not built, as db failed"
        var late = BatchReport.Entry("late", .timedOut)
        late.duration = .seconds(7200)
        late.failure = BatchReport.Failure(BuildError(.deadlineExceeded, "late took longer than 2h"))
        var gone = BatchReport.Entry("gone", .failed)
        gone.duration = .milliseconds(50)
        gone.failure = BatchReport.Failure(BuildError(.engine, "dockerd can't be reached"))
        let command = ["batch", "--jobs", "4", "--summary", "report.xml"]
        let entries = [app, database, web, late, gone]
        return BatchReport(started: start, duration: .milliseconds(123_456), command: command, entries)
    }

    static func event(_ kind: BuildEvent.Kind, after seconds: Double) -> BuildEvent {
        .of(kind, at: start.advanced(by: seconds))
    }

    static func vertex(_ name: String, from: Double?, to: Double? = nil, isCached: Bool = false) -> Vertex {
        Vertex(
            digest: "sha256:\(name)",
            name: name,
            isCached: isCached,
            started: from.map { start.advanced(by: $0) },
            completed: to.map { start.advanced(by: $0) }
        )
    }

    /// Twelve builds, four at a time, twenty seconds after the start.
    static var board: BatchBoard {
        var board = BatchBoard(jobs: 4)
        let names = ["base", "app", "web", "api-server", "worker", "db", "docs", "cli", "e2e", "lint", "site", "proxy"]
        for name in names { board.add(name, estimate: .seconds(30)) }
        for (place, name) in names.prefix(6).enumerated() {
            board.receive(event(.started(BuildStart(engine: "default")), after: Double(place)), of: name)
        }
        let copy = vertex("[web 2/7] COPY package.json .", from: 2, to: 2.1)
        let run = vertex("[web 3/7] RUN npm ci --no-audit --no-fund", from: 2.1)
        let output = Array("added 212 packages\nfetching\r".utf8)
        let log = VertexLog(vertex: run.digest, stream: 1, data: output, timestamp: start)
        board.receive(event(.status(SolveStatus(vertexes: [copy, run], logs: [log])), after: 2.2), of: "web")
        let make = vertex("[app 3/7] RUN make -j4 all", from: 7.7)
        let other = vertex("[assets 2/2] RUN gulp", from: 9)
        board.receive(event(.status(SolveStatus(vertexes: [make, other])), after: 9), of: "app")
        board.receive(event(.finished(.succeeded(BuildResult(ref: "r"))), after: 6), of: "base")
        board.receive(event(.finished(.failed(BuildSamples.failure)), after: 12), of: "db")
        for name in names.dropFirst(6) { board.note(.queued, reason: "4 builds run already", of: name, at: start) }
        board.note(.queued, reason: "needs app, which runs", of: "e2e", at: start)
        return board
    }
}
