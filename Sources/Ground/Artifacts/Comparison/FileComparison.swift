/// Compares files that should be equal, such as those that two builds of the same made.
package struct FileComparison: Sendable {
    private let limits: ComparisonLimits

    /// Makes a comparison.
    package init(limits: ComparisonLimits = ComparisonLimits()) { self.limits = limits }

    /// Where two files differ first; nil where they are equal, byte for byte.
    ///
    /// - Throws: `unreadable` where the system can't read one of them, or `truncated` where one shrinks meanwhile.
    package func difference(_ first: String, _ second: String) throws(ArtifactProblem) -> FileDifference? {
        try difference(.open(first), .open(second))
    }

    /// Where two files differ first; nil where they are equal, byte for byte.
    package func difference(
        _ first: ArtifactBytes,
        _ second: ArtifactBytes
    ) throws(ArtifactProblem) -> FileDifference? {
        try DifferenceFinder(limits).difference(first, second)
    }
}
