import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonSystem
import FoundationEssentials
import Glibc

/// What the supervisor writes down about the engine, for builds, for `builder ls` and for the supervisor after it.
struct EngineRecord: Codable, Sendable, Hashable {
    /// Where the engine is in its life.
    enum Phase: String, Codable, Sendable {
        case starting, running, stopping
    }

    var phase: Phase
    var kind: EngineKind
    var executable: String
    var version: String?
    var supervisor: ProcessIdentity
    var engine: ProcessIdentity?
    /// The daemon itself where another process, which made its namespaces, is the engine's first.
    var listener: ProcessIdentity?
    /// Seconds since 1970.
    var started: Double
    /// Seconds since 1970; nil while somebody uses it.
    var idleSince: Double?
    /// Seconds without use after which it is stopped; nil is never.
    var idlePeriod: Double?
    var bridge: String?
    var subnet: String?
    /// Whether RUN steps must share the host's network, there being no other.
    var hostNetworkOnly = false
    /// What a user of the engine should know.
    var notices: [String] = []

    /// The record in a state directory; nil when there is none that can be understood.
    ///
    /// It names processes that are ended by it, so one that another user wrote, or a link to one, is none.
    static func read(_ paths: StatePaths) -> EngineRecord? {
        guard let content = try? BoundedFile.read(paths.record, limit: 64 << 10, owner: geteuid()) else { return nil }
        return try? JSONDecoder().decode(EngineRecord.self, from: Data(content))
    }

    /// Replaces the record in one step, so that readers see the old or the new one.
    func write(_ paths: StatePaths) throws(EngineError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let content = try? encoder.encode(self) else {
            throw EngineError(.system, "the record of the private engine can't be encoded")
        }
        try EngineError.reworded { () throws(SystemError) in
            try AtomicFile.replace(paths.record, with: Array(content))
        }
    }
}
