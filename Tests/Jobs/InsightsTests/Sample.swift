import CaissonBuildModel

/// Dossiers for tests, with times in milliseconds.
enum Sample {
    static func time(_ milliseconds: Int) -> Timestamp {
        let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
        return Timestamp(
            seconds: 1_796_070_600 + Int64(seconds),
            nanoseconds: Int32((milliseconds - seconds * 1000) * 1_000_000)
        )
    }

    static func step(
        _ number: Int,
        _ name: String,
        _ times: Range<Int>? = nil,
        _ inputs: [Int] = [],
        isCached: Bool = false
    ) -> StepRecord {
        var step = StepRecord(number, digest: "sha256:\(number)", name: name)
        step.inputs = inputs
        step.started = times.map { time($0.lowerBound) }
        step.completed = times.map { time($0.upperBound) }
        step.isCached = isCached
        return step
    }

    static func dossier(
        _ steps: [StepRecord],
        at milliseconds: Int = 0,
        name: String? = "app",
        status: BuildStatus = .succeeded
    ) -> BuildDossier {
        var submission = BuildSubmission(BuildID(), .build, at: time(milliseconds))
        submission.name = name
        var record = BuildRecord(submission)
        record.status = status
        record.started = time(milliseconds)
        record.ended = time(milliseconds + 60_000)
        record.duration = .seconds(60)
        record.steps = steps.count
        record.cachedSteps = steps.count { $0.isCached }
        var dossier = BuildDossier(record)
        dossier.steps = steps
        return dossier
    }

    /// Names and times that a peer may send.
    static let hostileNames = [
        "", "[", "] ", "[] ", "[a 1/0] ", "[ 9999999999999999999/1] RUN x", "\u{0}\u{1B}[31m", "\u{301}] \u{301}",
        "[x 1/1] FROM a@sha256:", "[a -1/-2] RUN", String(repeating: "é", count: 5000), "\u{FFFD}\u{202E}", "RUN\n\"",
    ]
    static let hostileTimes = [
        Timestamp(seconds: .min), Timestamp(seconds: .max, nanoseconds: 999_999_999), Timestamp(seconds: 0),
        Timestamp(seconds: -1, nanoseconds: 1), Timestamp(seconds: 1_796_070_600), Timestamp(seconds: 1_796_070_601),
    ]

    /// A dossier of which nothing is as it should be.
    static func hostile(_ random: inout SeededGenerator) -> BuildDossier {
        var dossier = dossier([], name: random.chance(50) ? nil : "app")
        func time(_ random: inout SeededGenerator) -> Timestamp? {
            random.chance(20) ? nil : hostileTimes.randomElement(using: &random)
        }
        dossier.record.status = BuildStatus.allCases.randomElement(using: &random) ?? .failed
        dossier.record.started = time(&random)
        dossier.record.ended = time(&random)
        dossier.record.duration = [nil, .zero, .seconds(-5), .seconds(1e15)].randomElement(using: &random) ?? nil
        dossier.record.logSize = .min
        dossier.record.submission.images = hostileNames.filter { _ in random.chance(30) }
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let number = random.chance(10) ? Int.min : Int.random(in: -1...12, using: &random)
            let name = hostileNames.randomElement(using: &random) ?? ""
            var step = StepRecord(number, digest: "", name: random.chance(50) ? "[a 2/3] RUN x" : name)
            step.inputs = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                random.chance(10) ? Int.max : Int.random(in: -1...12, using: &random)
            }
            (step.started, step.completed) = (time(&random), time(&random))
            step.isCached = random.chance(30)
            step.error = random.chance(10) ? "\u{0}" : ""
            step.logSize = .max
            dossier.steps.append(step)
        }
        return dossier
    }
}
