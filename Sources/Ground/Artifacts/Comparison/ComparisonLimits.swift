/// How much is done to explain a difference; beyond it the place is told less precisely.
package struct ComparisonLimits: Sendable, Hashable {
    /// The bytes that all compressed streams of a pair of files may have unpacked, together.
    package var unpackedBytes = 4 << 30
    /// The unpacked bytes that stay in memory; more go into a temporary file.
    package var bytesInMemory = 16 << 20
    /// How many forms may lie within each other: a section of a kernel in an image in a package is at seven.
    package var depth = 12
    /// How many sections, members or properties a file may have.
    package var parts = 200_000
    /// How many files two folders may have.
    package var files = 500_000
    /// How many differences between two folders are explained.
    package var explanations = 100
    /// The folder for temporary files.
    package var temporaryFolder = "/tmp"

    /// The limits by default.
    package init() {}
}
