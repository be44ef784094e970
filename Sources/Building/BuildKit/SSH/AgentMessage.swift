/// The numbers of the SSH agent protocol that matter here (draft-miller-ssh-agent).
enum AgentNumber {
    static let failure: UInt8 = 5
    static let requestIdentities: UInt8 = 11
    static let identitiesAnswer: UInt8 = 12
    static let signRequest: UInt8 = 13
    static let signResponse: UInt8 = 14

    /// The answer to whatever isn't allowed or understood.
    static let refusal: [UInt8] = [failure]
}

/// A key that an agent has: the public key as SSH encodes it, and its comment.
package struct AgentKey: Sendable, Hashable {
    /// The public key's bytes.
    package var blob: [UInt8]
    /// What its owner called it; any bytes that the agent sends.
    package var comment: [UInt8]
}

/// Reads SSH's encoding: numbers, and strings with their length before them.
///
/// It never fails: what isn't there is nil.
struct AgentFields {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Whether all was read.
    var isAtEnd: Bool { rest.isEmpty }

    /// The next number of four bytes.
    mutating func number() -> Int? {
        guard rest.count >= 4 else { return nil }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    /// The next string.
    mutating func string() -> [UInt8]? {
        var ahead = self
        guard let count = ahead.number(), count <= ahead.rest.count else { return nil }
        let bytes = Array(ahead.rest.prefix(count))
        ahead.rest = ahead.rest.dropFirst(count)
        self = ahead
        return bytes
    }
}

extension [UInt8] {
    /// Appends a number of four bytes.
    mutating func appendAgentNumber(_ number: Int) {
        for shift in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// Appends a string with its length before it.
    mutating func appendAgentString(_ bytes: [UInt8]) {
        appendAgentNumber(bytes.count)
        self += bytes
    }
}

/// Cuts a stream of an agent's or a client's bytes into messages.
struct AgentDeframer {
    /// The longest message that OpenSSH takes.
    static let limit = 256 * 1024

    private var waiting: [UInt8] = []

    /// Adds bytes as they came.
    mutating func append(_ bytes: some Sequence<UInt8>) { waiting += bytes }

    /// The next whole message without its length; nil when it isn't complete yet.
    ///
    /// - Throws: `GRPCError` for an empty message or one that is too long: nothing after that can be understood.
    mutating func next() throws(GRPCError) -> [UInt8]? {
        var fields = AgentFields(waiting[...])
        guard let count = fields.number() else { return nil }
        guard (1...Self.limit).contains(count) else {
            throw GRPCError(.invalidArgument, "an SSH agent message of \(count) bytes")
        }
        guard waiting.count >= 4 + count else { return nil }
        defer { waiting.removeFirst(4 + count) }
        return Array(waiting[4..<4 + count])
    }

    /// A message with its length before it.
    static func framed(_ message: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.appendAgentString(message)
        return out
    }
}
