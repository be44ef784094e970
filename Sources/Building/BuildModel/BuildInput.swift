/// The bytes of a tar that is the context of a build, as they come: from standard input, or from the program itself.
///
/// They can be taken only once, so two inputs are the same only where they are one.
public final class BuildInput: Sendable {
    /// Gives the next bytes with each call, none at the end.
    public let next: @Sendable () async throws -> [UInt8]

    /// Makes an input of what gives its next bytes with each call, none at the end.
    public init(_ next: @escaping @Sendable () async throws -> [UInt8]) { self.next = next }
}

extension BuildInput: Hashable {
    /// Whether both are one.
    public static func == (one: BuildInput, other: BuildInput) -> Bool { one === other }

    /// Hashes what tells it from others.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
