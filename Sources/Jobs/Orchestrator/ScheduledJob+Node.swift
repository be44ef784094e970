import CaissonBuildModel
import CaissonText

extension ScheduledJob {
    /// The job that a node of a plan is, by its place in the plan.
    ///
    /// - Parameter places: The places of all nodes, by their names.
    init(_ place: Int, _ node: BuildPlan.Node, _ places: [String: Int], _ limits: SchedulerLimits) {
        self.init(JobID(place), node.name)
        dependencies = node.dependencies.compactMap { dependency in
            places[dependency.node].map { Dependency(on: JobID($0), dependency.condition) }
        }
        level = limits.level(of: node.policy.priority)
        project = node.policy.project ?? ""
        needs = node.policy.needs
        timeout = node.policy.timeout ?? limits.buildTimeout
        stepTimeout = limits.stepTimeout
        silenceTimeout = node.policy.silenceTimeout
        retry = node.policy.retry ?? limits.retry
        batch = 0
        guard node.question == nil else { return }
        pushes = Set(node.request.pushedTags.map(\.description))
        imports = Set(node.request.caches.sources.filter(\.isLimited).map(\.name))
    }
}

extension BuildRequest {
    /// The tags that it sets in registries by itself.
    fileprivate var pushedTags: [ImageReference] {
        exports.flatMap { export -> [ImageReference] in
            guard case .image(let attributes, isPushed: true) = export, !attributes.pushesByDigest else { return [] }
            return tags.isEmpty ? (try? attributes.names()) ?? [] : tags
        }
    }
}

extension CacheSpec {
    /// Whether it is kept by a service that counts requests.
    fileprivate var isLimited: Bool { kind == .registry || kind == .gha }
}

extension JobExpiry {
    /// What a job fails with whose time ran out.
    var error: BuildError {
        switch self {
        case .build(let limit):
            BuildError(.deadlineExceeded, "the build took longer than its timeout of \(Timespan(limit))")
        case .step(let name, let limit):
            BuildError(
                .deadlineExceeded,
                "the step \(name.quoted) took longer than the timeout of \(Timespan(limit)) for a step",
                step: FailedStep(vertex: "", name: name)
            )
        case .silence(let limit):
            BuildError(
                .deadlineExceeded,
                "the build said nothing for \(Timespan(limit)); it is taken for hung — allow more silence if it isn't"
            )
        }
    }
}

extension JobRefusal {
    private func waiting(_ count: Int) -> String { count == 1 ? "a build waits" : "\(count) builds wait" }

    /// What a job fails with that isn't taken.
    var error: BuildError {
        switch self {
        case .queueIsFull(let size):
            BuildError(.engine, "it isn't queued, as \(waiting(size)) already — try again when some have ended")
        case .exceeds("network"):
            BuildError(.usage, "it needs the network, which builds may not use here — build it without")
        case .exceeds(let what):
            BuildError(
                .usage,
                "it needs more of \(what) than builds may take here — let it need less, or raise the limit"
            )
        case .known, .unknownDependency, .circle:
            BuildError(.usage, "it can't be ordered among the builds it depends on — check what depends on what")
        }
    }
}
