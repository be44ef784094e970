import NIOCore

/// An agent that steps may use.
package struct ForwardedAgent: Sendable {
    /// The agent's socket.
    package var socket: String
    /// The public keys that may be used; nil for all.
    package var allowedKeys: Set<[UInt8]>?

    /// Makes a description.
    package init(socket: String, allowedKeys: Set<[UInt8]>? = nil) {
        self.socket = socket
        self.allowedKeys = allowedKeys
    }
}

/// What a step asked an agent for.
package enum AgentUse: Sendable, Equatable {
    /// A signature was given.
    case signed(key: [UInt8])
    /// A signature with a key that isn't allowed was asked for, and refused.
    case refused(key: [UInt8])
    /// The agent couldn't be asked, or failed to sign.
    case failed(String)
}

/// `moby.sshforward.v1.SSH`: lets steps ask agents for signatures, through a filter of ours.
///
/// ```
/// step ── its socket ── engine ── ForwardAgent ──▶ AgentFilter ──▶ agent
/// ```
/// Requests are decoded and encoded again, so nothing passes that isn't understood.
package final class SSHService: SessionService {
    private let agents: [String: ForwardedAgent]
    private let used: @Sendable (_ id: String, AgentUse) -> Void

    /// Makes the service for agents by their ids; `used` is called after each signature.
    package init(agents: [String: ForwardedAgent], used: @escaping @Sendable (_ id: String, AgentUse) -> Void) {
        self.agents = agents
        self.used = used
    }

    package var handlers: [String: SessionHandler] {
        [
            "/moby.sshforward.v1.SSH/CheckAgent": { call in
                guard let message = try await call.reader.next() else { return }
                let id = try message.decoded(WireCheckAgentRequest.self).id
                _ = try self.agent(id)
                try await call.writer.send(WireCheckAgentResponse())
            },
            "/moby.sshforward.v1.SSH/ForwardAgent": { call in
                let id = call.values("buildkit.ssh.id").first ?? ""
                let agent = try self.agent(id)
                do {
                    try await self.forward(&call, to: agent.value, id: agent.id)
                } catch let error as GRPCError where error.code == .unavailable && !Task.isCancelled {
                    self.used(agent.id, .failed(error.message))
                    throw error
                }
            },
        ]
    }

    private func agent(_ id: String) throws(GRPCError) -> (id: String, value: ForwardedAgent) {
        let id = id.isEmpty ? "default" : id
        guard let agent = agents[id] else { throw GRPCError(.unknown, "unset ssh forward key \(id)") }
        return (id, agent)
    }

    private func forward(_ call: inout GRPCServerCall, to agent: ForwardedAgent, id: String) async throws {
        let filter = AgentFilter(allowed: agent.allowedKeys)
        let writer = call.writer
        var reader = call.reader
        defer { call.reader = reader }
        try await AgentConnection.with(agent.socket) { connection in
            var deframer = AgentDeframer()
            while var message = try await reader.next() {
                while let bytes = try message.readBytes(ofField: 1) { deframer.append(bytes.readableBytesView) }
                while let request = try deframer.next() {
                    let answer = try await self.answer(request, filter, &connection, id: id)
                    try await Self.send(answer, to: writer)
                }
            }
        }
    }

    private static func send(_ answer: [UInt8], to writer: MessageWriter) async throws {
        var framed = ByteBuffer()
        framed.writeGRPCMessage { $0.writeBytesMessage(AgentDeframer.framed(answer)) }
        try await writer.send(framed: framed)
    }

    private func answer(
        _ request: [UInt8],
        _ filter: AgentFilter,
        _ agent: inout AgentConnection,
        id: String
    ) async throws -> [UInt8] {
        switch filter.decide(request) {
        case .list:
            guard let keys = filter.keys(of: try await agent.ask(request)) else { return AgentNumber.refusal }
            return AgentFilter.answer(listing: keys)
        case .sign(let key):
            let answer = try await agent.ask(request)
            guard AgentFilter.isSignature(answer) else {
                used(id, .failed("the agent refused to sign"))
                return AgentNumber.refusal
            }
            used(id, .signed(key: key))
            return answer
        case .refuse(let key):
            if let key { used(id, .refused(key: key)) }
            return AgentNumber.refusal
        }
    }
}
