public import CaissonBuildModel
import CaissonArchive
import CaissonBuildContext
import Glibc

/// A file that a build would send to its engine.
public struct ContextFile: Sendable, Hashable {
    /// What kind of file it is.
    public enum Kind: Sendable, Hashable {
        /// A regular file.
        case file
        /// A directory.
        case directory
        /// A symbolic link.
        case symbolicLink
        /// A FIFO or a device.
        case special
    }

    /// Its path from the context's root: bytes that need not be UTF-8.
    public var path: [UInt8]
    /// What kind of file it is.
    public var kind: Kind
    /// Its size in bytes; 0 for what is no regular file.
    public var size: Int64
    /// Its permissions.
    public var permissions: UInt32
}

/// Lists the files that a build of a directory would send, in the order in which they would go.
///
/// The ignore file beside the Dockerfile decides, else `.dockerignore`, as in a build.
///
/// - Parameters:
///   - directory: The context's directory.
///   - dockerfile: The Dockerfile's path; nil for the one in the context.
/// - Throws: `BuildError` with code `usage` for what isn't there or can't be understood, else `output`.
public func contextFiles(of directory: String, dockerfile: String? = nil) throws(BuildError) -> [ContextFile] {
    var files: [ContextFile] = []
    do {
        let selection = try ContextSelection(directory: directory, dockerfile: dockerfile)
        _ = try ContextListing(selection).forEachBatch { batch in files += batch.map(ContextFile.init) }
    } catch {
        throw BuildError(error)
    }
    return files
}

/// Writes the files that a build of a directory would send as a tar, the same bytes for the same files.
///
/// - Parameters:
///   - directory: The context's directory.
///   - dockerfile: The Dockerfile's path; nil for the one in the context.
///   - descriptor: Where the tar goes: an open descriptor, which stays open.
/// - Returns: How many entries were written.
/// - Throws: `BuildError` with code `usage` for what isn't there or can't be understood, else `output`.
public func exportContext(
    of directory: String,
    dockerfile: String? = nil,
    to descriptor: Int32
) throws(BuildError) -> Int {
    do {
        let selection = try ContextSelection(directory: directory, dockerfile: dockerfile)
        let sink = DescriptorSink(descriptor, name: "descriptor \(descriptor)", isCancelled: { false })
        return try ContextTar(selection).write { bytes throws(ArchiveError) in try sink.write(bytes) }.entries
    } catch {
        throw BuildError(error)
    }
}

extension ContextFile {
    init(_ entry: Entry) {
        path = entry.path
        if entry.mode.isDirectory {
            kind = .directory
        } else if entry.mode.isSymlink {
            kind = .symbolicLink
        } else {
            kind = entry.mode.isRegular ? .file : .special
        }
        size = entry.size
        permissions = entry.mode.octal
    }
}

extension BuildError {
    init(_ error: BuildContextError) {
        switch error.code {
        case .cancelled: self.init(.cancelled, "cancelled")
        case .malformedPattern, .notFound, .notADirectory, .notAFile, .refused: self.init(.usage, error.message)
        default: self.init(.output, error.message)
        }
    }
}
