package import CaissonBuildModel

extension Engine {
    /// The engine by its address; dockerd and podman are told apart by asking them.
    package var identity: EngineIdentity {
        if case .buildkitd = driver { return EngineIdentity(name: address, address: address, kind: .buildkitd) }
        return EngineIdentity(name: address, address: address, kind: options.usesClassicBuilder ? .dockerd : .unknown)
    }

    /// What the engine says of itself; see `BuildEngine`.
    package func facts(within limit: Duration) async throws -> EngineFacts {
        do {
            return try await withDeadline(limit) {
                try await facts()
            } error: { [address] in
                BuildError(
                    .deadlineExceeded,
                    "the engine at \(address) doesn't answer within \(limit) — check its log, or restart it"
                )
            }
        } catch {
            throw BuildError.of(error, steps: StepTracker { _ in }) { nil }
        }
    }

    private func facts() async throws -> EngineFacts {
        let own = try await capabilities()
        let identity = EngineIdentity(name: address, address: address, kind: own.kind, version: own.version)
        // None of them tells how many builds it takes.
        return EngineFacts(identity: identity, platforms: own.platforms.compactMap { try? Platform(parsing: $0) })
    }
}
