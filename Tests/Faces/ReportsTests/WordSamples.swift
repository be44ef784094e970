import CaissonBuildModel
import CaissonInsights
import CaissonJSON
import CaissonReporting

/// Small builds to tell of.
enum WordSamples {
    static let now = Timestamp(seconds: 1_796_070_600)  // 2026-11-30T20:30:00Z

    /// A step: its name, from when to when it ran in tenths of a second, and what it needs.
    struct Step {
        var name: String
        var start: Int
        var end: Int
        var inputs: [Int] = []
        var isCached = false
    }

    static func id(_ letter: Character) -> BuildID { BuildID(String(repeating: letter, count: 25)) ?? BuildID() }

    static func time(_ tenths: Int, day: Int = 0) -> Timestamp {
        let seconds = now.seconds + Int64(day) * 86_400 + Int64(tenths / 10)
        return Timestamp(seconds: seconds, nanoseconds: Int32(tenths % 10) * 100_000_000)
    }

    /// A build of the image `app` that succeeded, with its steps; it ran for `end` tenths of a second.
    static func build(_ letter: Character, day: Int = 0, end: Int, _ steps: [Step]) -> BuildDossier {
        var submission = BuildSubmission(id(letter), .build, at: time(0, day: day))
        submission.context = "."
        submission.images = ["app:1.\(abs(day))"]
        var record = BuildRecord(submission)
        record.status = .succeeded
        record.engine = "dockerd 26.1.5 at unix:///var/run/docker.sock"
        record.started = time(0, day: day)
        record.ended = time(end, day: day)
        record.duration = .milliseconds(100 * end)
        record.steps = steps.count
        record.completedSteps = steps.count
        record.cachedSteps = steps.count(where: \.isCached)
        var dossier = BuildDossier(record)
        dossier.steps = steps.enumerated().map { place, step in
            var told = StepRecord(place + 1, digest: "sha256:\(letter)\(place)", name: step.name)
            told.inputs = step.inputs
            told.started = time(step.start, day: day)
            told.completed = time(step.end, day: day)
            told.isCached = step.isCached
            return told
        }
        return dossier
    }

    private static let base = "[build 1/4] FROM docker.io/library/gcc:14@sha256:" + digest("1")

    /// The build before: all of it ran.
    static func first(_ letter: Character = "a", day: Int = -1) -> BuildDossier {
        build(
            letter,
            day: day,
            end: 130,
            [
                Step(name: "[internal] load build context", start: 0, end: 2),
                Step(name: base, start: 0, end: 5),
                Step(name: "[build 2/4] RUN apt-get install -y cmake", start: 5, end: 40, inputs: [2]),
                Step(name: "[build 3/4] COPY src /src", start: 40, end: 41, inputs: [3, 1]),
                Step(name: "[build 4/4] RUN make -C /src", start: 41, end: 120, inputs: [4]),
                Step(name: "exporting to image", start: 120, end: 130),
            ]
        )
    }

    /// The build that is told of: files changed, `make` took much longer, a step came, another base.
    static func second() -> BuildDossier {
        var dossier = build(
            "b",
            end: 302,
            [
                Step(name: "[internal] load build context", start: 0, end: 2),
                Step(name: base, start: 0, end: 0, isCached: true),
                Step(name: "[build 2/4] RUN apt-get install -y cmake", start: 0, end: 0, inputs: [2], isCached: true),
                Step(name: "[build 3/4] COPY src /src", start: 2, end: 3, inputs: [3, 1]),
                Step(name: "[build 4/4] RUN make -C /src", start: 8, end: 281, inputs: [4]),
                Step(name: "[build 5/5] RUN strip /src/app", start: 281, end: 292, inputs: [5]),
                Step(name: "exporting to image", start: 292, end: 302),
            ]
        )
        dossier.record.submission.request = .object([.init("args", .object([.init("VERSION", .string("2"))]))])
        dossier.record.images = [image("app:1.0", "2")]
        var changes = ContextChanges(of: "context", files: 40, since: id("a"))
        changes.changes = (1...13).map { ContextChange(.content, "src/file\($0).c", before: 1, after: 2) }
        dossier.contexts = [changes]
        return dossier
    }

    static func image(_ name: String, _ digit: String) -> ImageArtifact {
        ImageArtifact(names: [name], digest: "sha256:" + digest(digit), id: nil, isPushed: false)
    }

    static func digest(_ digit: String) -> String { String(repeating: digit, count: 64) }

    static func layout(_ width: Int?) -> TextLayout { TextLayout(width: width, now: now) }

    static func baselines(of dossier: BuildDossier) -> [StepBaseline] {
        var baselines = StepBaselines(of: dossier)
        for (place, letter) in "cdef".enumerated() { baselines.add(first(letter, day: -1 - place)) }
        return baselines.steps
    }

    static func report() -> CacheReport {
        var rates = CacheRates()
        for (place, letter) in "cdef".enumerated() { rates.add(first(letter, day: -1 - place)) }
        rates.add(second())
        return rates.report
    }
}
