import CaissonBuildModel

/// A plan on its way: does what the scheduler decides, and notes how nodes end.
struct PlanRun {
    let plan: BuildPlan
    private let places: [String: Int]
    let runner: PlanRunner
    private let events: PlanEvents
    let links: BuildLinks
    let publication: JointPublication
    let desk: SchedulerDesk
    /// The attempts that are under way.
    private var controls: [AttemptID: AttemptControl] = [:]
    /// How the last attempts of nodes ended.
    private(set) var outcomes: [JobID: PlanReport.Outcome] = [:]
    /// The sources whose step nodes failed in, by the nodes' names.
    private(set) var blamed: [String: String] = [:]
    /// When nodes began, and how often.
    private(set) var beginnings: [JobID: Beginning] = [:]
    var report = PlanReport()
    /// The nodes whose ends the observer knows.
    var told: Set<String> = []
    /// The nodes whose tags are set, as all that is published with them was built.
    var published: Set<String> = []

    /// When a node began, and how often.
    struct Beginning {
        var time: Timestamp
        var start: Duration
        var attempts: Int
    }

    /// All nodes of a plan fail together.
    static let batch = 0

    /// Looks at a plan before any of its nodes begins.
    ///
    /// - Throws: `BuildError` where its nodes can't be run together.
    init(_ plan: BuildPlan, _ runner: PlanRunner, _ events: PlanEvents) throws(BuildError) {
        try plan.check()
        try plan.checkBaseImages(on: runner.engine.identity.kind)
        var plan = plan
        publication = try JointPublication(&plan)
        if let group = publication.groupsToTag.first, runner.publish == nil {
            throw BuildError(
                .unsupported,
                "nobody is there to publish \(group) together — publish its builds one by one"
            )
        }
        self.plan = plan
        self.runner = runner
        self.events = events
        places = Dictionary(plan.nodes.enumerated().map { ($1.name, $0) }) { first, _ in first }
        links = BuildLinks(dependents: plan.dependents)
        desk = SchedulerDesk(runner.limits, runner.clock)
    }

    /// Runs it to its end.
    mutating func run() async -> PlanReport {
        if !Task.isCancelled {
            let desk = desk
            await withTaskCancellationHandler {
                await drive()
            } onCancel: {
                desk.tell(.allCancelled)
            }
        }
        for node in plan.nodes where report.nodes[node.name] == nil {
            report.nodes[node.name] = PlanReport.Node(.cancelled)
        }
        noteSharedFailures()
        noteWithheld()
        tellEnds(isOver: true)
        if Task.isCancelled, report.nodes.values.contains(where: { $0.outcome == .cancelled }) {
            report.errors.insert(BuildError(.cancelled, "the build was cancelled"), at: 0)
        }
        return report
    }

    /// Gives the scheduler the nodes, and does what it decides until all have ended.
    private mutating func drive() async {
        await withDiscardingTaskGroup { group in
            runner.observer?.begins(PlanQueue(names: plan.nodes.map(\.name), desk: desk))
            if plan.keepsGoing { desk.tell(.keepsGoing(batch: Self.batch)) }
            desk.tell(.submitted(plan.nodes.enumerated().map { ScheduledJob($0, $1, places, runner.limits) }))
            while let words = await desk.next() {
                for word in words { await heed(word, &group) }
            }
            // Whoever waits for a time that nothing depends on any more.
            group.cancelAll()
        }
    }

    private mutating func heed(_ word: SchedulerDesk.Word, _ group: inout DiscardingTaskGroup) async {
        switch word {
        case .ended(let end): note(end)
        case .decided(.start(let attempt)): start(attempt, &group)
        case .decided(.wake(at: let time)): wake(at: time, &group)
        case .decided(.end(let job, let ending)): await settle(job, ending)
        case .decided(let action): heed(action)
        }
    }

    private mutating func heed(_ action: SchedulerAction) {
        switch action {
        case .goOn(let attempt): controls[attempt]?.goOn()
        case .cancel(let attempt, let cause): controls[attempt]?.stop(cause)
        case .abandon(let attempt): controls[attempt] = nil
        case .retry(let attempt, let cause, after: _): announce(attempt, cause)
        case .refuse(let job, let refusal): note(refusal, of: job)
        case .allocated, .released, .start, .end, .wake: break
        }
    }

    private func wake(at time: Duration, _ group: inout DiscardingTaskGroup) {
        let (desk, clock) = (desk, runner.clock)
        group.addTask {
            do {
                try await clock.sleep(time - clock.now())
                desk.tell(.timePassed)
            } catch {
                // Cancelled: whatever waits for a time has ended with that.
            }
        }
    }

    private mutating func start(_ attempt: AttemptID, _ group: inout DiscardingTaskGroup) {
        let place = attempt.job.number
        var node = plan.nodes[place]
        addImages(&node)
        let job = ScheduledJob(place, node, places, runner.limits)
        let control = AttemptControl(attempt, of: job, at: desk)
        controls[attempt] = control
        let beginning = Beginning(time: .now, start: runner.clock.now(), attempts: 0)
        beginnings[attempt.job, default: beginning].attempts += 1
        var run = NodeRun(node: node, control: control, engine: runner.engine, links: links, events: events)
        run.gate = runner.gate
        group.addTask { [desk, run] in desk.note(await run.run()) }
    }

    /// Gives a node the images of those that it waited for as named contexts.
    private func addImages(_ node: inout BuildPlan.Node) {
        for dependency in node.dependencies {
            guard case .image(as: let name) = dependency.condition, let place = places[dependency.node],
                case .succeeded(let result)? = report.nodes[dependency.node]?.outcome,
                let image = BaseImage(of: plan.nodes[place].request, on: runner.engine.identity.kind)
            else { continue }
            node.request.contexts[name] = image.reference(result).map { .image($0) }
        }
    }

    /// Tells the scheduler how an attempt ended.
    private mutating func note(_ end: NodeRun.End) {
        // Where all is cancelled, that an attempt ended isn't to be heard of before that.
        if Task.isCancelled { desk.tell(.allCancelled) }
        let name = plan.nodes[end.attempt.job.number].name
        if controls.removeValue(forKey: end.attempt) != nil { outcomes[end.attempt.job] = end.outcome }
        if case .failed(let error) = end.outcome, let step = error.step?.vertex { blamed[name] = owner(of: step, name) }
        if case .failed = end.outcome, links.missing(for: name) != nil {
            desk.tell(.ended(end.attempt, .skipped))
        } else {
            desk.tell(.ended(end.attempt, end.outcome.attemptEnd))
        }
    }

    /// The source of a node that has the step in which it failed, and hasn't failed itself so far; nil where that is none.
    ///
    /// Both run the step, and the engine tells either of them first.
    private func owner(of step: String, _ name: String) -> String? {
        var owner: String?
        var (rest, seen): ([String], Set<String>) = (sources(of: name), [])
        while let next = rest.popLast() {
            let control = controls.first { plan.nodes[$0.key.job.number].name == next }?.value
            guard seen.insert(next).inserted, control?.has(step: step) == true else { continue }
            owner = next
            rest = sources(of: next)
        }
        return owner
    }

    func sources(of name: String) -> [String] { places[name].map { plan.nodes[$0].sources.sorted() } ?? [] }

    /// Tells that a node is tried again.
    private func announce(_ attempt: AttemptID, _ cause: RetryPolicy.Cause) {
        let node = plan.nodes[attempt.job.number]
        guard case .failed(let error)? = outcomes[attempt.job] else { return }
        links.restart(node.name)
        let limit = (node.policy.retry ?? runner.limits.retry)?.attempts ?? attempt.number
        var next = BuildAttempt(again: "the build", number: attempt.number, limit: limit, reason: error.message)
        next.cause = cause
        tell(.attempt(next), of: node.name)
    }

    /// Tells of something that happened to a node.
    func tell(_ kind: BuildEvent.Kind, of name: String) {
        guard let place = places[name] else { return }
        if case .attempt = kind {
            let id = plan.nodes[place].request.id ?? BuildID()
            let event = BuildEvent(build: id, sequence: 0, time: .now, kind: kind)
            runner.observer?.hear(name, .event(event))
        }
        events.sink(of: plan.nodes[place], at: place).tell(kind)
    }
}
