import CaissonBuildModel

/// Builds of made-up series, the same each time.
struct SimulatedHistory {
    /// A step of a made-up Dockerfile.
    struct Step {
        var name: String
        var seconds: Double
        /// How often it runs, 0 to 1; what follows in its stage runs, too.
        var misses = 0.0
        var inputs: [Int] = []
    }

    /// A series.
    struct Series {
        var name: String?
        var image: String?
        var directory = "/home/me/shop"
        var project: String?
        var steps: [Step]
    }

    static let start = Timestamp(seconds: 1_793_000_000)
    private(set) var dossiers: [BuildDossier] = []
    private var random = SeededGenerator(state: 7)
    private var count = 0

    /// An id that is the same each time.
    static func id(_ number: Int) -> BuildID {
        let digits = String(number, radix: 36)
        let text = String(repeating: "0", count: max(0, 25 - digits.utf8.count)) + digits
        return BuildID(text) ?? BuildID()
    }

    static func time(_ seconds: Double) -> Timestamp {
        let whole = seconds.rounded(.down)
        let nanoseconds = Int32((seconds - whole) * 999_999_999)
        return Timestamp(seconds: start.seconds + Int64(whole), nanoseconds: nanoseconds)
    }

    /// The builds, the newest first.
    var newestFirst: [BuildDossier] { dossiers.reversed() }

    /// Adds a build a while after the one before; `change` may change what was made up.
    mutating func add(_ series: Series, change: (inout BuildDossier) -> Void = { _ in }) {
        count += 1
        let began = Double(count) * 3600
        var submission = BuildSubmission(Self.id(count), .build, at: Self.time(began - 0.4))
        (submission.name, submission.project) = (series.name, series.project)
        submission.images = series.image.map { ["\($0):1.\(count)"] } ?? []
        submission.invocation = .init(["build", "."], in: series.directory)
        (submission.context, submission.dockerfile) = (".", "Dockerfile")
        var revision = SourceRevision()
        revision.commit = "\(String(0xABCDEF0 + count, radix: 16))" + String(repeating: "0", count: 33)
        submission.revision = revision
        var dossier = BuildDossier(BuildRecord(submission))
        dossier.record.engine = "buildkitd v0.26.2 at unix:///run/buildkit/buildkitd.sock"
        let end = addSteps(series.steps, to: &dossier, began)
        dossier.record.status = .succeeded
        (dossier.record.started, dossier.record.ended) = (Self.time(began), Self.time(end + 0.3))
        dossier.record.duration = .milliseconds(Int64((end + 0.3 - began) * 1000))
        change(&dossier)
        dossiers.append(dossier)
    }

    private mutating func addSteps(_ steps: [Step], to dossier: inout BuildDossier, _ began: Double) -> Double {
        var (ends, ran): ([Double], [Bool]) = ([], [])
        for (place, step) in steps.enumerated() {
            var record = StepRecord(place + 1, digest: "sha256:\(count)-\(place)", name: step.name)
            record.inputs = step.inputs
            let ready = step.inputs.map { ends[$0 - 1] }.max() ?? began
            let isMissed = Double.random(in: 0..<1, using: &random) < step.misses
            let runs = isMissed || step.inputs.contains { ran[$0 - 1] && steps[$0 - 1].misses > 0 }
            let noise = Double.random(in: 0.92...1.08, using: &random)
            let end = ready + 0.02 + (runs ? step.seconds * noise : 0.001)
            (record.started, record.completed) = (Self.time(ready + 0.02), Self.time(end))
            record.isCached = !runs
            ends.append(end)
            ran.append(runs)
            dossier.steps.append(record)
        }
        return ends.max() ?? began
    }
}

extension SimulatedHistory {
    private static let digest = String(repeating: "a1", count: 32)

    /// A series of a web page's image in three stages.
    static var web: Series {
        Series(
            name: "web",
            image: "registry.example/shop/web",
            project: "shop",
            steps: [
                Step(name: "[internal] load build definition from Dockerfile", seconds: 0.05, misses: 1),
                Step(name: "[internal] load build context", seconds: 1.2, misses: 1),
                Step(name: "[deps 1/3] FROM docker.io/library/node:22@sha256:\(digest)", seconds: 0.1),
                Step(name: "[deps 2/3] COPY . .", seconds: 0.6, misses: 0.75, inputs: [2, 3]),
                Step(name: "[deps 3/3] RUN npm ci", seconds: 31, misses: 0.01, inputs: [4]),
                Step(
                    name: "[build 1/1] RUN npm run build -- --mode production",
                    seconds: 22,
                    misses: 0.01,
                    inputs: [5]
                ),
                Step(name: "[web 1/2] FROM docker.io/library/nginx:1.29", seconds: 0.1),
                Step(name: "[web 2/2] COPY --from=build /src/dist /html", seconds: 0.8, misses: 0.01, inputs: [6, 7]),
                Step(name: "exporting to image", seconds: 1.4, misses: 1, inputs: [8]),
            ]
        )
    }

    /// A small series by its image alone.
    static func small(_ image: String, seconds: Double) -> Series {
        Series(
            image: image,
            directory: "/home/me/\(image)",
            steps: [
                Step(name: "[1/3] FROM docker.io/library/debian:13", seconds: 0.1),
                Step(name: "[2/3] RUN apt-get update && apt-get install -y gcc", seconds: 14, misses: 0.3, inputs: [1]),
                Step(name: "[3/3] RUN make all", seconds: seconds, misses: 0.9, inputs: [2]),
            ]
        )
    }
}
