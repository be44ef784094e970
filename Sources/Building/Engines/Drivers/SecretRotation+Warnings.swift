import CaissonBuildContext
import CaissonBuildModel
import CaissonSecrets
import CaissonText

extension SecretRotation {
    /// What the Dockerfile lacks, a line for each secret that would not rebuild its steps.
    func warnings(for request: BuildRequest) -> [String] {
        guard !secrets.isEmpty, let dockerfile = ResolvedDockerfile(request)?.excerptSource else { return [] }
        let finder = InstructionFinder(dockerfile.data)
        return secrets.compactMap { secret in
            let name = secret.rotationArgument
            return finder.line(mounting: secret.id, without: name).map { line in
                "secret \(secret.id.quoted): the step in line \(line) of \(dockerfile.filename) won't rebuild when it changes; "
                    + "put ARG \(name) before it in its stage"
            }
        }
    }
}
