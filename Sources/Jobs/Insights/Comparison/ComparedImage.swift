import CaissonBuildModel

/// An image that two builds made, or one of them, by a name.
package struct ComparedImage: Sendable, Hashable {
    /// The name; it may hold any characters.
    package var name: String
    /// Its digest in each build, or its id where there is no digest; nil where the build made none of that name.
    package var digests: ComparedPair<String?>

    /// Whether both are the same, byte for byte; nil where that can't be said.
    package var isSame: Bool? {
        guard let first = digests.first, let second = digests.second else { return nil }
        return first == second
    }

    /// One for each name, by name.
    static func all(_ a: [ImageArtifact], _ b: [ImageArtifact]) -> [ComparedImage] {
        let (a, b) = (byName(a), byName(b))
        return Set(a.keys).union(b.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .map { ComparedImage(name: $0, digests: ComparedPair(a[$0] ?? nil, b[$0] ?? nil)) }
    }

    private static func byName(_ images: [ImageArtifact]) -> [String: String?] {
        images.reduce(into: [:]) { names, image in
            for name in image.names { names.updateValue(image.digest ?? image.id, forKey: name) }
        }
    }
}
