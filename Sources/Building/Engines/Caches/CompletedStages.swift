import CaissonBuildContext
import CaissonBuildModel

/// Which stages of a build were done when it failed, by the names of their steps.
struct CompletedStages: Sendable {
    private struct Stage {
        var count = 0
        var done: Set<Int> = []
    }

    private var stages: [String: Stage] = [:]

    /// Reads steps by their names: `[build 2/4] RUN make`, `[linux/arm64 stage-1 1/2] FROM …`, `[2/3] COPY …`.
    init(_ steps: some Sequence<(name: String, isDone: Bool)>) {
        for step in steps {
            guard step.name.hasPrefix("["), let end = step.name.firstIndex(of: "]") else { continue }
            var words = step.name[step.name.index(after: step.name.startIndex)..<end].split(separator: " ")
            guard let place = words.popLast(), words.first != "internal" else { continue }
            let numbers = place.split(separator: "/").compactMap { Int($0) }
            guard numbers.count == 2, numbers[1] > 0 else { continue }
            // A platform stands before the stage where there are several.
            if words.first?.contains("/") == true { words.removeFirst() }
            let name = words.first.map(String.init) ?? ""
            stages[name, default: Stage()].count = max(stages[name]?.count ?? 0, numbers[1])
            if step.isDone { stages[name]?.done.insert(numbers[0]) }
        }
    }

    /// The targets of the stages all of whose steps are done; a stage without a name has its number.
    var targets: [String] {
        stages.filter { $0.value.done.count >= $0.value.count }.keys.sorted().compactMap { name in
            if name.isEmpty { return nil }
            return name.hasPrefix("stage-") ? Int(name.dropFirst(6)).map(String.init) ?? name : name
        }
    }
}

extension SolveRun {
    /// After a failure: caches the stages that succeeded, where that was asked for.
    func saveStages(_ parts: SolveParts) async {
        let exports = parts.exports.filter { $0.spec.kind != .inline }
        guard request.caches.coversFailure, !exports.isEmpty else { return }
        let targets = CompletedStages(events.steps).targets
        guard !targets.isEmpty else { return warn("--cache-on-failure: no stage had succeeded, so none is cached") }
        guard let parts = covering(targets, parts) else { return }
        for entry in exports {
            do {
                guard let failure = try await save([entry], parts) else {
                    events.receive(.notice("cached the stages that succeeded: \(targets.joined(separator: ", "))"))
                    continue
                }
                warn("the \(entry.spec.name) can't be written: \(NetworkFailure.brief(failure))")
            } catch {
                // Cancelled: the build's own failure is what is told.
                return
            }
        }
    }

    /// The build of some stages, and of no others.
    ///
    /// A cache is that of one target. For several, a last stage is made up that needs them all: a pattern that matches no
    /// file copies nothing from each.
    private func covering(_ targets: [String], _ parts: SolveParts) -> SolveParts? {
        var parts = parts
        let end = "caisson-completed-stages"
        guard targets.count > 1 else {
            parts.attributes["target"] = targets[0]
            return parts
        }
        guard let source = ResolvedDockerfile(request)?.excerptSource else {
            warn("--cache-on-failure: the Dockerfile isn't on this machine, so of \(targets) only one stage is cached")
            parts.attributes["target"] = targets.last
            return parts
        }
        var text = String(decoding: source.data, as: UTF8.self) + "\nFROM scratch AS \(end)\n"
        for target in targets { text += "COPY --from=\(target) /\(end)-none* /\n" }
        parts.inputs.replaceDockerfile(Array(text.utf8), of: request)
        parts.attributes.merge(parts.inputs.attributes) { _, new in new }
        parts.attributes["target"] = end
        return parts
    }
}
