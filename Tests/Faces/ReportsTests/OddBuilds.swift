import CaissonBuildModel
import CaissonInsights
import CaissonJSON

/// Builds such as no engine tells of them, with names of all kinds.
struct OddBuilds {
    private var random: WordGenerator
    /// What texts are made of: controls, wide and combining characters, escape sequences, marks of direction.
    private static let pieces = [
        "a", "RUN make", " ", "/src/main.c", "漢字", "e\u{301}", "\u{1B}[31m", "\n", "\r", "\t", "\u{202E}", "\u{0}",
        "👩‍👩‍👧", "☁\u{FE0F}", "\u{9B}2J", "\u{FFFD}", "\u{1B}]0;x\u{7}", "[", "] ", "sha256:", "@", "\u{AD}", "“",
        String(repeating: "x", count: 130),
    ]
    private static let names = [
        "[build 1/4] FROM gcc@sha256:" + WordSamples.digest("1"), "[build 2/4] RUN make", "[build 3/4] COPY . .",
        "[internal] load build context", "exporting to image", "[linux/amd64 漢字 4/4] RUN x", "",
    ]

    init(seed: UInt64) { random = WordGenerator(state: seed) }

    private mutating func text() -> String {
        (0..<Int.random(in: 0...12, using: &random)).reduce(into: "") { text, _ in
            text += Self.pieces.randomElement(using: &random) ?? ""
        }
    }

    private mutating func time() -> Timestamp {
        if random.chance(3) { return Timestamp(seconds: random.chance(50) ? .max : .min) }
        let tenths = Int.random(in: 0...(random.chance(10) ? 9_000_000 : 900), using: &random)
        return WordSamples.time(tenths)
    }

    mutating func build(day: Int) -> BuildDossier {
        var submission = BuildSubmission(BuildID(), .build, at: WordSamples.time(0, day: day))
        submission.context = random.chance(80) ? "." : text()
        submission.images = random.chance(80) ? ["app"] : [text(), text()]
        submission.project = random.chance(80) ? nil : text()
        submission.target = random.chance(90) ? nil : text()
        submission.request = .object([JSONMember("args", .object([JSONMember(text(), .string(text()))]))])
        var record = BuildRecord(submission)
        record.status = BuildStatus.allCases.randomElement(using: &random) ?? .succeeded
        record.engine = random.chance(80) ? "dockerd at unix:///x" : text()
        record.started = random.chance(90) ? time() : nil
        record.ended = random.chance(90) ? time() : nil
        let milliseconds = Int64.random(in: 0...1_000_000_000, using: &random)
        record.duration = random.chance(80) ? .milliseconds(milliseconds) : nil
        record.traffic.sent = Int64.random(in: .min ... .max, using: &random)
        record.logSize = Int64.random(in: .min ... .max, using: &random)
        let nameless = ImageArtifact(names: [text()], digest: nil, id: text(), isPushed: true)
        record.images = [WordSamples.image(text(), "3"), nameless]
        record.steps = Int.random(in: .min ... .max, using: &random)
        var dossier = BuildDossier(record)
        let count = Int.random(in: 0...25, using: &random)
        for number in 0..<count { dossier.steps.append(step(number + 1)) }
        dossier.artifacts = (0..<Int.random(in: 0...12, using: &random)).map { _ in .file(text()) }
        if random.chance(30) { dossier.error = BuildError(.step, text()) }
        return dossier
    }

    private mutating func step(_ number: Int) -> StepRecord {
        let name = random.chance(70) ? Self.names.randomElement(using: &random) ?? "" : text()
        var step = StepRecord(random.chance(95) ? number : number / 2, digest: "d\(number)", name: name)
        step.inputs = (0..<3).map { _ in Int.random(in: -1...30, using: &random) }
        step.started = random.chance(90) ? time() : nil
        step.completed = random.chance(85) ? time() : nil
        step.isCached = random.chance(30)
        step.error = random.chance(10) ? text() : ""
        return step
    }

    /// Changes of files for a build.
    mutating func changes(since build: BuildID) -> ContextChanges {
        var changes = ContextChanges(of: "context", files: 9, since: build)
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let kind = ContextChange.Kind.allCases.randomElement(using: &random) ?? .content
            changes.changes.append(ContextChange(kind, text(), before: 1, after: 2))
        }
        changes.omitted = random.chance(20) ? .max : 0
        return changes
    }

    /// An explanation of each kind for the steps of a build, whether it is right or not.
    mutating func explanations(of build: BuildDossier) -> [StepExplanation] {
        build.steps.map { step in
            let changes = changes(since: build.record.id)
            let earlier = Int.random(in: 0...25, using: &random)
            let kinds: [MissCause.Kind] = [
                .filesChanged(changes.changes, omitted: changes.omitted), .earlierStep(earlier),
                .instructionAdded, .evicted(nil), .noCache(stage: text()),
            ]
            let certainty = MissCause.Certainty.allCases.randomElement(using: &random) ?? .certain
            let causes = kinds.shuffled(using: &random).prefix(2).map { MissCause($0, certainty, evidence: text()) }
            let outcomes: [StepExplanation.Outcome] = [
                .cached, .uncacheable(text()), .first, .missed(causes), .missed(causes), .unknown,
            ]
            return StepExplanation(of: step, outcomes.randomElement(using: &random) ?? .unknown)
        }
    }
}
