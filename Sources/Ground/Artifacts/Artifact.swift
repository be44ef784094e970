/// A file of a build, read by its bytes alone: what it is, what it says of itself, and what is wrong with it.
///
/// Any bytes give an artifact: what isn't known is `unknown`, and what is damaged has problems.
package struct Artifact: Sendable, Hashable {
    /// What it says of itself.
    package var facts: ArtifactFacts
    /// How many bytes the file has.
    package var size: Int
    /// How the file is compressed around what the facts are of; nil where it isn't.
    package var compression: CompressionFormat?
    /// What is wrong with it, as far as it can be told by itself.
    package var problems: [ArtifactProblem]

    /// What it is.
    package var kind: ArtifactKind { facts.kind }

    /// Reads an artifact.
    ///
    /// - Throws: `unreadable` where the system can't read the file; all else is among the problems.
    package static func read(
        _ bytes: ArtifactBytes,
        limits: ArtifactLimits = ArtifactLimits()
    ) throws(ArtifactProblem) -> Artifact {
        guard bytes.size > 0 else { return Artifact(facts: .empty, size: 0, problems: []) }
        let form = try ArtifactForm(bytes)
        if case .compressed(let format) = form { return try compressed(bytes, format, limits) }
        let (facts, problems) = try ArtifactReader(bytes, limits).read(form)
        return Artifact(facts: facts, size: bytes.size, problems: problems)
    }

    /// Reads a file; its name is only where it is.
    ///
    /// - Throws: `unreadable` where the system can't read it, or it is no regular file.
    package static func read(
        path: String,
        limits: ArtifactLimits = ArtifactLimits()
    ) throws(ArtifactProblem) -> Artifact {
        try read(.open(path), limits: limits)
    }

    /// Reads what is compressed, once: what comes out and is compressed again isn't unpacked.
    private static func compressed(
        _ bytes: ArtifactBytes,
        _ format: CompressionFormat,
        _ limits: ArtifactLimits
    ) throws(ArtifactProblem) -> Artifact {
        var artifact = Artifact(facts: .compressed, size: bytes.size, compression: format, problems: [])
        let content = Unpacking.content(of: bytes, format, limit: limits.unpackedBytes, head: ArtifactForm.headSize) {
            // What isn't known needn't be unpacked to its end.
            ArtifactForm(unpacked: $0).isKnown
        }
        if let problem = content.problem {
            guard problem.code != .unreadable else { throw problem }
            artifact.problems.append(problem)
            return artifact
        }
        let form = ArtifactForm(unpacked: content.bytes)
        guard form.isKnown else { return artifact }
        if format == .gzip, let problem = try GzipTrailer.problem(bytes, content.bytes) {
            artifact.problems.append(problem)
            return artifact
        }
        (artifact.facts, artifact.problems) = try ArtifactReader(ArtifactBytes(content.bytes), limits).read(form)
        return artifact
    }
}
