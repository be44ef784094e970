/// What an error can be about in a build request, or beside it.
///
/// Errors name fields, as a request comes from a command, a manifest or a program; each of them has its own words for one.
public enum RequestField: String, Sendable, Hashable, CaseIterable {
    case annotations, attestations, buildArgs, cacheDestinations, cacheOnFailure, cachePatience, cacheSources
    case cgroupParent, contexts, dockerfile, entitlements, exports, extraHosts, insecureRegistries, labels, network
    case noCache, noCacheStages, platforms, provenance, pull, resources, retries, sbom, secrets, shmSize, sourcePolicy
    case ssh, tags, target, ulimits
    /// An export into the engine's own store.
    case load = "exports.docker"
    /// An export into registries.
    case push = "exports.image"
    /// The address of the engine, which is no part of the request.
    case engineAddress
    /// The builder, which is no part of the request.
    case builder
    /// Whether dockerd builds with what it had before BuildKit, which is no part of the request.
    case classicBuilder
    /// What the front end is asked instead of building.
    case question
}

/// A message in which fields of a request stand for themselves until somebody spells them.
public struct FieldMessage: Sendable, Hashable {
    fileprivate enum Piece: Sendable, Hashable {
        case text(String)
        case field(RequestField)
    }

    /// Texts and fields; no text stands beside another, so that what a mask looks for isn't cut in two.
    private var pieces: [Piece]
    /// Whether it tells of something that the result lacks, which is said even where no progress is shown.
    public var isOfLoss = false

    /// A message without fields.
    public init(_ text: String) { pieces = [.text(text)] }

    /// A message, then another.
    public static func + (left: FieldMessage, right: FieldMessage) -> FieldMessage {
        "\(message: left)\(message: right)"
    }

    /// The fields that it names, in the message's order.
    public var fields: [RequestField] {
        pieces.compactMap { if case .field(let field) = $0 { field } else { nil } }
    }

    /// The message with each field as text.
    func spelled(_ spelling: (RequestField) -> String) -> FieldMessage {
        var message = FieldMessage(text(spelling))
        message.isOfLoss = isOfLoss
        return message
    }

    /// The message with its texts, not its fields, as `change` makes them.
    package func mapTexts(_ change: (String) -> String) -> FieldMessage {
        var message = self
        message.pieces = pieces.map { if case .text(let text) = $0 { .text(change(text)) } else { $0 } }
        return message
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
        public mutating func appendLiteral(_ literal: String) { add(.text(literal)) }

        /// Takes a value as text.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            add(.text(value.description))
        }

        /// Takes a field.
        public mutating func appendInterpolation(field: RequestField) { add(.field(field)) }

        /// Takes what an error says, the fields that it names included.
        public mutating func appendInterpolation(_ error: any Error) {
            if let error = error as? BuildError {
                appendInterpolation(message: error.wording)
            } else {
                add(.text("\(error)"))
            }
        }

        /// Takes a message, its fields included.
        public mutating func appendInterpolation(message: FieldMessage) {
            for piece in message.pieces { add(piece) }
        }

        private mutating func add(_ piece: Piece) {
            if case .text(let more) = piece, case .text(let text)? = pieces.last {
                pieces[pieces.count - 1] = .text(text + more)
            } else {
                pieces.append(piece)
            }
        }
    }

    /// Makes a message of its text.
    public init(stringLiteral value: String) { self.init(value) }

    /// Makes a message of its pieces.
    public init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }
}
