import CaissonBuildContext
import CaissonBuildModel

extension CacheKeeping {
    /// After a failure: caches the stages that succeeded, where that was asked for.
    func saveStages(_ job: SolveJob) async {
        let exports = job.exports.filter { $0.spec.kind != .inline }
        guard run.request.caches.coversFailure, !exports.isEmpty else { return }
        let targets = CompletedStages(run.events.steps).targets
        guard !targets.isEmpty else { return run.warn("no stage had succeeded before the failure, so none is cached") }
        guard let job = covering(targets, job) else { return }
        for entry in exports {
            do {
                guard let failure = try await save([entry], job) else {
                    run.events.receive(.notice("cached the stages that succeeded: \(targets.joined(separator: ", "))"))
                    continue
                }
                run.warn("the \(entry.spec.name) can't be written: \(NetworkFailure.brief(failure))")
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
    private func covering(_ targets: [String], _ job: SolveJob) -> SolveJob? {
        var job = job
        let end = "caisson-completed-stages"
        guard targets.count > 1 else {
            job.attributes["target"] = targets[0]
            return job
        }
        guard let source = ResolvedDockerfile(run.request)?.excerptSource else {
            run.warn(
                "the Dockerfile isn't on this machine, so of the stages \(targets) that succeeded only one is cached"
            )
            job.attributes["target"] = targets.last
            return job
        }
        var text = String(decoding: source.data, as: UTF8.self) + "\nFROM scratch AS \(end)\n"
        for target in targets { text += "COPY --from=\(target) /\(end)-none* /\n" }
        job.inputs.replaceDockerfile(Array(text.utf8), of: run.request)
        job.attributes.merge(job.inputs.attributes) { _, new in new }
        job.attributes["target"] = end
        return job
    }
}
