import CaissonSystem
import CaissonText
import CaissonBuildModel
import FoundationEssentials
import Glibc

/// The files that a build's result is told in, beside the outputs themselves.
struct ResultFiles: Sendable {
    /// Where the image's id goes.
    var imageID: String?
    /// Where the metadata go.
    var metadata: String?

    /// Finds out before the build whether the files can be written, and removes an image id of an earlier build, which
    /// must not be taken for this one's should it fail.
    func prepare() throws(BuildError) {
        for path in [imageID, metadata].compactMap(\.self) {
            let parent = PathFacts.split(path).directory
            if PathFacts.kind(of: path) == .directory {
                throw BuildError(.output, "can't write \(path.quoted): it is a directory")
            }
            if PathFacts.kind(of: path) != .stream, let refusal = PathFacts.refusal(of: parent, W_OK | X_OK) {
                throw BuildError(.output, "can't write \(path.quoted): \(parent.quoted): \(refusal)")
            }
        }
        if let imageID, case .regular = PathFacts.kind(of: imageID), unlink(imageID) != 0 {
            throw BuildError(.output, "can't replace \(imageID.quoted): \(Errno.last)")
        }
    }

    /// Writes both, each whole or not at all.
    func write(_ result: BuildResult) throws(BuildError) {
        if let imageID {
            // As with buildx the file is empty where the build made no image: CI asks for one whatever the output is.
            try Self.replace(imageID, with: Array((result.imageID ?? result.digest ?? "").utf8))
        }
        if let metadata { try Self.replace(metadata, with: Metadata.json(of: result)) }
    }

    /// Puts bytes under a name at once: whoever opens it sees the old file or the whole new one.
    static func replace(_ path: String, with bytes: [UInt8]) throws(BuildError) {
        do {
            // A pipe or a device can't be replaced and keeps nothing half-written either.
            if PathFacts.kind(of: path) == .stream {
                try writeInPlace(path, bytes)
            } else {
                try AtomicFile.replace(path, with: bytes, .usual, isSynced: true)
            }
        } catch {
            throw BuildError(.output, "can't write \(path.quoted): \(error)")
        }
    }

    private static func writeInPlace(_ path: String, _ bytes: [UInt8]) throws(Errno) {
        let number = open(path, O_WRONLY | O_CLOEXEC)
        guard number >= 0 else { throw Errno.last }
        defer { close(number) }
        try BorrowedDescriptor(number: number).write(bytes)
    }
}
