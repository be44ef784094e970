import CaissonText

/// What an image for s390 says: `arch/s390/boot/head.S` of the kernel.
package struct S390Image: Sendable, Hashable {
    /// The kernel's own text: release, builder, version and time; nil where it isn't found, as before 5.8.
    package var versionText: String?

    /// The kernel's release: the first word of its text.
    package var release: String? { versionText.flatMap { $0.pieces(at: " ").first }.flatMap { $0.isEmpty ? nil : $0 } }
}

extension S390Image {
    private static let mark = Array("S390EP".utf8)
    /// Where the mark stands.
    static let markOffset = 0x10008
    /// Where the parameters have the address of the version, which is its place in the file, too.
    private static let versionOffset = 0x10428
    private static let longestVersion = 1024

    /// Whether it is such an image.
    static func isOne(_ bytes: ArtifactBytes) throws(ArtifactProblem) -> Bool {
        try bytes.prefix(mark.count, at: markOffset) == mark
    }

    /// Reads an image.
    init(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        let fields = FieldBytes(try bytes.prefix(8, at: Self.versionOffset), isBigEndian: true, "parameters")
        guard let place = try? fields.int64(0), place > Self.versionOffset else { return }
        let text = try bytes.prefix(Self.longestVersion, at: place)
        let line = FieldBytes(text, isBigEndian: true, "version").text(0, limit: text.count)
        if line.utf8.first?.isDigit == true { versionText = line }
    }
}
