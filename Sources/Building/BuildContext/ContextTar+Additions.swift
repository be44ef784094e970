package import CaissonArchive

extension ContextTar {
    /// A tar of these files alone.
    package static func bytes(of files: [Addition]) throws(BuildContextError) -> [UInt8] {
        let box = ByteBox()
        do throws(ArchiveError) {
            var writer = try TarWriter.open { box.bytes += $0 }
            for file in files { try writer.add(file, time: 0) }
            try writer.finish()
        } catch {
            throw BuildContextError(error)
        }
        return box.bytes
    }

    private final class ByteBox { var bytes: [UInt8] = [] }
}

extension TarWriter {
    /// Writes a file that no context has.
    mutating func add(_ file: ContextTar.Addition, time: Int64) throws(ArchiveError) {
        let kind = TarEntry.Kind.file(size: Int64(file.content.count))
        var entry = TarEntry(path: file.path, kind: kind, permissions: 0o600)
        entry.modificationTime = time
        try add(entry)
        var problem: ArchiveError?
        file.content.withUnsafeBytes { bytes in
            do throws(ArchiveError) {
                try write(bytes)
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
    }
}

extension ArchiveError {
    /// What a sink throws when the reader of its bytes is gone.
    package static var nobodyReads: ArchiveError { ArchiveError(.cancelled, "nobody takes the tar any more") }
}
