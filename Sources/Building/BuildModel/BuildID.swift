/// The name of one build, the same in its events, on its engine and in what is remembered of it: 25 characters of `a-z0-9`.
public struct BuildID: Sendable, Hashable, LosslessStringConvertible {
    private static let length = 25
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")

    /// The 25 characters.
    public let description: String

    /// Makes an id that no other build has.
    public init() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Self.alphabet
        description = String(
            (0..<Self.length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        )
    }

    /// Reads an id; nil for a text of another length or with other characters.
    public init?(_ description: String) {
        guard description.utf8.count == Self.length, description.allSatisfy(Self.alphabet.contains) else { return nil }
        self.description = description
    }
}
