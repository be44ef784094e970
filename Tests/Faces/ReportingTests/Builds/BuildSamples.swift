import CaissonBuildModel

@testable import CaissonReporting

/// Builds as the history has them.
enum BuildSamples {
    static let now = Timestamp(seconds: 1_796_125_200)
    static let digest = "sha256:4aef860ff0c68fc16772c06a615450095e68b3cc7be44dde8d108a2e7b37b7a3"

    static func id(_ letter: Character, _ tail: String = "") -> BuildID {
        BuildID(String(repeating: letter, count: 25 - tail.count) + tail) ?? BuildID()
    }

    static func record(
        _ id: BuildID,
        _ status: BuildStatus,
        name: String?,
        ago: Double,
        for seconds: Double?
    ) -> BuildRecord {
        let time = now.advanced(by: -ago)
        var submission = BuildSubmission(id, .batch, at: time)
        submission.name = name
        var record = BuildRecord(submission)
        record.status = status
        record.started = status == .queued ? nil : time.advanced(by: 0.5)
        record.duration = seconds.map { .milliseconds(Int64($0 * 1000)) }
        record.engine = "dockerd 26.1.5 at unix:///var/run/docker.sock"
        return record
    }

    /// One of each kind.
    static var records: [BuildRecord] {
        var app = record(id("a"), .running, name: "app", ago: 72, for: nil)
        (app.steps, app.completedSteps, app.cachedSteps) = (12, 4, 3)
        var web = record(id("b"), .succeeded, name: "web", ago: 200, for: 12.34)
        (web.steps, web.completedSteps, web.cachedSteps) = (10, 10, 7)
        web.submission.project = "shop"
        var database = record(id("c"), .failed, name: "registry.example/shop/database:2026", ago: 7300, for: 3725)
        (database.steps, database.completedSteps) = (9, 5)
        database.reason = "RUN make failed with exit code 2"
        let docs = record(id("d"), .queued, name: "docs", ago: 3, for: nil)
        let late = record(id("e"), .timedOut, name: "日本", ago: 9_000_000, for: 7200)
        return [app, web, database, docs, late]
    }

    static func step(_ number: Int, _ name: String, _ from: Double?, _ to: Double?, _ inputs: [Int] = []) -> StepRecord
    {
        var step = StepRecord(number, digest: "sha256:\(number)", name: name)
        step.started = from.map { now.advanced(by: -100 + $0) }
        step.completed = to.map { now.advanced(by: -100 + $0) }
        step.inputs = inputs
        return step
    }

    /// A build of two stages that failed.
    static var dossier: BuildDossier {
        var record = record(id("f"), .failed, name: "app", ago: 100, for: 24.5)
        (record.steps, record.completedSteps, record.cachedSteps, record.attempts) = (8, 7, 1, 2)
        record.submission.membership = .init(of: id("g"), place: 2, count: 4)
        record.submission.context = "."
        record.submission.dockerfile = "Dockerfile"
        record.submission.target = "app"
        record.submission.platforms = ["linux/amd64", "linux/arm64"]
        record.submission.images = ["registry.example/app:1", "registry.example/app:latest"]
        record.submission.owner = "ann"
        record.submission.project = "shop"
        record.submission.labels = ["nightly", "release"]
        record.submission.invocation = .init(["batch", "--set", "app.args.A=b c"], in: "/src/shop")
        var revision = SourceRevision()
        (revision.commit, revision.source) = ("4aef860ff0c6-dirty", "https://git.example/shop.git")
        record.submission.revision = revision
        var dossier = BuildDossier(record)
        dossier.steps = [
            step(1, "[internal] load build definition from Dockerfile", 0, 0.1),
            step(2, "[internal] load metadata for docker.io/library/golang:1.24", 0.1, 1.9),
            step(3, "[build 1/3] FROM docker.io/library/golang:1.24@\(digest)", 2, 2.1),
            step(4, "[app 1/2] FROM docker.io/library/alpine:3.22", 2, 6.4),
            step(5, "[build 2/3] COPY src /src", 2.2, 2.9, [3]),
            step(6, "[build 3/3] RUN make -j4 all", 2.9, 24.2, [5]),
            step(7, "[app 2/2] COPY --from=build /src/app /app", nil, nil, [4, 6]),
            step(8, "exporting to image", nil, nil, [7]),
        ]
        dossier.steps[2].isCached = true
        dossier.steps[5].error = "process \"/bin/sh -c make -j4 all\" did not complete successfully: exit code: 2"
        dossier.remarks = [BuildRemark(record.submission.time.advanced(by: 0.4), "waits: 4 builds run already")]
        dossier.error = failure
        return dossier
    }

    static var failure: BuildError {
        let text = "FROM golang AS build\nCOPY src /src\nRUN make -j4 all\n"
        let source = SourceInfo(filename: "Dockerfile", data: Array(text.utf8))
        return BuildError(
            .step,
            "RUN make -j4 all failed with exit code 2",
            excerpts: [SourceExcerpt(source: source, ranges: [SourceRange(startLine: 3, endLine: 3)])],
            step: FailedStep(vertex: "sha256:6", name: "[build 3/3] RUN make -j4 all", exitCode: 2)
        )
    }
}
