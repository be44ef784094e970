/// Decides what a step may ask of an agent: to list keys, and to sign with the keys that are allowed.
struct AgentFilter: Sendable {
    /// What to do with a request.
    enum Decision: Sendable, Equatable {
        /// Ask the agent for its keys; `keys(of:)` reads the answer.
        case list
        /// Ask the agent for a signature with a key.
        case sign(key: [UInt8])
        /// Refuse; of a signature, the key that was asked for.
        case refuse(key: [UInt8]?)
    }

    /// The public keys that may be used; nil for all of the agent's.
    let allowed: Set<[UInt8]>?

    /// Decides on a request.
    func decide(_ request: [UInt8]) -> Decision {
        switch request.first {
        case AgentNumber.requestIdentities where request.count == 1: return .list
        case AgentNumber.signRequest:
            var fields = AgentFields(request.dropFirst())
            guard let key = fields.string(), fields.string() != nil, fields.number() != nil, fields.isAtEnd else {
                return .refuse(key: nil)
            }
            return isAllowed(key) ? .sign(key: key) : .refuse(key: key)
        default: return .refuse(key: nil)
        }
    }

    /// The keys in an agent's answer that a step may see; nil when the answer isn't a list of keys.
    func keys(of answer: [UInt8]) -> [AgentKey]? {
        guard answer.first == AgentNumber.identitiesAnswer else { return nil }
        var fields = AgentFields(answer.dropFirst())
        guard let count = fields.number() else { return nil }
        var keys: [AgentKey] = []
        for _ in 0..<count {
            guard let blob = fields.string(), let comment = fields.string() else { return nil }
            if isAllowed(blob) { keys.append(AgentKey(blob: blob, comment: comment)) }
        }
        return fields.isAtEnd ? keys : nil
    }

    /// The answer that lists keys.
    static func answer(listing keys: [AgentKey]) -> [UInt8] {
        var answer = [AgentNumber.identitiesAnswer]
        answer.appendAgentNumber(keys.count)
        for key in keys {
            answer.appendAgentString(key.blob)
            answer.appendAgentString(key.comment)
        }
        return answer
    }

    /// Whether an agent's answer to a request for a signature is a signature.
    static func isSignature(_ answer: [UInt8]) -> Bool {
        guard answer.first == AgentNumber.signResponse else { return false }
        var fields = AgentFields(answer.dropFirst())
        return fields.string() != nil && fields.isAtEnd
    }

    private func isAllowed(_ key: [UInt8]) -> Bool { allowed?.contains(key) ?? true }
}
