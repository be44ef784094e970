import Synchronization

/// What the builds of a batch have of each other: a target's result is a source of the targets that name it in a context.
///
/// ```
/// base:  front end ─▶ publish ─▶ dependentsAreReady ─▶ steps run
/// app:            result(of: base) ─▶ front end ─▶ isReady ─▶ steps run
/// ```
/// A result is the graph of steps and not yet files, so that both builds run side by side and the engine runs each step once.
/// Steps of a target may need the files that its client serves; so they begin only when the engine knows who else needs them.
///
/// Whoever runs the batch says of each target when nothing more comes of it (`end`), and when it is begun anew (`restart`).
public final class BuildLinks: Sendable {
    /// What a front end made of a target: for each platform the steps, as the engine has them, and the image's configuration.
    public struct Result: Sendable, Hashable {
        /// The graphs by platform; the key is empty where there is a single one.
        public var definitions: [String: [UInt8]]
        /// The configurations by platform, as JSON.
        public var configurations: [String: [UInt8]]

        /// Makes a result.
        public init(definitions: [String: [UInt8]], configurations: [String: [UInt8]]) {
            self.definitions = definitions
            self.configurations = configurations
        }
    }

    /// A target on a node: each node builds its own.
    public struct Key: Sendable, Hashable {
        /// The target's name.
        public var target: String
        /// The node's address.
        public var node: String
        /// The platforms that it is built for there, which may be a part of all; empty for the node's own.
        public var platforms: Set<String>

        /// Makes a key.
        public init(_ target: String, on node: String, for platforms: Set<String> = []) {
            self.target = target
            self.node = node
            self.platforms = platforms
        }

        /// Whether it is the same target on the same node for some of the same platforms.
        fileprivate func meets(_ other: Key) -> Bool {
            target == other.target && node == other.node
                && (platforms.isEmpty || other.platforms.isEmpty || !platforms.isDisjoint(with: other.platforms))
        }

        /// Whether it is for all platforms of another.
        fileprivate func covers(_ other: Key) -> Bool { platforms.isEmpty || platforms.isSuperset(of: other.platforms) }
    }

    private let dependents: [String: Set<String>]
    private let state = Mutex(State())

    /// Makes the links of a batch.
    ///
    /// - Parameter dependents: The targets that use a target, by its name.
    public init(dependents: [String: Set<String>]) {
        self.dependents = dependents
    }

    /// Whether a target is a source of another, or has one.
    public func concern(_ target: String) -> Bool {
        dependents[target]?.isEmpty == false || dependents.values.contains { $0.contains(target) }
    }

    /// Lends what a target's front end made to the targets that use it.
    public func publish(_ result: Result, of key: Key) {
        change { $0.results[key] = result }
    }

    /// Waits for what a target's front end makes.
    ///
    /// Either may be built in parts, each for some platforms: what is waited for is all that the key's platforms need.
    ///
    /// - Parameter user: The target that waits; see `missing(for:)`.
    /// - Throws: `BuildError` where the target ends without a result on this node; `CancellationError`.
    public func result(of key: Key, for user: String? = nil) async throws -> Result {
        await wait { $0.result(for: key) != nil || $0.ended.contains(key.target) }
        try Task.checkCancellation()
        guard let result = state.withLock({ $0.result(for: key) }) else {
            if let user { change { $0.missing[user] = key.target } }
            throw BuildError(.step, "the target \(key.target), which is a source of this one, wasn't built")
        }
        return result
    }

    /// Notes that the engine knows of which steps a target is made.
    public func isReady(_ key: Key) {
        change { $0.ready.insert(key) }
    }

    /// Waits until the engine knows of all targets that use this one, or they have ended.
    public func dependentsAreReady(of key: Key) async throws {
        let users = dependents[key.target] ?? []
        await wait { $0.isReady(users, key) }
        try Task.checkCancellation()
    }

    /// Whether nobody has to wait for what a target's front end makes.
    fileprivate func hasResult(of key: Key) -> Bool { state.withLock { $0.result(for: key) != nil } }

    /// Whether nobody has to wait for the targets that use this one.
    fileprivate func hasReadyDependents(of key: Key) -> Bool {
        let users = dependents[key.target] ?? []
        return state.withLock { $0.isReady(users, key) }
    }

    /// Notes that nothing more comes of a target; all that wait for it go on.
    public func end(_ target: String) {
        change { $0.ended.insert(target) }
    }

    /// Notes that a target is begun anew: what came of it before is no longer lent, as the files for it are gone.
    public func restart(_ target: String) {
        change { state in
            state.results = state.results.filter { $0.key.target != target }
            state.ready = state.ready.filter { $0.target != target }
            state.missing[target] = nil
        }
    }

    /// The source that a target waited for and that ended without a result; nil where there is none.
    package func missing(for target: String) -> String? {
        state.withLock { $0.missing[target] }
    }

    private struct State {
        var results: [Key: Result] = [:]
        var ready: Set<Key> = []
        var ended: Set<String> = []
        /// The source that failed a target, by the target's name.
        var missing: [String: String] = [:]
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0

        /// Whether the engine knows of all users of a target, or they have ended.
        func isReady(_ users: Set<String>, _ key: Key) -> Bool {
            users.allSatisfy { user in
                let wanted = Key(user, on: key.node, for: key.platforms)
                return ended.contains(user) || ready.contains { $0.meets(wanted) }
            }
        }

        /// What a front end made for all platforms of a key, put together of parts where it must be.
        func result(for key: Key) -> Result? {
            if let exact = results[key] { return exact }
            let parts = results.filter { $0.key.meets(key) }
            if let whole = parts.first(where: { $0.key.covers(key) }) { return whole.value }
            let covered = parts.keys.reduce(into: Set<String>()) { $0.formUnion($1.platforms) }
            guard !key.platforms.isEmpty, covered.isSuperset(of: key.platforms) else { return nil }
            return parts.reduce(into: Result(definitions: [:], configurations: [:])) { $0.add($1.value, of: $1.key) }
        }
    }

    private struct Waiter {
        var isDone: @Sendable (State) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private func change(_ body: (inout State) -> Void) {
        let woken = state.withLock { state in
            body(&state)
            let numbers = state.waiters.filter { $0.value.isDone(state) }.keys
            return numbers.compactMap { state.waiters.removeValue(forKey: $0)?.continuation }
        }
        for continuation in woken { continuation.resume() }
    }

    /// Notes who waits; false where it needn't.
    private func mustWait(_ number: Int, _ waiter: Waiter) -> Bool {
        state.withLock { state in
            guard !waiter.isDone(state), !Task.isCancelled else { return false }
            state.waiters[number] = waiter
            return true
        }
    }

    private func wait(until isDone: @escaping @Sendable (State) -> Bool) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !mustWait(number, Waiter(isDone: isDone, continuation: continuation)) { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number)?.continuation }?.resume()
        }
    }
}

extension BuildLinks.Result {
    /// Adds what was made of a part; one for a single platform doesn't name it.
    fileprivate mutating func add(_ part: BuildLinks.Result, of key: BuildLinks.Key) {
        let only = key.platforms.count == 1 ? key.platforms.first : nil
        for (platform, definition) in part.definitions {
            definitions[platform.isEmpty ? only ?? "" : platform] = definition
        }
        for (platform, configuration) in part.configurations {
            configurations[platform.isEmpty ? only ?? "" : platform] = configuration
        }
    }
}

/// Which target of a batch a build is.
public struct BatchPlace: Sendable {
    /// Its name.
    public var target: String
    /// What the targets of the batch have of each other.
    public var links: BuildLinks
    /// Told when it begins to wait for another target, and when it goes on: such time is none of its own.
    package var waits: @Sendable (_ isWaiting: Bool) -> Void = { _ in }
    /// Waits until it may work again, once what it waited for is there: others may work in its place meanwhile.
    package var resumes: @Sendable () async -> Void = {}

    /// Makes a place.
    public init(_ target: String, in links: BuildLinks) {
        self.target = target
        self.links = links
    }

    /// Waits for what the front end makes of a source; see `BuildLinks.result(of:for:)`.
    ///
    /// - Parameter platforms: Those of this build, which may be a part of the target's.
    package func result(
        of source: String,
        on node: String,
        for platforms: Set<String> = []
    ) async throws -> BuildLinks.Result {
        let key = BuildLinks.Key(source, on: node, for: platforms)
        guard !links.hasResult(of: key) else { return try await links.result(of: key, for: target) }
        waits(true)
        defer { waits(false) }
        let result = try await links.result(of: key, for: target)
        await resumes()
        return result
    }

    /// Lends what its own front end made, and waits until the engine knows of all that use it.
    package func lend(
        _ result: BuildLinks.Result,
        on node: String,
        for platforms: Set<String> = []
    ) async throws {
        let own = BuildLinks.Key(target, on: node, for: platforms)
        links.publish(result, of: own)
        links.isReady(own)
        guard !links.hasReadyDependents(of: own) else { return }
        waits(true)
        defer { waits(false) }
        try await links.dependentsAreReady(of: own)
        await resumes()
    }
}
