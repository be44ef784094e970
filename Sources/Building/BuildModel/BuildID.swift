/// The name of one build, the same in its events, on its engine and in what is remembered of it: 25 characters of `a-z0-9`.
public struct BuildID: Sendable, Hashable, LosslessStringConvertible {
    private static let length = 25
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    /// How many characters one number of 64 bits gives.
    private static let atOnce = 12
    /// How many different ones there are of that length.
    private static let limit = (0..<atOnce).reduce(UInt64(1)) { limit, _ in limit * 36 }

    /// The 25 characters.
    public let description: String

    /// Makes an id that no other build has.
    public init() {
        // Each random number is asked of the kernel, so that as many characters as fit are made of one.
        var characters: [Character] = []
        while characters.count < Self.length {
            var number = UInt64.random(in: 0..<Self.limit)
            for _ in 0..<Self.atOnce {
                characters.append(Self.alphabet[Int(number % 36)])
                number /= 36
            }
        }
        description = String(characters.prefix(Self.length))
    }

    /// Reads an id; nil for a text of another length or with other characters.
    public init?(_ description: String) {
        guard description.utf8.count == Self.length, description.allSatisfy(Self.alphabet.contains) else { return nil }
        self.description = description
    }
}
