package import CaissonBuildModel

/// A build that something is told of: enough to find it and its commit.
package struct BuildMark: Sendable, Hashable {
    /// The build.
    package var id: BuildID
    /// When it began; where it didn't, when it was asked for.
    package var time: Timestamp
    /// The commit that it was made from; nil where that isn't known.
    package var commit: String?
    /// Its place among the builds that were looked at, from 0.
    package var place: Int

    /// Marks a build at a place of a series.
    package init(_ record: BuildRecord, at place: Int) {
        id = record.id
        time = record.started ?? record.submission.time
        commit = record.submission.revision?.commit
        self.place = place
    }
}
