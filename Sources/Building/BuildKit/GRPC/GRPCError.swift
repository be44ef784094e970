/// A call's status when it isn't OK: the code, the peer's message and its typed details.
package struct GRPCError: Error, Sendable {
    /// A gRPC status code (grpc.io/docs/guides/status-codes); unknown numbers are kept as they are.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: Int

        /// Takes any number, because peers may send codes that we don't know yet.
        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let ok = Code(rawValue: 0)
        package static let cancelled = Code(rawValue: 1)
        package static let unknown = Code(rawValue: 2)
        package static let invalidArgument = Code(rawValue: 3)
        package static let deadlineExceeded = Code(rawValue: 4)
        package static let notFound = Code(rawValue: 5)
        package static let alreadyExists = Code(rawValue: 6)
        package static let resourceExhausted = Code(rawValue: 8)
        package static let unimplemented = Code(rawValue: 12)
        package static let `internal` = Code(rawValue: 13)
        package static let unavailable = Code(rawValue: 14)
    }

    /// The status code.
    package var code: Code
    /// What the peer said, or what happened to the connection.
    package var message: String
    /// Typed details by their type URL; BuildKit's hold JSON (moby/buildkit util/grpcerrors).
    package var details: [Detail]

    /// One typed detail.
    package struct Detail: Sendable, Hashable {
        /// The type's URL, such as `github.com/moby/buildkit/errdefs.Source+json`.
        package var type: String
        /// Its bytes.
        package var value: [UInt8]
    }

    /// Makes an error.
    package init(_ code: Code, _ message: String, details: [Detail] = []) {
        self.code = code
        self.message = message
        self.details = details
    }
}

extension GRPCError: CustomStringConvertible {
    package var description: String { message.isEmpty ? "gRPC status \(code.rawValue)" : message }
}
