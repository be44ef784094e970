import CaissonText
package import CaissonBuildKit
package import CaissonBuildModel
import Glibc
import Synchronization

/// The SSH agents of one build, from before it begins until it has ended.
package struct SSHAgents: Sendable {
    /// How many signatures are told of; more are signed in silence.
    private static let noticeLimit = 200

    /// The agents by their ids.
    private(set) var agents: [String: ForwardedAgent] = [:]
    /// What the owners of keys called them.
    private var comments: [[UInt8]: String] = [:]

    /// No agents.
    package init() {}

    /// Opens the agents that a request names, starts one for its private keys, and ends that when `body` has.
    ///
    /// - Throws: `BuildError` with code `usage` that names the agent and what isn't there; what `body` throws.
    package static func with<Value: Sendable>(
        _ request: BuildRequest,
        environment: [String: String],
        home: String,
        _ body: (SSHAgents) async throws -> Value
    ) async throws -> Value {
        var seen: Set<String> = []
        var wanted: [SSHSource] = []
        for spec in request.ssh {
            guard seen.insert(spec.id).inserted else {
                throw BuildError(.usage, "SSH agent \(spec.id.quoted) is given twice; leave one out")
            }
            wanted.append(try SSHSource(spec, environment: environment, home: home))
        }
        return try await SSHAgents().open(wanted[...], environment, body)
    }

    /// Opens the rest of the agents, each in the scope of those before it.
    private func open<Value: Sendable>(
        _ rest: ArraySlice<SSHSource>,
        _ environment: [String: String],
        _ body: (SSHAgents) async throws -> Value
    ) async throws -> Value {
        guard let source = rest.first else { return try await body(self) }
        switch source.kind {
        case .socket(let path, let keys):
            let opened = try await adding(source.id, ForwardedAgent(socket: path, allowedKeys: keys))
            return try await opened.open(rest.dropFirst(), environment, body)
        case .keys(let files):
            return try await KeyAgent(id: source.id, environment: environment).with(files) { socket in
                let opened = try await adding(source.id, ForwardedAgent(socket: socket))
                return try await opened.open(rest.dropFirst(), environment, body)
            }
        }
    }

    private func adding(_ id: String, _ agent: ForwardedAgent) async throws -> SSHAgents {
        let keys: [AgentKey]
        do {
            keys = try await AgentConnection.keys(at: agent.socket)
        } catch let error as GRPCError where error.code != .cancelled {
            throw BuildError(.usage, "SSH agent \(id.quoted): \(error.message)")
        }
        if let missing = agent.allowedKeys?.first(where: { allowed in !keys.contains { $0.blob == allowed } }) {
            throw BuildError(
                .usage,
                "SSH agent \(id.quoted): the agent at \(agent.socket) hasn't the key \(Fingerprint.of(missing)); add it "
                    + "with ssh-add"
            )
        }
        var result = self
        result.agents[id] = agent
        for key in keys where !key.comment.isEmpty {
            result.comments[key.blob] = String(decoding: key.comment.prefix(80), as: UTF8.self)
        }
        return result
    }

    /// The service that forwards the agents and tells of each signature; nil where there are none.
    package func service(
        step: @escaping @Sendable () -> String?,
        notice: @escaping @Sendable (String) -> Void
    ) -> SSHService? {
        guard !agents.isEmpty else { return nil }
        let count = SignatureCount()
        return SSHService(agents: agents) { [comments] id, use in
            let told = count.next()
            guard told <= Self.noticeLimit else { return }
            let step = step().map { " for \($0.prefix(100).quotedText)" } ?? ""
            let key = { (blob: [UInt8]) in
                Fingerprint.of(blob) + (comments[blob].map { " (\($0))" } ?? "")
            }
            switch use {
            case .signed(let blob):
                notice("SSH agent \(id.quoted) signed with \(key(blob))\(step)")
            case .refused(let blob):
                notice("SSH agent \(id.quoted): a key that isn't listed was refused: \(key(blob))\(step)")
            case .failed(let reason):
                notice("SSH agent \(id.quoted): \(reason)\(step)")
            }
            if told == Self.noticeLimit {
                notice("SSH agents are asked very often; further signatures aren't told of")
            }
        }
    }
}

extension Substring {
    /// The text in quotes.
    fileprivate var quotedText: String { String(self).quoted }
}

/// Counts signatures.
private final class SignatureCount: Sendable {
    private let count = Mutex(0)

    /// The number of this one.
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// A public key's name as ssh prints it.
enum Fingerprint {
    /// `SHA256:` and the key's hash in base64.
    static func of(_ key: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(key)
        let text = Base64.encode(hash.bytes).filter { $0 != UInt8(ascii: "=") }
        return "SHA256:" + String(decoding: text, as: UTF8.self)
    }
}

extension SHA256 {
    /// The hash as its 32 bytes.
    var bytes: [UInt8] {
        let digits = Array(hexadecimal().utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).map { index in
            let value = { (digit: UInt8) in digit.isDigit ? digit - 0x30 : digit - 0x57 }
            return value(digits[index]) << 4 | value(digits[index + 1])
        }
    }
}
