import CaissonArchive
import CaissonText

/// Reads Debian packages: their control file, and the names of what is in them.
struct DebianReader {
    private static let largestControl = 1 << 20
    private static let mostUnpacked: Int64 = 64 << 30
    private static let mostEntries = 1_000_000
    private static let mostFileNames = 200_000

    /// The facts of a package.
    ///
    /// - Throws: A problem where it is none at all.
    static func facts(of bytes: ArtifactBytes, _ limits: ArtifactLimits) throws(ArtifactProblem) -> DebianPackage {
        let archive = try DebianArchive(bytes)
        let format = try archive.member("debian-binary")?.bytes.prefix(16) ?? []
        var package = DebianPackage(format: String(decoding: format, as: UTF8.self).trimmed, fields: [])
        if let problem = archive.problem { package.problems.append(problem) }
        do throws(ArtifactProblem) {
            guard let control = archive.member("control.tar") else { throw .damaged("it has no control archive") }
            package.fields = try fields(control.bytes)
            for name in ["Package", "Version", "Architecture"] where package.value(name) == nil {
                throw .damaged("its control file has no \(name)")
            }
            guard let data = archive.member("data.tar") else { throw .damaged("it has no archive of its files") }
            package.compression = CompressionFormat(beginning: try data.bytes.prefix(16))
            if limits.readsPackageData { package.content = try content(data.bytes) }
        } catch {
            guard error.code != .unreadable else { throw error }
            package.problems.append(error)
        }
        return package
    }

    private static func fields(_ bytes: ArtifactBytes) throws(ArtifactProblem) -> [DebianPackage.Field] {
        var control: [UInt8]?
        try forEachEntry(of: bytes, unpacked: 64 << 20) { entry, read throws(ArchiveError) in
            guard entry.path == Array("./control".utf8) || entry.path == Array("control".utf8) else { return true }
            control = try read(largestControl)
            return false
        }
        guard let control else { throw .damaged("its control archive has no control file") }
        guard control.count < largestControl else {
            throw ArtifactProblem(.limitExceeded, "its control file has \(largestControl) bytes or more; refused")
        }
        return try DebianPackage.fields(control)
    }

    private static func content(_ bytes: ArtifactBytes) throws(ArtifactProblem) -> DebianPackage.Content {
        var content = DebianPackage.Content()
        try forEachEntry(of: bytes, unpacked: mostUnpacked) { entry, _ throws(ArchiveError) in
            content.entryCount += 1
            guard case .file(let size) = entry.kind else { return true }
            content.bytes = content.bytes.clampedAdding(size)
            guard content.files.count < mostFileNames else {
                throw ArchiveError(.limitExceeded, "it has more than \(mostFileNames) files; refused")
            }
            content.files.append(String(pathBytes: entry.path))
            return true
        }
        return content
    }

    private typealias Body = (TarEntry, (Int) throws(ArchiveError) -> [UInt8]) throws(ArchiveError) -> Bool

    /// Goes through a tar that may be compressed, until the closure returns false; it may read the entry's content.
    private static func forEachEntry(
        of bytes: ArtifactBytes,
        unpacked: Int64,
        _ body: Body
    ) throws(ArtifactProblem) {
        let stream = try PackageStream(bytes)
        do throws(ArchiveError) {
            var limits = TarReader.Limits()
            limits.entries = mostEntries
            limits.contentBytes = unpacked
            limits.nameLength = 4096
            var tar = try TarReader.open(limits: limits, isPlain: true) { () throws(ArchiveError) in
                try stream.next()
            }
            while let entry = try tar.next() {
                let goesOn = try body(entry) { limit throws(ArchiveError) in try read(&tar, limit) }
                guard goesOn else { return }
            }
        } catch {
            throw stream.failure ?? problem(error)
        }
    }

    private static func read(_ tar: inout TarReader, _ limit: Int) throws(ArchiveError) -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit, alignment: 16)
        defer { buffer.deallocate() }
        var count = 0
        while count < limit {
            let more = try tar.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            guard more > 0 else { break }
            count += more
        }
        return Array(buffer[..<count])
    }

    private static func problem(_ error: ArchiveError) -> ArtifactProblem {
        switch error.code {
        case .libraryMissing: ArtifactProblem(.unsupported, error.message)
        case .limitExceeded: ArtifactProblem(.limitExceeded, error.message)
        default: .damaged("it is damaged or cut: \(error.message)")
        }
    }
}
