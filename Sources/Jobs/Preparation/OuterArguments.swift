import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile

/// Variables that are empty in a stage because their ARG stands before FROM, which only newer engines tell, and not of RUN.
///
/// Only a Dockerfile that is here, that can be read, and that Docker's own front end reads is looked at.
enum OuterArguments {
    /// What to tell of them, in the file's order.
    static func notices(of request: BuildRequest) -> [FieldMessage] {
        guard let dockerfile = ResolvedDockerfile(request), let text = try? dockerfile.text() else { return [] }
        let file = Dockerfile(parsing: text)
        let syntax = request.buildArgs["BUILDKIT_SYNTAX"] ?? file.directives.last { $0.name == "syntax" }?.value
        guard file.problems.isEmpty, TargetPrograms.isPlain(syntax) else { return [] }
        let most = 10
        return file.outerArgumentUses.prefix(most).map { use in
            FieldMessage("\(dockerfile.name):\(use.line): \(use.explanation)")
        }
    }
}
