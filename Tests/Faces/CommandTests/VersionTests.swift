import CaissonJSON
import CaissonBuildModel
import Testing

@testable import caisson

/// What `caisson version` says.
@Suite struct VersionTests {
    @Test func `a line ends with the commit`() {
        let line = VersionCommand.text(in: .table, commit: "788433953a-dirty")
        #expect(line == "caisson \(Version.number) \(Platform.host) 788433953a-dirty\n")
    }

    @Test func `an unknown commit leaves nothing behind`() {
        #expect(VersionCommand.text(in: .table, commit: nil) == "caisson \(Version.number) \(Platform.host)\n")
        let object = "{\"platform\":\"\(Platform.host)\",\"version\":\"\(Version.number)\"}\n"
        #expect(VersionCommand.text(in: .json, commit: nil) == object)
    }

    @Test func `the commit is a member of its own in JSON`() {
        let object = "{\"commit\":\"788433953a\",\"platform\":\"\(Platform.host)\",\"version\":\"\(Version.number)\"}\n"
        #expect(VersionCommand.text(in: .json, commit: "788433953a") == object)
    }

    @Test func `a commit that was recorded is a short hash`() {
        guard let commit = Version.commit else { return }
        #expect(commit.wholeMatch(of: #/[0-9a-f]{10,40}(?:-dirty)?/#) != nil)
    }
}
