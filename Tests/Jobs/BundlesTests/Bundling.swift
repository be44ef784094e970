import CaissonArchive
import CaissonBuildModel
import CaissonBundles
import CaissonJSON
import Glibc
import Testing

/// Builds, bundles in memory, and what reads them again.
enum Bundling {
    /// A dossier in which everything is told that can be told.
    static func dossier(_ id: String = "abcdefghijklmnopqrstuvwxy") -> BuildDossier {
        let time = Timestamp(seconds: 1_796_175_255, nanoseconds: 677_309_043)
        var submission = BuildSubmission(BuildID(id) ?? BuildID(), .batch, at: time)
        submission.name = "app"
        submission.membership = .init(of: BuildID("m234567890123456789012345") ?? BuildID(), place: 1, count: 3)
        submission.invocation = .init(["build", "."], in: "/src", obstacle: "it read \u{1}")
        (submission.owner, submission.project, submission.group, submission.priority) = ("o", "p", "g", "high")
        submission.labels = ["a", "b\n"]
        submission.needs.milliprocessors = 1500
        submission.needs.network = false
        submission.images = ["app:1"]
        (submission.context, submission.dockerfile, submission.target) = (".", "Dockerfile", "last")
        submission.platforms = ["linux/amd64"]
        submission.revision = SourceRevision()
        submission.revision?.commit = "0123"
        submission.request = .object([JSONMember("args", .object([JSONMember("A", .string("b"))]))])
        (submission.fingerprint, submission.dependencies, submission.keepsOutput) = ("sha256:00", ["base"], false)
        var dossier = BuildDossier(record(submission, time))
        dossier.steps = steps(time)
        dossier.artifacts = [.image(image), .file("/f"), .directory("/d"), .standardOutput, .cache("c")]
        dossier.remarks = [BuildRemark(time, "a remark\r\u{7F}")]
        dossier.contexts = [changes]
        dossier.error = BuildError(
            .step,
            "it failed",
            excerpts: [
                SourceExcerpt(
                    source: SourceInfo(filename: "Dockerfile", data: [0xFF, 0, 10], language: "Dockerfile"),
                    ranges: [SourceRange(startLine: 3, startCharacter: 1, endLine: 4, endCharacter: 2)]
                )
            ],
            step: FailedStep(vertex: "sha256:2", name: "two", exitCode: 7)
        )
        return dossier
    }

    private static var image: ImageArtifact {
        ImageArtifact(names: ["app:1"], digest: "sha256:d", id: "sha256:i", isPushed: true)
    }

    private static var changes: ContextChanges {
        var changes = ContextChanges(of: "context", files: 3, since: BuildID("m234567890123456789012345"))
        changes.changes = [ContextChange(.content, "a\u{0}b", before: .max, after: 1), ContextChange(.added, "c")]
        changes.omitted = 2
        return changes
    }

    private static func record(_ submission: BuildSubmission, _ time: Timestamp) -> BuildRecord {
        var record = BuildRecord(submission)
        record.status = .failed
        record.reason = "why"
        record.engine = "dockerd 28"
        record.started = time
        record.duration = .milliseconds(1234)
        record.ended = Timestamp(seconds: time.seconds + 2)
        (record.attempts, record.steps, record.completedSteps, record.cachedSteps) = (2, 3, 2, 1)
        record.logSize = 12
        record.traffic.sent = 5
        record.traffic.pulled = 6
        record.images = [image]
        var statistics = BuildStatistics()
        (statistics.imageSize, statistics.layers, statistics.isImageSizePacked) = (9, 2, true)
        statistics.duration = .seconds(3)
        record.statistics = statistics
        return record
    }

    private static func steps(_ time: Timestamp) -> [StepRecord] {
        var first = StepRecord(1, digest: "sha256:1", name: "[internal] load\u{0}\u{2028}")
        (first.started, first.completed, first.isCached) = (time, time, true)
        var second = StepRecord(2, digest: "sha256:2", name: "[linux/arm64 base 1/2] RUN \"x\"\n")
        second.inputs = [1]
        second.started = Timestamp(seconds: time.seconds, nanoseconds: 900_000_001)
        second.completed = Timestamp(seconds: time.seconds + 1)
        (second.error, second.logSize) = ("exit code: 7", 12)
        var third = StepRecord(3, digest: "sha256:3", name: "")
        third.inputs = [1, 2]
        return [first, second, third]
    }

    /// What the second step printed.
    static let log = [
        BundleLogPiece(step: 2, stream: 1, time: Timestamp(seconds: 1_796_175_256), bytes: Array("hello\n".utf8)),
        BundleLogPiece(step: 2, stream: 2, time: Timestamp(seconds: 1_796_175_257), bytes: [0xFF, 0, 0x0A]),
    ]

    /// A build with that log.
    static func build(_ dossier: BuildDossier, _ log: [BundleLogPiece] = log) -> BundledBuild {
        BundledBuild(dossier) {
            var rest = log[...]
            return { rest.popFirst() }
        }
    }

    /// The bytes of a bundle.
    static func bytes(_ builds: [BundledBuild], _ compression: Compression = .gzip) throws -> [UInt8] {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        try DockerBundle.write(builds, compression: compression) { box.bytes += $0 }
        return box.bytes
    }

    /// The bytes of a tar of some files.
    static func tar(_ entries: [(TarEntry, [UInt8])]) throws -> [UInt8] {
        final class Box { var bytes: [UInt8] = [] }
        let box = Box()
        var tar = try TarWriter.open { box.bytes += $0 }
        for (entry, content) in entries {
            try tar.add(entry)
            try content.withUnsafeBytes { try tar.write($0) }
        }
        try tar.finish()
        return box.bytes
    }

    /// The files of a tar.
    static func files(_ bytes: [UInt8]) throws -> [(name: String, content: [UInt8])] {
        var tar = try TarReader.open(source: source(bytes))
        var files: [(String, [UInt8])] = []
        while let entry = try tar.next() {
            var content = [UInt8](repeating: 0, count: Int(entry.contentSize))
            let count = try content.withUnsafeMutableBytes { buffer in
                var done = 0
                while done < buffer.count {
                    let read = try tar.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
                    if read == 0 { break }
                    done += read
                }
                return done
            }
            #expect(count == content.count)
            files.append((String(decoding: entry.path, as: UTF8.self), content))
        }
        return files
    }

    /// The same files as a tar.
    static func tar(_ files: [(name: String, content: [UInt8])]) throws -> [UInt8] {
        try tar(
            files.map { name, content in
                let kind = name.hasSuffix("/") ? TarEntry.Kind.directory : .file(size: Int64(content.count))
                return (TarEntry(path: Array(name.utf8), kind: kind, permissions: 0o644), content)
            }
        )
    }

    /// Gives bytes in pieces.
    static func source(_ bytes: [UInt8]) -> TarReader.Source {
        var rest = bytes[...]
        return {
            let piece = Array(rest.prefix(4096))
            rest = rest.dropFirst(piece.count)
            return piece
        }
    }

    /// Reads a bundle.
    static func open(_ bytes: [UInt8], _ limits: BundleLimits = BundleLimits()) throws -> BundleReader {
        try BundleReader(source(bytes), scratch: try ScratchFile.make(in: "/tmp"), limits: limits)
    }

    /// All builds of a bundle.
    static func builds(_ reader: BundleReader) throws -> [ReadBuild] {
        var builds: [ReadBuild] = []
        while let build = try reader.next() { builds.append(build) }
        return builds
    }

    /// All pieces of a log.
    static func pieces(_ build: ReadBuild) throws -> [BundleLogPiece] {
        let log = build.openLog()
        var pieces: [BundleLogPiece] = []
        while let piece = try log.next() { pieces.append(piece) }
        return pieces
    }

    /// A bundle that docker buildx 0.29.1 wrote of two builds by dockerd 28.5.2; names of directories were changed.
    static func fixture() throws -> [UInt8] {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let file = try #require(fopen("/\(folder)/Fixtures/buildx.dockerbuild", "rb"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = bytes.withUnsafeMutableBytes { fread($0.baseAddress, 1, $0.count, file) }
        return Array(bytes.prefix(count))
    }
}
