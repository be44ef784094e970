import CaissonArtifacts
package import CaissonBuildModel
import CaissonContainerJobs
package import CaissonJSON

/// What a second build of a kernel has shown: whether it gives the same bytes.
package struct KernelReproducibility: Sendable, Hashable {
    /// How it was built again.
    package let mode: KernelJob.Check
    /// The artifacts that are equal.
    package let equal: [String]
    /// Those that aren't, each with its first difference; a hundred at most.
    package let different: [String]
    /// How many aren't.
    package let count: Int

    /// Whether all are equal.
    package var isEqual: Bool { count == 0 }

    /// Logs and records, which tell times and aren't compared.
    private static let ignored = ["logs/*", "build.log", "*.json", "SHA256SUMS", "steps/*"]

    /// Compares the artifacts of two builds.
    ///
    /// - Parameter temporaryFolder: Where what is compressed is unpacked.
    /// - Throws: `BuildError` where they can't be read.
    package init(
        _ mode: KernelJob.Check,
        first: String,
        second: String,
        temporaryFolder: String = "/tmp"
    ) throws(BuildError) {
        self.mode = mode
        let found: FolderDifferences
        do {
            var limits = ComparisonLimits()
            limits.temporaryFolder = temporaryFolder
            found = try FolderComparison(limits: limits).differences(first, second) { !KernelResults.isArtifact($0) }
        } catch {
            throw BuildError(.output, "the two builds can't be compared: \(error)")
        }
        equal = found.equal
        different = found.files.map(\.description)
        count = found.count
    }

    /// What is told of it.
    package var messages: [String] { different.prefix(20).map { "repro.diff: \($0)" } }

    /// What the manifest tells of it.
    package var json: JSON {
        .object([
            JSONMember("mode", .string(mode.rawValue)), JSONMember("identical", .array(equal.map(JSON.string))),
            JSONMember("different", .array(different.map(JSON.string))),
            JSONMember("ignored", .array(Self.ignored.map(JSON.string))),
        ])
    }
}
