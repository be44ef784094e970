package import CaissonBuildModel

/// What builds have in common that can be compared with each other: the same target of the same project, or the same
/// Dockerfile, stage and platforms of the same directory.
package struct BuildSeries: Sendable, Hashable {
    /// The directory that the build was asked for in; nil where a program did that through the library.
    package var directory: String?
    /// The project that it belongs to.
    package var project: String?
    /// The name of the target or of the step of a task; nil for a build by itself.
    package var name: String?
    /// The context, the Dockerfile, the stage: what tells builds without a name apart.
    package var source: [String?] = []
    /// What it is built for.
    package var platforms: [String]

    /// The series of a build.
    package init(_ submission: BuildSubmission) {
        directory = submission.invocation?.directory
        project = submission.project
        name = submission.name
        platforms = submission.platforms
        if name == nil { source = [submission.context, submission.dockerfile, submission.target] }
    }
}
