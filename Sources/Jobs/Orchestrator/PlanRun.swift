import CaissonBuildModel

/// A plan on its way: begins nodes as the schedule says, and notes how they end.
struct PlanRun {
    private let plan: BuildPlan
    private let places: [String: Int]
    private let engine: any BuildEngine
    private let events: PlanEvents
    private let clock: PlanClock
    private let publish: PlanRunner.Publish?
    private let links: BuildLinks
    private let publication: JointPublication
    private var schedule: PlanSchedule
    private var report = PlanReport()

    /// Looks at a plan before any of its nodes begins.
    ///
    /// - Throws: `BuildError` where its nodes can't be run together.
    init(
        _ plan: BuildPlan,
        _ engine: any BuildEngine,
        _ events: PlanEvents,
        _ clock: PlanClock,
        _ publish: PlanRunner.Publish?
    ) throws(BuildError) {
        try plan.check()
        try plan.checkBaseImages(on: engine.identity.kind)
        var plan = plan
        publication = try JointPublication(&plan)
        if let group = publication.groupsToTag.first, publish == nil {
            throw BuildError(
                .unsupported,
                "nobody is there to publish \(group) together — publish its builds one by one"
            )
        }
        self.plan = plan
        self.engine = engine
        self.events = events
        self.clock = clock
        self.publish = publish
        places = Dictionary(plan.nodes.enumerated().map { ($1.name, $0) }) { first, _ in first }
        links = BuildLinks(dependents: plan.dependents)
        schedule = PlanSchedule(plan)
    }

    /// Runs it to its end.
    mutating func run() async -> PlanReport {
        var names = schedule.begin().begun
        while !names.isEmpty, !Task.isCancelled { names = await round(names) }
        for node in plan.nodes where report.nodes[node.name] == nil {
            report.nodes[node.name] = PlanReport.Node(.cancelled)
        }
        noteSharedFailures()
        noteWithheld()
        if Task.isCancelled, report.nodes.values.contains(where: { $0.outcome == .cancelled }) {
            report.errors.insert(BuildError(.cancelled, "the build was cancelled"), at: 0)
        }
        return report
    }

    /// Runs nodes, and what can begin as they end, until one fails.
    ///
    /// - Returns: What begins after a failure: the group that failed is cancelled, so that it needs another.
    private mutating func round(_ names: [String]) async -> [String] {
        await withTaskGroup(of: NodeRun.End.self) { group in
            for name in names { start(name, &group) }
            var later: [String] = []
            var isStopped = false
            while let end = await group.next() {
                let (begun, isLast) = await take(end)
                if isLast {
                    isStopped = true
                    group.cancelAll()
                }
                guard !isStopped else {
                    later += begun
                    continue
                }
                for name in begun where !Task.isCancelled { start(name, &group) }
            }
            return later
        }
    }

    /// Notes how a node ended.
    ///
    /// - Returns: The nodes that begin now, and whether those that run are to be stopped.
    private mutating func take(_ end: NodeRun.End) async -> (begun: [String], isLast: Bool) {
        let errors = report.errors.count
        let begun = await note(end)
        guard report.errors.count > errors, !plan.keepsGoing else { return (begun, false) }
        return (begun + settle(schedule.stop()), true)
    }

    private func start(_ name: String, _ group: inout TaskGroup<NodeRun.End>) {
        guard let place = places[name] else { return }
        var node = plan.nodes[place]
        addImages(&node)
        let run = NodeRun(node: node, place: place, engine: engine, links: links, events: events, clock: clock)
        group.addTask { await run.run() }
    }

    /// Gives a node the images of those that it waited for as named contexts.
    private func addImages(_ node: inout BuildPlan.Node) {
        for dependency in node.dependencies {
            guard case .image(as: let name) = dependency.condition, let place = places[dependency.node],
                case .succeeded(let result)? = report.nodes[dependency.node]?.outcome,
                let image = BaseImage(of: plan.nodes[place].request, on: engine.identity.kind)
            else { continue }
            node.request.contexts[name] = image.reference(result).map { .image($0) }
        }
    }

    /// Notes how a node ended, and publishes what waited for it.
    ///
    /// - Returns: The nodes that begin now.
    private mutating func note(_ end: NodeRun.End) async -> [String] {
        let name = end.name
        var ended = end.report
        var ending = PlanSchedule.Ending.well
        switch ended.outcome {
        case .succeeded, .answered: break
        case .skipped: ending = .skipped
        case .cancelled:
            ending = .cancelled
            noteStray(name)
        case .failed(let error):
            ending = .failed
            if let source = links.missing(for: name) {
                ended.outcome = .skipped(tellSkipped(name, PlanSchedule.Ending.failed.reason(source)))
            } else {
                ended.outcome = .failed(fail(name, error))
            }
        }
        report.nodes[name] = ended
        // Only now, so that it is the first to be known as failed, and not those that are built from it.
        links.end(name)
        let begun = settle(schedule.end(name, ending))
        if ending == .well { await publishGroup(of: name) }
        return begun
    }

    /// Notes what doesn't begin any more; returns what does.
    private mutating func settle(_ turn: PlanSchedule.Turn) -> [String] {
        for (name, reason) in turn.skipped {
            report.nodes[name] = PlanReport.Node(.skipped(tellSkipped(name, reason)))
            links.end(name)
        }
        for name in turn.cancelled {
            report.nodes[name] = PlanReport.Node(.cancelled)
            links.end(name)
        }
        return turn.begun
    }

    private func tellSkipped(_ name: String, _ reason: String) -> String {
        tell(.notice(FieldMessage(reason)), of: name)
        return reason
    }

    private func tell(_ kind: BuildEvent.Kind, of name: String) {
        guard let place = places[name] else { return }
        events.sink(of: plan.nodes[place], at: place).tell(kind)
    }

    /// Notes an error, with the node's name before it where there are several.
    private mutating func fail(_ name: String, _ error: BuildError) -> BuildError {
        var error = error
        if error.code == .unsupported, publication.concerns(name) {
            error.wording = error.wording + " — what is published together is pushed by its digest first"
        }
        error = named(name, error)
        report.errors.append(error)
        return error
    }

    private func named(_ name: String, _ error: BuildError) -> BuildError {
        guard plan.nodes.count > 1 else { return error }
        var error = error
        error.wording = "\(name): \(message: error.wording)"
        return error
    }

    /// Notes a node that was stopped by neither us nor a failure: by somebody else at the engine.
    private mutating func noteStray(_ name: String) {
        guard !Task.isCancelled, report.errors.isEmpty else { return }
        report.errors.append(named(name, BuildError(.cancelled, "the build was cancelled")))
    }
}

extension PlanRun {
    /// Says of the nodes that failed in a step of their source that the source failed.
    private mutating func noteSharedFailures() {
        for (name, source) in report.sharedFailures(plan) {
            guard case .failed(let error)? = report.nodes[name]?.outcome else { continue }
            report.errors.removeAll { $0 == error }
            let reason = tellSkipped(name, PlanSchedule.Ending.failed.reason(source))
            report.nodes[name]?.outcome = .skipped(reason)
        }
    }

    /// Sets the tags of a group whose last node ended well.
    private mutating func publishGroup(of name: String) async {
        do {
            guard let publish, let due = try publication.due(name, report.nodes) else { return }
            do {
                try await publish(due)
            } catch {
                return noteUnpublished(due, error)
            }
            for publication in due { notePublished(publication) }
        } catch {
            let failure = fail(name, error)
            report.nodes[name]?.outcome = .failed(failure)
        }
    }

    private mutating func notePublished(_ publication: Publication) {
        let names = publication.tags.map(\.description)
        if case .succeeded(var result)? = report.nodes[publication.node]?.outcome {
            result.exporterResponse["image.name"] = names.joined(separator: ",")
            report.nodes[publication.node]?.outcome = .succeeded(result)
        }
        let image = ImageArtifact(names: names, digest: publication.digest, id: nil, isPushed: true)
        tell(.artifact(.image(image)), of: publication.node)
    }

    private mutating func noteUnpublished(_ due: [Publication], _ error: any Error) {
        let cause = error as? BuildError ?? BuildError(error is CancellationError ? .cancelled : .engine, "\(error)")
        let nodes = due.map(\.node)
        let wording: FieldMessage = "the tags can't be set: \(message: cause.wording)"
        for node in nodes {
            let failure = named(node, BuildError(cause.code, wording))
            report.nodes[node]?.outcome = .failed(failure)
        }
        guard !Task.isCancelled else { return }
        report.errors.append(named(nodes.joined(separator: ", "), BuildError(cause.code, wording)))
    }

    /// Says of what was built that it has no tags, as another that is published together with it wasn't.
    private mutating func noteWithheld() {
        for (node, cause) in publication.withheld(report.nodes) {
            var words: FieldMessage =
                "built, but its tags aren't set: \(cause), published together with it, wasn't built"
            words.isOfLoss = true
            tell(.notice(words), of: node)
            let failure = named(node, BuildError(.output, words))
            report.nodes[node]?.outcome = .failed(failure)
        }
    }
}
