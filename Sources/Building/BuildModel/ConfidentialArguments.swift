import CaissonText

extension BuildRequest {
    /// Values of build arguments that look like secrets, by their names or as what stands before the host of an address.
    ///
    /// A build argument is no place for a secret, as images show it; many builds have one there all the same. The engine
    /// writes it into names of steps, so that it is hidden like a secret's value where it is long enough to be told from words.
    package var confidentialArguments: [String] {
        buildArgs.sorted { $0.key < $1.key }.flatMap { name, value -> [String] in
            if ConfidentialName.isSecret(name) { return value.utf8.count >= Self.shortestValue ? [value] : [] }
            return ConfidentialName.passwords(in: value).filter { $0.utf8.count >= Self.shortestPassword }
        }
    }

    /// Shorter values, such as `none` or `default`, may be words.
    private static let shortestValue = 8
    private static let shortestPassword = 6
}
