package import CaissonBuildModel

extension BuildRequest {
    /// Finds out whether secrets and SSH agents can be had, before anything is started for the build.
    ///
    /// What is read is read when the build begins; a pipe is left alone here.
    package func checkConfidential(environment: [String: String], home: String) throws(BuildError) {
        let reader = SecretReader(environment: environment)
        let last = secrets.reduce(into: [:]) { $0[$1.id] = $1 }
        for secret in secrets where last[secret.id] == secret { try reader.check(secret, among: secrets) }
        for spec in ssh { _ = try SSHSource(spec, environment: environment, home: home) }
        _ = try SecretRotation(self)
    }
}
