package import CaissonBuildModel

/// Follows the journal of a build to its end, while another process writes it.
///
/// It keeps the files open, so that it doesn't matter when the journal goes into the database meanwhile.
package struct BuildFollower: Sendable {
    /// How long it sleeps where nothing new was written.
    private static let pause = Duration.milliseconds(40)

    private var reader: JournalReader
    private var hasEnded = false

    /// Opens the journal of a build, whether it runs or has ended.
    ///
    /// - Throws: `HistoryError` as `JournalReader` does.
    package init(
        _ place: HistoryPlace,
        _ id: BuildID,
        output: JournalReader.Output = .bytes
    ) throws(HistoryError) {
        reader = try JournalReader(place, id, output: output)
    }

    /// The build.
    package var submission: BuildSubmission { reader.submission }

    /// The next entry, waiting for it; nil behind the end, which is `interrupted` where the writer is gone without one.
    ///
    /// - Throws: `CancellationError`, or `HistoryError` where the file can't be read.
    package mutating func next() async throws -> JournalEntry? {
        guard !hasEnded else { return nil }
        while true {
            if let entry = try reader.next() { return told(entry) }
            if !reader.isLive {
                // What the writer wrote last may have come between the two looks.
                return told(try reader.next() ?? .end(reader.interruption))
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    private mutating func told(_ entry: JournalEntry) -> JournalEntry {
        if case .end = entry { hasEnded = true }
        return entry
    }
}
