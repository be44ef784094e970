import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel

/// What one solve is made of.
struct SolveJob: Sendable {
    /// The files.
    var inputs: ServedFiles
    /// The front end's options.
    var attributes: [String: String]
    /// What becomes of the result.
    var plan: ExportPlan?
    /// Where an image goes as a layout: `tar=false`.
    var layout: ServedLayout?
    /// Where `--load` goes through.
    var pipe: ImageLoadPipe?
    /// Caches that are written.
    var exports: [CachePlan.Entry] = []
    /// Caches that are read.
    var imports: [CachePlan.Entry] = []
    /// Whether the engine keeps it out of its history.
    var isInternal = false
    /// The build's reference.
    var ref = Session.makeID()
    /// The id of its session.
    var session = Session.makeID()
    /// Whether steps that run are a reason to stop: all was built before.
    var mustBeCached = false

    /// The same once more, under another reference and with another session.
    var again: SolveJob {
        var job = self
        job.ref = Session.makeID()
        job.session = Session.makeID()
        return job
    }

    /// The same for the sake of caches alone: nothing comes of it, and nothing is built that wasn't.
    func caching(_ exports: [CachePlan.Entry]) -> SolveJob {
        var job = again
        job.plan = nil
        job.layout = nil
        job.pipe = nil
        job.imports = []
        job.exports = exports
        job.mustBeCached = true
        job.attributes["no-cache"] = nil
        for key in job.attributes.keys where key.hasPrefix("attest:") { job.attributes[key] = nil }
        return job
    }
}
