import CaissonBuildModel
import Glibc

/// Builds as they could be, with a change or without one.
struct SimulatedHistory {
    var builds = 60
    var steps = 5
    /// The deviation of each duration's logarithm.
    var noise = 0.1
    /// How many of a hundred values are far too high.
    var outliers = 5
    /// Whether deviations have the tails of Student's t with 4 degrees of freedom.
    var hasHeavyTails = false
    /// How much slower the machine is at its busiest time of day.
    var wobble = 0.0
    /// The mean time between builds, in seconds.
    var gap = 7200.0
    /// How many of a hundred builds take a step and those after it from the cache.
    var cached = 0
    /// The place of the change; beyond the last build for none.
    var change = Int.max
    /// The step that changes, from 0.
    var changed = 0
    /// By which factor it changes.
    var factor = 1.0
    var random: SeededGenerator

    /// A history without change, with everything drawn at random.
    init(seed: Int, most: Int) {
        random = SeededGenerator(state: UInt64(seed) &* 7919 &+ 17)
        let size = Double.random(in: log(30)...log(Double(most)), using: &random)
        builds = Int(exp(size))
        steps = Int(exp(Double.random(in: 0...log(31), using: &random)))
        noise = Double.random(in: 0.02...0.3, using: &random)
        hasHeavyTails = random.chance(40)
        wobble = random.chance(50) ? Double.random(in: 0...0.15, using: &random) : 0
        gap = exp(Double.random(in: log(900)...log(20_000), using: &random))
        cached = random.chance(50) ? Int.random(in: 10...70, using: &random) : 0
    }

    /// Adds a change that must be found to it.
    mutating func addChange() {
        cached = 0
        if Bool.random(using: &random) {
            noise = Double.random(in: 0.02...0.1, using: &random)
            factor = 1.3
        } else {
            noise = 0.3
            factor = 2
        }
        change = Int.random(in: 15...(builds - 15), using: &random)
        changed = Int.random(in: 0..<steps, using: &random)
    }

    static func name(_ step: Int, of steps: Int) -> String { "[build \(step + 2)/\(steps + 1)] RUN part-\(step)" }

    private mutating func normal() -> Double {
        let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &random))).squareRoot()
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
    }

    private mutating func deviation() -> Double {
        guard hasHeavyTails else { return noise * normal() }
        let squares = (0..<4).reduce(0.0) { sum, _ in
            let value = normal()
            return sum + value * value
        }
        return noise * 0.75 * normal() / (squares / 4).squareRoot()
    }

    mutating func dossiers() -> [BuildDossier] {
        let levels = (0..<steps).map { _ in exp(Double.random(in: log(2)...log(200), using: &random)) }
        var time = 1_790_000_000.0
        return (0..<builds).map { build in
            time += -log(Double.random(in: 1e-6..<1, using: &random)) * gap
            return dossier(build, at: time, levels)
        }
    }

    private mutating func dossier(_ build: Int, at time: Double, _ levels: [Double]) -> BuildDossier {
        let start = Timestamp(seconds: Int64(time))
        var dossier = BuildDossier(BuildRecord(BuildSubmission(BuildID(), .build, at: start)))
        dossier.record.submission.revision = SourceRevision()
        dossier.record.submission.revision?.commit = "commit-\(build)"
        let busy = 1 + wobble * sin(2 * .pi * time / 86_400)
        let firstMissed = random.chance(cached) ? Int.random(in: 0...steps, using: &random) : 0
        var total = 1 + 0.1 * abs(normal())
        for step in 0..<steps {
            var record = StepRecord(step + 1, digest: "", name: Self.name(step, of: steps))
            record.isCached = step < firstMissed
            if !record.isCached {
                var seconds = levels[step] * exp(deviation()) * busy
                if random.chance(outliers) { seconds *= Double.random(in: 2...6, using: &random) }
                if step == changed, build >= change { seconds *= factor }
                record.started = start
                record.completed = Timestamp(
                    seconds: start.seconds + Int64(seconds),
                    nanoseconds: Int32((seconds - seconds.rounded(.down)) * 1e9)
                )
                total += seconds
            }
            dossier.steps.append(record)
        }
        dossier.record.status = .succeeded
        dossier.record.started = start
        dossier.record.duration = .milliseconds(Int64(total * 1000))
        return dossier
    }
}
