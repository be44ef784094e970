import CaissonBuildModel
import CaissonForecasts

/// A series of builds on a simulated engine, with the records that a history keeps.
struct SimulatedSeries {
    var engine = SimulatedEngine()
    var past: [ForecastInput.Past] = []
    private var sent: [String: Int]?
    private var sender: BuildID?
    private var count: Int64 = 0

    /// The tally of a forecast against what happened.
    struct Tally {
        var right = 0, unknown = 0, wrong = 0
        var mistakes: [String] = []
    }

    mutating func build(_ world: SimulatedWorld) {
        count += 1
        if world.isOtherEngine {
            engine = SimulatedEngine()
            for place in past.indices { past[place].isOfSameEngine = false }
        }
        world.tidying?(&engine)
        let steps = engine.run(world)
        let id = BuildID()
        var record = BuildRecord(BuildSubmission(world.request, id, .build, at: Timestamp(seconds: count * 1000)))
        record.status = steps.contains(where: \.isFailed) ? .failed : .succeeded
        record.started = Timestamp(seconds: count * 1000)
        record.ended = Timestamp(seconds: count * 1000 + 100)
        var dossier = BuildDossier(record)
        dossier.steps = steps.filter { !$0.isTwin }.enumerated().map { place, step in
            var record = StepRecord(place + 1, digest: "sha256:\(place)", name: step.name)
            guard step.hasBegun else { return record }
            record.started = Timestamp(seconds: count * 1000 + Int64(place))
            record.completed = Timestamp(seconds: count * 1000 + Int64(place) + 2)
            record.isCached = step.isCached
            record.error = step.isFailed ? "exit code: 1" : ""
            return record
        }
        dossier.contexts = [changes(to: world.files)]
        (sent, sender) = (world.files, id)
        let text = world.keepsText ? Array(world.file.text.utf8) : nil
        past.insert(ForecastInput.Past(dossier, dockerfile: text, isOfSameEngine: true), at: 0)
    }

    private func changes(to files: [String: Int]) -> ContextChanges {
        var changes = ContextChanges(of: "context", files: files.count, since: sender)
        guard let sent else { return changes }
        for path in Set(sent.keys).union(files.keys).sorted() where sent[path] != files[path] {
            let kind: ContextChange.Kind = sent[path] == nil ? .added : files[path] == nil ? .removed : .content
            changes.changes.append(
                ContextChange(kind, path, before: sent[path].map { UInt64($0) }, after: files[path].map { UInt64($0) })
            )
        }
        return changes
    }

    /// What a forecast is made from.
    func input(_ world: SimulatedWorld) -> ForecastInput {
        var input = ForecastInput(world.request, dockerfile: Array(world.file.text.utf8))
        input.past = past
        input.contexts = [changes(to: world.files)]
        if world.knowsBases { for name in world.bases.keys { input.bases[name] = world.digest(of: name) } }
        input.removals = engine.removals.reversed()
        return input
    }

    /// Forecasts a build, and then runs it.
    mutating func check(_ world: SimulatedWorld) -> Tally {
        if world.isOtherEngine {
            engine = SimulatedEngine()
            for place in past.indices { past[place].isOfSameEngine = false }
        }
        world.tidying?(&engine)
        let forecast = BuildForecast(of: input(world))
        var run = engine
        let truth = run.run(world)
        var tally = Tally()
        if truth.count != forecast.steps.count {
            tally.wrong += 1
            tally.mistakes.append("\(truth.map(\.name)) \(forecast.steps.map(\.name)) \(forecast.problem ?? "")")
        }
        for (step, real) in zip(forecast.steps, truth) where real.hasBegun {
            let name = real.name.split(separator: "@sha256").first.map(String.init) ?? ""
            if name != step.name { tally.mistakes.append("\(step.name) is named \(name)") }
            if step.outcome == .unknown {
                tally.unknown += 1
            } else if (step.outcome == .cached) == real.isCached {
                tally.right += 1
            } else {
                tally.wrong += 1
                tally.mistakes.append("\(name): \(step.outcome), \(step.cause.words)")
            }
        }
        return tally
    }
}
