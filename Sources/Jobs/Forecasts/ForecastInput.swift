package import CaissonBuildModel
import CaissonDockerfile

/// What a forecast is made from; the caller gathers it.
package struct ForecastInput: Sendable {
    /// A build that ran, with the text of its Dockerfile, as its steps' names don't tell ENV, USER and SHELL.
    package struct Past: Sendable {
        /// The build.
        package var dossier: BuildDossier
        /// Its Dockerfile; nil where that isn't known, and then steps are compared by their names alone.
        package var dockerfile: [UInt8]?
        /// Whether it ran on the engine that the next one runs on.
        package var isOfSameEngine: Bool

        /// Takes a build.
        package init(_ dossier: BuildDossier, dockerfile: [UInt8]?, isOfSameEngine: Bool) {
            self.dossier = dossier
            self.dockerfile = dockerfile
            self.isOfSameEngine = isOfSameEngine
        }
    }

    /// What is asked for.
    package var request: BuildRequest
    /// The Dockerfile as it is now.
    package var dockerfile: [UInt8]
    /// Earlier builds of the series, the newest first.
    package var past: [Past] = []
    /// What changed in each local context since the build that it names.
    package var contexts: [ContextChanges] = []
    /// The digests of base images now, by reference; a missing one isn't known.
    package var bases: [String: String] = [:]
    /// Since when the engine's own store has an image of a base's name, by reference; these aren't asked of a registry, and
    /// no step tells their digests.
    package var storedBases: [String: Timestamp] = [:]
    /// What was seen to leave the engine's cache.
    package var removals: [CacheRemoval] = []
    /// The records of the engine's cache now; nil where it couldn't be asked.
    package var records: [CacheRecord]?

    /// The base images that the build may ask for, without those that are named with their digests.
    package var baseImages: [String] {
        let plan = ForecastPlanner.plan(Dockerfile(parsing: dockerfile), ForecastAsked(request))
        let steps = plan.steps.filter { $0.keyword == .from && ForecastPast.pinned($0.text) == nil }
        return Set(steps.map { String($0.text.dropFirst("FROM ".count)) }).sorted()
    }

    /// Begins without a past.
    package init(_ request: BuildRequest, dockerfile: [UInt8]) {
        self.request = request
        self.dockerfile = dockerfile
    }
}
