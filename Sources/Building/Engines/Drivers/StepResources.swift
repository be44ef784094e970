import CaissonBuildModel

extension EngineBuild {
    /// Finds out whether the engine limits what steps take, where that was asked for: one that doesn't would say nothing.
    func checkResources(_ connection: EngineConnection) async throws {
        guard !request.resources.isEmpty else { return }
        guard try await connection.capabilities().contains("exec.meta.linux.resources") else {
            throw BuildError(
                .unsupported,
                "\(field: .resources) has no effect on \(connection.features.name), whose BuildKit limits no steps — it needs BuildKit 0.31 "
                    + "or newer; put the steps under a limited cgroup with \(field: .cgroupParent)"
            )
        }
    }
}
