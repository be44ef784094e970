import CaissonBuildModel
import CaissonInsights

/// Makes the build in focus, with its critical path and sentences about its steps.
struct FocusMaker {
    /// How many earlier builds of its series steps are compared with.
    static let mostEarlier = 200
    /// In how many of them the causes of misses are looked for.
    private static let mostForMisses = 50
    /// How many names are taken over, and how many lines of a failed step's output.
    private static let (mostNames, mostLines) = (20, 200)
    /// Shorter waits are the engine's own work, which nobody can change.
    private static let shortestWait = Duration.milliseconds(100)

    private let dossier: BuildDossier
    private let earlier: [BuildDossier]
    private let removals: [CacheRemoval]
    private let output: [String]

    /// Prepares it.
    ///
    /// - Parameters:
    ///   - dossier: The build.
    ///   - earlier: Earlier builds of its series, the newest first.
    ///   - removals: What was seen to leave caches.
    ///   - output: The last lines that its failed step printed.
    init(_ dossier: BuildDossier, earlier: [BuildDossier], removals: [CacheRemoval], output: [String]) {
        (self.dossier, self.earlier, self.removals, self.output) = (dossier, earlier, removals, output)
    }

    /// The build as the report shows it.
    var build: ReportBuild {
        let record = dossier.record
        var build = ReportBuild(id: record.id.description, status: record.status)
        build.names = names
        build.engine = record.engine
        build.started = record.started
        build.ended = record.ended
        build.revision = revision
        build.error = dossier.error?.message ?? (record.status == .succeeded ? nil : record.reason)
        build.steps = steps
        build.path = CriticalPath(dossier).elements.map { element in
            guard element.wait >= Self.shortestWait else { return ReportBuild.PathPart(step: element.step) }
            let reason = element.occupant.map { "step \($0), which seems to have been in its way" }
            return ReportBuild.PathPart(step: element.step, wait: element.wait.seconds, reason: reason)
        }
        return build
    }

    private var names: [String] {
        let submission = dossier.record.submission
        var names = Array(submission.images.prefix(Self.mostNames))
        if let name = submission.name, !names.contains(name) { names.append(name) }
        if names.isEmpty {
            let series = BuildSeries(submission)
            names.append(SeriesName(series, image: nil).short)
        }
        return names + (submission.project.map { ["project \($0)"] } ?? [])
    }

    private var revision: String? {
        let source = dossier.record.submission.revision?.source
        let words = [dossier.record.shortCommit, source].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: " of ")
    }

    private var steps: [ReportStep] {
        var baselines = StepBaselines(of: dossier)
        for build in earlier { baselines.add(build) }
        let recent = Array(earlier.prefix(Self.mostForMisses))
        let reasons = MissExplanation.explain(dossier, earlier: recent, removals: removals)
        var steps = zip(dossier.steps, zip(baselines.steps, reasons)).map { step, known in
            FocusStep(step, of: dossier, usual: known.0, reason: known.1).step
        }
        let failed = steps.indices.filter { steps[$0].outcome == .failed }
        let vertex = dossier.error?.step?.vertex ?? ""
        let told = failed.first { !vertex.isEmpty && dossier.steps[$0].digest == vertex }
        if let place = told ?? failed.first { steps[place].log = output.suffix(Self.mostLines) }
        return steps
    }
}

/// A step of the build in focus, put into words.
struct FocusStep {
    /// The step as the report shows it.
    private(set) var step: ReportStep

    /// Puts together what is known of a step.
    init(_ record: StepRecord, of dossier: BuildDossier, usual: StepBaseline, reason: StepExplanation) {
        let name = StepName(record.name)
        let outcome = Self.outcome(record, dossier.record.status)
        step = ReportStep(
            number: record.number,
            stage: name.isInternal || name.stage.isEmpty ? nil : name.stage,
            text: name.isInternal ? record.name : name.instruction,
            outcome: outcome
        )
        step.started = record.started
        step.ended = record.completed
        if record.isUnfinished, dossier.record.status.isFinal, let started = record.started {
            step.ended = dossier.record.ended.map { max($0, started) }
        }
        step.error = record.error.isEmpty || outcome == .cancelled ? nil : record.error
        step.usual = Self.usual(usual)
        step.why = Self.why(reason, isInternal: name.isInternal)
    }

    private static func outcome(_ step: StepRecord, _ status: BuildStatus) -> ReportStep.Outcome {
        // BuildKit puts it so where another step failed, or where the client went away.
        if step.error.hasSuffix("context canceled") { return .cancelled }
        if !step.error.isEmpty { return .failed }
        if step.isCached { return .cached }
        guard step.started != nil else { return .waiting }
        guard step.completed == nil else { return .done }
        return status.isFinal ? .cancelled : .running
    }

    private static func usual(_ baseline: StepBaseline) -> ReportStep.Usual? {
        guard let median = baseline.median?.seconds, let spread = baseline.spread?.seconds else { return nil }
        let verdict: ReportStep.Verdict? =
            switch baseline.verdict {
            case .slower: .slower
            case .faster: .faster
            case .usual: .usual
            case .unknown: nil
            }
        return ReportStep.Usual(median: median, spread: spread, count: baseline.runs, verdict: verdict)
    }

    /// The sentence; nil where there is nothing to say, as of what the frontend does in each build by itself.
    private static func why(_ reason: StepExplanation, isInternal: Bool) -> String? {
        switch reason.outcome {
        case .unknown: return nil
        case .uncacheable where isInternal, .cached where isInternal, .first where isInternal: return nil
        default: break
        }
        return capitalized(reason.sentence) + "."
    }

    /// A sentence with a capital letter, where it doesn't begin with a name.
    private static func capitalized(_ text: String) -> String {
        let openers = ["probably ", "perhaps ", "its ", "no ", "the ", "it ", "a ", "an ", "earlier ", "this "]
        guard openers.contains(where: text.hasPrefix), let first = text.first else { return text }
        return first.uppercased() + text.dropFirst()
    }
}
