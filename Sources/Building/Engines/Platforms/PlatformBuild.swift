import CaissonText
import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel

/// A build for several platforms, on one engine or several: as one build where an engine can, else as one a part, whose
/// images become one index in the registry.
struct PlatformBuild: Sendable {
    let nodes: [Builder.Node]
    let request: BuildRequest
    let scope: BuildScope

    private var events: StepTracker { scope.events }

    /// Plans the parts and builds them.
    func run() async throws -> BuildResult {
        let known = try await PlatformPlan.Node.all(of: nodes)
        let plan = PlatformPlan(request, nodes: known)
        guard plan.parts.count > 1 else {
            let part = plan.parts[0]
            var request = request
            if part.platforms.count == 1, let own = request.platformBuildArgs[part.platforms[0]] {
                request.buildArgs.merge(own) { _, own in own }
            }
            request.platformBuildArgs = [:]
            if known[part.node].isMeant(for: part.platforms) { request.runsTargetPrograms = false }
            return try await EngineBuild(nodes[part.node].engine, request, scope).run()
        }
        try PlatformBuild.checkInput(request)
        try PlatformOutputs.checkMirrors(request, plan.parts)
        let outputs = try PlatformOutputs(request, engines: plan.parts.map { known[$0.node].features })
        let names = plan.parts.map { "\($0.label) on \(nodes[$0.node].name)" }.joined(separator: ", ")
        events.receive(.attempt(BuildAttempt(on: names, limit: request.retries + 1)))
        let start = ContinuousClock.now
        let results = try await build(plan.parts, outputs, known)
        try PlatformOutputs.removeOthers(request, plan.parts)
        var result = BuildResult(ref: scope.ref)
        if !outputs.names.isEmpty {
            let images = zip(plan.parts, results).map { part, result in
                PlatformImage(part: part, result: result, node: nodes[part.node], features: known[part.node].features)
            }
            try await IndexAssembly(outputs: outputs, options: nodes[0].engine.options, events: events)
                .merge(images, into: &result)
        }
        for (part, own) in zip(plan.parts, results) { result.addProvenance(of: own, part.platforms) }
        result.statistics = statistics(of: results, since: start)
        return result
    }

    /// The size of a pool's result is that of all its images; what one of them doesn't tell, nobody knows.
    private func statistics(of results: [BuildResult], since start: ContinuousClock.Instant) -> BuildStatistics {
        let sizes = results.map(\.statistics)
        var statistics = events.statistics
        statistics.imageSize = BuildStatistics.sum(of: sizes.map(\.imageSize))
        statistics.isImageSizePacked = sizes.contains(where: \.isImageSizePacked)
        statistics.layers = BuildStatistics.sum(of: sizes.map(\.layers))
        statistics.duration = ContinuousClock.now - start
        return statistics
    }

    /// Builds the parts side by side; the first that fails ends the others.
    private func build(
        _ parts: [PlatformPlan.Part],
        _ outputs: PlatformOutputs,
        _ known: [PlatformPlan.Node]
    ) async throws -> [BuildResult] {
        try await withThrowingTaskGroup(of: (Int, BuildResult).self) { group in
            for (index, part) in parts.enumerated() {
                let engine = nodes[part.node].engine
                var request = outputs.request(request, part, known[part.node].features)
                if known[part.node].isMeant(for: part.platforms) { request.runsTargetPrograms = false }
                var own = scope
                own.ref = Session.makeID()
                own.events = StepTracker(
                    PlatformEvents(next: events.receive, place: index, label: part.label).receive
                )
                let (steps, build) = (own.events, EngineBuild(engine, request, own))
                group.addTask {
                    do {
                        return (index, try await build.run())
                    } catch {
                        // Cancelled along with the others, it isn't the cause.
                        if Task.isCancelled { throw CancellationError() }
                        var failure = BuildError.of(error, steps: steps) { ResolvedDockerfile(request)?.excerptSource }
                        failure.wording = "\(part.label): \(message: failure.wording)"
                        throw failure
                    }
                }
            }
            var results = [BuildResult?](repeating: nil, count: parts.count)
            for try await (index, result) in group { results[index] = result }
            return results.compactMap(\.self)
        }
    }

    /// Standard input can be read once only.
    private static func checkInput(_ request: BuildRequest) throws(BuildError) {
        guard request.context == .tarOnInput else { return }
        throw BuildError(
            .unsupported,
            "a build context on standard input can't be built once a platform, which this engine or builder needs — unpack "
                + "it into a directory and build that"
        )
    }
}

extension BuildStatistics {
    /// The sum of figures; nil where one is missing, or there are none.
    fileprivate static func sum<Number: FixedWidthInteger>(of figures: [Number?]) -> Number? {
        let known = figures.compactMap(\.self)
        return known.isEmpty || known.count < figures.count ? nil : known.clampedSum
    }
}

extension BuildResult {
    /// Takes over a part's provenance, under its platform, which an engine doesn't name in a result of one.
    fileprivate mutating func addProvenance(of part: BuildResult, _ platforms: [Platform]) {
        let key = "buildx.build.provenance"
        for (name, value) in part.exporterResponse where name == key || name.hasPrefix(key + "/") {
            let own = name == key ? platforms.first.map { "\(key)/\($0.description)" } : nil
            exporterResponse[own ?? name] = value
        }
    }
}

/// The image of one part, as its engine made it.
struct PlatformImage: Sendable {
    var part: PlatformPlan.Part
    var result: BuildResult
    var node: Builder.Node
    var features: EngineFeatures
}

extension PlatformPlan.Node {
    /// What each node can do, asked side by side.
    static func all(of nodes: [Builder.Node]) async throws -> [PlatformPlan.Node] {
        try await withThrowingTaskGroup(of: (Int, EngineFeatures).self) { group in
            for (index, node) in nodes.enumerated() {
                group.addTask { (index, try await node.engine.features()) }
            }
            var found: [Int: EngineFeatures] = [:]
            for try await (index, features) in group { found[index] = features }
            return nodes.indices.compactMap { index in
                found[index].map {
                    PlatformPlan.Node(
                        name: nodes[index].name,
                        declared: nodes[index].declared,
                        features: $0,
                        emulators: nodes[index].engine.localEmulators
                    )
                }
            }
        }
    }
}
