package import CaissonBuildModel

/// What is asked of an engine to run a job.
package struct JobEngine: Sendable {
    /// The engine as it is named in records.
    package var name: String
    /// Runs a build to its end.
    package var build: @Sendable (BuildRequest, any BuildEventSink) async throws -> BuildResult
    /// Removes the records of the build cache that a filter of containerd's language finds.
    package var remove: @Sendable (String) async throws -> Void

    /// Makes an engine.
    package init(
        name: String,
        build: @escaping @Sendable (BuildRequest, any BuildEventSink) async throws -> BuildResult,
        remove: @escaping @Sendable (String) async throws -> Void
    ) {
        (self.name, self.build, self.remove) = (name, build, remove)
    }
}
