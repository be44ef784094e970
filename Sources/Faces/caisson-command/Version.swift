/// What this program is.
enum Version {
    /// The version by https://semver.org.
    static let number = "0.1.0"

    /// The commit that the program was built from, with `-dirty` behind it where the sources differed from that commit.
    ///
    /// The plugin RecordCommit writes it while building. It is nil where the sources were no git clone.
    static let commit = RecordedCommit.name
}
