import CaissonBuildModel
import CaissonEngineDiscovery
import Glibc

/// The engines that can be started on this machine, the best first, and why the others can't.
struct EngineCandidates: Sendable, Hashable {
    /// What can be started, in the order in which it is tried.
    var engines: [InstalledEngine] = []
    /// Why the others can't, a few words each.
    var refusals: [String] = []

    /// buildkitd, dockerd and podman, as far as they are installed with what they need.
    ///
    /// - Parameters:
    ///   - search: Where programs are.
    ///   - wanted: `CAISSON_ENGINE`, which names one of them by its name or its path.
    ///   - namespace: What an ordinary user has; nil for root.
    static func find(
        _ search: ProgramSearch,
        wanted: String?,
        namespace: UserNamespace?
    ) throws(EngineError) -> EngineCandidates {
        var candidates = EngineCandidates()
        if let wanted, !wanted.isEmpty {
            candidates.add(try named(wanted, search), search, namespace)
            return candidates
        }
        for kind in [EngineKind.buildkitd, .dockerd, .podman] {
            if let path = search.find(kind.rawValue) {
                candidates.add(InstalledEngine(kind: kind, executable: path), search, namespace)
            } else {
                candidates.refusals.append("\(kind.rawValue) is not installed")
            }
        }
        return candidates
    }

    private static func named(_ wanted: String, _ search: ProgramSearch) throws(EngineError) -> InstalledEngine {
        guard let path = wanted.hasPrefix("/") ? wanted : search.find(wanted), access(path, X_OK) == 0 else {
            throw EngineError(.notInstalled, "CAISSON_ENGINE names “\(wanted)”, which is not installed")
        }
        let name = path.split(separator: "/").last ?? ""
        guard let kind = [EngineKind.buildkitd, .dockerd, .podman].first(where: { name.hasPrefix($0.rawValue) }) else {
            throw EngineError(
                .badAddress,
                "CAISSON_ENGINE names “\(wanted)”; name buildkitd, dockerd, podman or a path to one"
            )
        }
        return InstalledEngine(kind: kind, executable: path)
    }

    private mutating func add(_ engine: InstalledEngine, _ search: ProgramSearch, _ namespace: UserNamespace?) {
        var engine = engine
        // Both buildkitd and, where the kernel has the old cgroups, podman are told which one to use.
        engine.runtime = engine.kind == .podman ? search.podmanRuntime : search.runtime
        if engine.kind == .buildkitd, engine.runtime == nil {
            return refuse(engine, "neither runc nor crun is installed")
        }
        if let namespace {
            if let reason = Self.reasonNotToStart(engine, search, namespace) { return refuse(engine, reason) }
            engine.rootless = Rootless(search, namespace, needsKit: engine.kind != .podman)
        }
        engines.append(engine)
    }

    private mutating func refuse(_ engine: InstalledEngine, _ reason: String) {
        refusals.append("\(engine.kind.rawValue): \(reason)")
    }

    /// What an ordinary user lacks for an engine that is installed.
    private static func reasonNotToStart(
        _ engine: InstalledEngine,
        _ search: ProgramSearch,
        _ namespace: UserNamespace
    ) -> String? {
        let user = namespace.user
        guard namespace.isAllowed else {
            return "the kernel lets no user make namespaces (sysctl user.max_user_namespaces)"
        }
        if engine.kind != .podman, search.find("rootlesskit") == nil { return "rootlesskit is not installed" }
        guard search.find("newuidmap") != nil, search.find("newgidmap") != nil else {
            return "newuidmap and newgidmap are not installed (package uidmap or shadow-utils)"
        }
        guard namespace.hasRanges else {
            return "/etc/subuid and /etc/subgid have no ids for \(user)"
                + " (sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(user))"
        }
        return nil
    }
}

/// How an ordinary user's engine gets its namespace.
struct Rootless: Sendable, Hashable {
    /// rootlesskit's path; nil for podman, which needs none.
    var kit: String?
    /// slirp4netns, where it and its device can be used: without, the engine shares the host's network.
    var slirp: String?

    /// What is there for a user who may start an engine.
    init(_ search: ProgramSearch, _ namespace: UserNamespace, needsKit: Bool) {
        kit = needsKit ? search.find("rootlesskit") : nil
        slirp = namespace.hasTunnels ? search.find("slirp4netns") : nil
    }
}
