import CaissonBuildModel

extension PlanRun {
    /// Notes how a node ended, and publishes what waited for it.
    mutating func settle(_ job: JobID, _ ending: JobEnding) async {
        let name = plan.nodes[job.number].name
        var node = PlanReport.Node(outcome(of: job, ending))
        if let beginning = beginnings[job] {
            node.started = beginning.time
            node.duration = runner.clock.now() - beginning.start
            node.attempts = beginning.attempts
        }
        report.nodes[name] = node
        // Only now, so that it is the first to be known as failed, and not those that are built from it.
        links.end(name)
        noteSharedFailures()
        defer { tellEnds() }
        guard ending == .succeeded else { return }
        let errors = report.errors.count
        await publishGroup(of: name)
        if report.errors.count > errors { desk.tell(.batchFailed(Self.batch)) }
    }

    private mutating func outcome(of job: JobID, _ ending: JobEnding) -> PlanReport.Outcome {
        let name = plan.nodes[job.number].name
        switch (ending, outcomes[job]) {
        case (.succeeded, let outcome?): return outcome
        case (.failed, .failed(let error)?), (.timedOut, .failed(let error)?): return .failed(fail(name, error))
        case (.timedOut(let what), _): return .failed(fail(name, what.error))
        case (.skipped(let cause?), _):
            return .skipped(tellSkipped(name, cause.kind.reason(plan.nodes[cause.job.number].name)))
        case (.skipped(nil), _):
            let source = links.missing(for: name) ?? "what it is built from"
            return .skipped(tellSkipped(name, JobEnding.Kind.failed.reason(source)))
        case (.cancelled(.elsewhere), _): noteStray(name)
        case (.cancelled(.asked), _) where !Task.isCancelled:
            report.errors.append(named(name, BuildError(.cancelled, "the build was cancelled")))
        case (.succeeded, nil), (.failed, _), (.cancelled, _): break
        }
        return .cancelled
    }

    /// Notes that a node isn't run at all.
    mutating func note(_ refusal: JobRefusal, of job: JobID) {
        let name = plan.nodes[job.number].name
        let node = PlanReport.Node(.failed(fail(name, refusal.error)))
        report.nodes[name] = node
        links.end(name)
        tellEnds()
        desk.tell(.batchFailed(Self.batch))
    }

    /// Tells the observer how nodes ended that it doesn't know of, each but once.
    ///
    /// - Parameter isOver: Whether nothing more comes that could change what became of a node.
    mutating func tellEnds(isOver: Bool = false) {
        for place in plan.nodes.indices {
            let name = plan.nodes[place].name
            guard !told.contains(name), let node = report.nodes[name], isOver || !awaitsMore(name, node) else {
                continue
            }
            told.insert(name)
            runner.observer?.hear(name, .ended(node))
        }
    }

    /// Whether what became of a node may still have to be said otherwise: where it failed in a step that may be one of a source
    /// that hasn't ended, and where it waits for others to be published with it.
    private func awaitsMore(_ name: String, _ node: PlanReport.Node) -> Bool {
        switch node.outcome {
        case .failed(let error): error.step != nil && sources(of: name).contains { report.nodes[$0] == nil }
        case .succeeded: publication.concerns(name) && !published.contains(name)
        case .answered, .skipped, .cancelled: false
        }
    }

    private func tellSkipped(_ name: String, _ reason: String) -> String {
        tell(.notice(FieldMessage(reason)), of: name)
        return reason
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
    mutating func noteSharedFailures() {
        for node in plan.nodes { blamed[node.name].map { blame($0, for: node.name) } }
        for (name, source) in report.sharedFailures(plan) {
            guard case .failed(let error)? = report.nodes[name]?.outcome else { continue }
            report.errors.removeAll { $0 == error }
            let reason = tellSkipped(name, JobEnding.Kind.failed.reason(source))
            report.nodes[name]?.outcome = .skipped(reason)
        }
    }

    /// Says of a source that it failed, where it was stopped because a node failed first in a step of it.
    private mutating func blame(_ source: String, for name: String) {
        guard case .failed(let error)? = report.nodes[name]?.outcome, case .cancelled? = report.nodes[source]?.outcome,
            let place = plan.nodes.firstIndex(where: { $0.name == name }),
            case .failed(let bare)? = outcomes[JobID(place)]
        else { return }
        let own = named(source, bare)
        report.errors = report.errors.map { $0 == error ? own : $0 }
        report.nodes[source]?.outcome = .failed(own)
        let reason = tellSkipped(name, JobEnding.Kind.failed.reason(source))
        report.nodes[name]?.outcome = .skipped(reason)
    }

    /// Sets the tags of a group whose last node ended well.
    private mutating func publishGroup(of name: String) async {
        do {
            guard let publish = runner.publish, let due = try publication.due(name, report.nodes) else { return }
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
        published.insert(publication.node)
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
    mutating func noteWithheld() {
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
