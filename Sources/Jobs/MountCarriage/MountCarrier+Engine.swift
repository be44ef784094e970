import CaissonBuildModel
import CaissonCacheMounts
import CaissonText

extension MountCarrier {
    /// Runs a script's build, and removes what it leaves in the engine's cache.
    ///
    /// - Throws: `BuildError`, also where the engine took the name of an argument for an id.
    func run(_ script: MountScript, _ request: BuildRequest) async throws {
        // Without ids in its records nobody would see that it took another mount.
        guard engine.tellsIDs || !script.needsExpansion else { throw unknownExpansion() }
        let sources = request.context == .empty ? nil : await contexts()
        try await engine.build(request)
        guard await forget(since: sources) else { return }
        throw unknownExpansion()
    }

    private func unknownExpansion() -> BuildError {
        BuildError(
            .unsupported,
            "\(engine.name) can't be told ids of cache mounts with such characters: it may replace no arguments there, "
                + "which needs BuildKit 0.12; nothing was carried"
        )
    }

    /// Removes what builds of scripts left, this one's and those of killed ones, which is as large as the mounts: what a
    /// save wrote for its export, and what a restore got as its context.
    ///
    /// All of it is garbage, so that it is no failure where it can't be removed now. The mounts' own records may have the
    /// marker in their descriptions, too, and stay.
    ///
    /// - Parameter known: The contexts that the engine had before; nil where none was sent.
    /// - Returns: Whether the engine has mounts whose ids are the names of arguments, which are removed, too.
    private func forget(since known: Set<String>?) async -> Bool {
        guard let records = try? await engine.records() else { return false }
        let left = records.filter { record in
            guard !record.isInUse else { return false }
            if record.kind == .regular { return record.description.contains(MountScript.mark) }
            return record.kind == .localSource && known?.contains(record.id) == false
        }
        let unnamed = records.filter { $0.mountID?.contains("$" + MountScript.argumentMark) == true }
        let filters = CachePrune.filters(ids: (left + unnamed).map(\.id))
        guard !filters.isEmpty else { return false }
        var order = CachePrune(filters: filters)
        // Docker 28 takes what was exported for shared.
        order.includesAll = true
        try? await engine.prune(order)
        return !unnamed.isEmpty
    }

    private func contexts() async -> Set<String>? {
        let records = try? await engine.records()
        return records.map { Set($0.filter { $0.kind == .localSource }.map(\.id)) }
    }
}
