import CaissonBuildModel
package import CaissonCacheMounts
package import CaissonRegistry
import CaissonSystem
import CaissonText
import Glibc

/// Carries cache mounts between an engine and where they are saved, by builds on the engine.
package struct MountCarrier: Sendable {
    /// The engine.
    package let engine: MountEngine
    /// The image whose shell and tar do the work there.
    package var image = "busybox"
    /// The value of `BUILDKIT_CACHE_MOUNT_NS` in the builds whose mounts these are.
    package var namespace: String?
    /// The platform that mounts are saved as, and restored of.
    package var platform: String
    /// How registries are spoken to.
    package var registries: RegistryOptions
    /// The folder for what is in transit where none can be made beside the mounts' place.
    package var temporary = "/tmp"

    /// Makes a carrier.
    package init(_ engine: MountEngine, platform: String, registries: RegistryOptions) {
        self.engine = engine
        self.platform = platform
        self.registries = registries
    }

    /// What came of a save.
    package typealias Saved = MountStore.Outcome

    /// Saves mounts; a place that was there is as it was where that fails.
    ///
    /// - Parameters:
    ///   - mounts: Which; nil for all that the engine's records tell of.
    ///   - options: Among them whether what isn't there, or has nothing in it, is left out.
    /// - Throws: `BuildError`, also for a mount that the engine doesn't have.
    package func save(
        _ mounts: [CarriedMount]?,
        to place: MountPlace,
        _ options: MountStore.Options
    ) async throws -> Saved {
        let mounts = try await known(mounts, leavingOut: options.leavesOutEmpty)
        guard !mounts.isEmpty else { return Saved() }
        guard mounts.count <= MountScript.mostMounts else {
            throw BuildError(
                .usage,
                "\(mounts.count) cache mounts are more than the \(MountScript.mostMounts) of one build; name some of them"
            )
        }
        return try await working(beside: place) { folder in
            let file = PathFacts.join(folder, "mounts.tar")
            try await export(mounts, to: file)
            let descriptor = open(file.cPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { throw BuildError(.output, "can't read \(file.quoted): \(Errno.last)") }
            let input = OwnedDescriptor(adopting: descriptor)
            let export = BorrowedDescriptor(number: input.number)
            switch place {
            case .folder(let path): return try await MountStore(path: path).save(mounts, from: export, options)
            case .tar(let path):
                return try await MountStoreArchive(path: path).changing {
                    try await $0.save(mounts, from: export, options)
                }
            case .registry(let name):
                let store = MountStore(path: PathFacts.join(folder, "store"))
                let saved = try await store.save(mounts, from: export, options)
                return try await withRegistry { client in
                    try await RegistryMounts(name, client).add(saved, of: store, options)
                }
            }
        }
    }

    /// Restores mounts, and returns them.
    ///
    /// - Parameter ids: Which; nil for all of the platform.
    /// - Throws: `BuildError`, also for an id that isn't saved there.
    package func restore(
        _ wanted: [CarriedMount]?,
        from place: MountPlace,
        mode: MountScript.Mode
    ) async throws -> [StoredMount] {
        try await working(beside: place) { folder in
            switch place {
            case .folder(let path): return try await restore(wanted, MountStore(path: path), mode, in: folder)
            case .tar(let path):
                return try await MountStoreArchive(path: path).reading(in: folder) { store in
                    try await restore(wanted, store, mode, in: folder)
                }
            case .registry(let name):
                let store = MountStore(path: PathFacts.join(folder, "store"))
                try await withRegistry { client in
                    let mounts = RegistryMounts(name, client)
                    let index = try await mounts.list()
                    let chosen = try choose(wanted, of: index.map(\.mount), in: name.familiar)
                    try await mounts.get(chosen, of: index, into: store)
                }
                return try await restore(wanted, store, mode, in: folder)
            }
        }
    }
}

extension MountCarrier {
    /// The mounts that the engine has of those that are wanted.
    private func known(_ wanted: [CarriedMount]?, leavingOut: Bool) async throws -> [CarriedMount] {
        guard engine.tellsIDs else {
            if let wanted { return wanted }
            throw BuildError(
                .unsupported,
                "\(engine.name) doesn't tell which cache mounts it has: name them by their ids"
            )
        }
        let there = EngineMounts(try await engine.records(), namespace: namespace)
        guard let wanted else { return there.all }
        return try wanted.filter { mount in
            guard let obstacle = there.obstacle(mount, on: engine.name) else { return true }
            guard leavingOut else { throw BuildError(.usage, obstacle) }
            return false
        }
    }

    /// Has the engine write the mounts to a tar.
    private func export(_ mounts: [CarriedMount], to file: String) async throws {
        let script = try MountScript.saving(mounts, image: image, nonce: BuildID().description, namespace: namespace)
        var request = request(script, .empty)
        request.exports = [.tar(.path(file), attributes: [:])]
        try await run(script, request)
    }

    private func restore(
        _ wanted: [CarriedMount]?,
        _ store: MountStore,
        _ mode: MountScript.Mode,
        in folder: String
    ) async throws -> [StoredMount] {
        let mounts = try choose(wanted, of: try store.list(), in: store.path)
        guard !mounts.isEmpty else { return [] }
        let script = try MountScript.restoring(
            mounts.map(\.mount),
            image: image,
            nonce: BuildID().description,
            namespace: namespace,
            mode: mode
        )
        let context = PathFacts.join(folder, "context")
        guard mkdir(context.cPath, 0o700) == 0 else {
            throw BuildError(.output, "can't make \(context.quoted): \(Errno.last)")
        }
        try store.stage(mounts, into: context)
        var request = request(script, .directory(context))
        request.exports = [.cacheOnly]
        try await run(script, request)
        // A use that can't be noted, as in a folder that nobody may write, makes the mount only seem older than it is.
        try? await store.markUsed(mounts)
        return mounts
    }

    /// The mounts of the platform that are wanted.
    private func choose(_ wanted: [CarriedMount]?, of all: [StoredMount], in place: String) throws -> [StoredMount] {
        let ours = all.filter { $0.platform == platform }
        guard let wanted else {
            if ours.isEmpty, let other = all.first {
                throw CacheMountError(
                    .notFound,
                    "\(place.quoted) has no cache mounts of \(platform), but of \(other.platform)"
                )
            }
            return ours
        }
        return try wanted.map { mount in
            // The id alone means the mount with its owner, too, where there is just one.
            let named = ours.filter { $0.mount.id == mount.id }
            let same = named.first { $0.mount == mount } ?? (!mount.hasOwner && named.count == 1 ? named.first : nil)
            if let same { return same }
            let ids = ours.prefix(5).map { $0.mount.written.quoted }.joined(separator: ", ")
            throw CacheMountError(
                .notFound,
                "\(place.quoted) has no cache mount \(mount.written.quoted) of \(platform)"
                    + (ids.isEmpty ? "" : "; it has \(ids)")
            )
        }
    }

    private func request(_ script: MountScript, _ context: ContextSource) -> BuildRequest {
        var request = BuildRequest(context: context, dockerfile: .text(Array(script.dockerfile.utf8)))
        request.buildArgs = script.arguments
        request.attestations = [Attestation(kind: .provenance, isDisabled: true)]
        return request
    }

    private func withRegistry<Result: Sendable>(
        _ body: (RegistryClient) async throws -> Result
    ) async throws -> Result {
        try await withRegistryClient(registries, body)
    }

    /// Calls with a folder beside the place, as files are linked there instead of copied.
    private func working<Result>(
        beside place: MountPlace,
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        switch place {
        case .folder(let path), .tar(let path):
            try await WorkFolder.with(in: [PathFacts.split(path).directory, temporary], body)
        case .registry: try await WorkFolder.with(in: [temporary], body)
        }
    }
}
