package import CaissonBuildModel
import CaissonText

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

extension BuildRecord {
    /// The engine's address, which stays where its version changes: what stands behind ` at `; nil where no engine took it.
    package var engineAddress: String? {
        guard let engine else { return nil }
        let words = engine.pieces(at: " ")
        guard let at = words.lastIndex(of: "at"), at + 1 < words.count else { return engine }
        return words[(at + 1)...].joined(separator: " ")
    }
}
