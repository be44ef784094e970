/// What an error can be about in a build request, or beside it.
///
/// Errors name fields, as a request comes from a command, a manifest or a program; each of them has its own words for one.
public enum RequestField: String, Sendable, Hashable, CaseIterable {
    case annotations, attestations, buildArgs, cacheDestinations, cacheOnFailure, dockerfile, entitlements, platforms
    case ssh, tags
}

/// A message in which fields of a request stand for themselves until somebody spells them.
public struct FieldMessage: Sendable, Hashable {
    fileprivate enum Piece: Sendable, Hashable {
        case text(String)
        case field(RequestField)
    }

    private var pieces: [Piece]

    /// A message without fields.
    public init(_ text: String) { pieces = [.text(text)] }

    /// The fields that it names, in the message's order.
    public var fields: [RequestField] {
        pieces.compactMap { if case .field(let field) = $0 { field } else { nil } }
    }

    /// The message with each field written as `spelling` has it.
    public func text(_ spelling: (RequestField) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .field(let field): spelling(field)
            }
        }.joined()
    }
}

extension FieldMessage: CustomStringConvertible {
    /// The message with the fields' own names.
    public var description: String { text(\.rawValue) }
}

extension FieldMessage: ExpressibleByStringInterpolation {
    /// Collects the pieces of a message.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pieces: [Piece] = []

        /// Begins a message.
        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(literalCapacity == 0 ? interpolationCount : 2 * interpolationCount + 1)
        }

        /// Takes text.
        public mutating func appendLiteral(_ literal: String) { pieces.append(.text(literal)) }

        /// Takes a value as text.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            pieces.append(.text(value.description))
        }

        /// Takes a field.
        public mutating func appendInterpolation(field: RequestField) { pieces.append(.field(field)) }

        /// Takes a message, its fields included.
        public mutating func appendInterpolation(message: FieldMessage) { pieces += message.pieces }
    }

    /// Makes a message of its text.
    public init(stringLiteral value: String) { self.init(value) }

    /// Makes a message of its pieces.
    public init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }
}
