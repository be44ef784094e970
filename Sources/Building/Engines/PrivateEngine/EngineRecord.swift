import FoundationEssentials
import Glibc
import CaissonRegistry

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
    static func read(_ paths: StatePaths) -> EngineRecord? {
        guard let content = try? BoundedFile.read(paths.record, limit: 64 << 10) else { return nil }
        return try? JSONDecoder().decode(EngineRecord.self, from: Data(content))
    }

    /// Replaces the record in one step, so that readers see the old or the new one.
    func write(_ paths: StatePaths) throws(EngineError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let content = try? encoder.encode(self) else {
            throw EngineError(.system, "the record of the private engine can't be encoded")
        }
        try PrivateFile.replace(paths.record, with: Array(content))
    }
}

/// Small files of our own in the state directory.
enum PrivateFile {
    /// Writes a file beside its final name and moves it there.
    static func replace(_ path: String, with content: [UInt8]) throws(EngineError) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        var rest = content[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path, errno) }
            rest = rest.dropFirst(count)
        }
        guard rename(temporary, path) == 0 else { throw failure(path, errno) }
    }

    private static func failure(_ path: String, _ code: Int32) -> EngineError {
        EngineError(.system, "\(path) can't be written: \(String(cString: strerror(code)))")
    }
}
