package import CaissonBuildModel

/// Says of each step of a build why it ran, by what earlier builds, requests, contexts and removals tell.
///
/// BuildKit finds a result by a key that it makes of the step's definition and of its inputs' keys; of the files that
/// a COPY takes or a RUN only reads through a mount it makes the key of their content. So a step runs where its own
/// definition is new, where a step below it ran, where files differ, or where the result is gone. A step's digest is
/// that of its definition with all below it: where it is the same in two builds, definition and inputs are. Below a
/// local context it is never the same, as BuildKit writes a random id into that (`client/llb/source.go`), so that
/// less can be proved there.
package enum MissExplanation {
    /// An explanation for each step, in order.
    ///
    /// - Parameters:
    ///   - build: The build, which may still run.
    ///   - earlier: Earlier builds of its series, the newest first, however they ended.
    ///   - removals: What was seen to leave caches of engines, in any order.
    package static func explain(
        _ build: BuildDossier,
        earlier: [BuildDossier],
        removals: [CacheRemoval]
    ) -> [StepExplanation] {
        var finder = MissFinder(build, earlier: earlier, removals: removals)
        return finder.explanations()
    }
}
