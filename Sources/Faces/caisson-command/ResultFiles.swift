import CaissonJSON
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

    /// Whose file the image's id replaces.
    private var traits: FileTraits?

    /// Names the files.
    init(imageID: String? = nil, metadata: String? = nil) {
        self.imageID = imageID
        self.metadata = metadata
    }

    /// Finds out before the build whether the files can be written, and removes an image id of an earlier build, which
    /// must not be taken for this one's should it fail.
    mutating func prepare() throws(BuildError) {
        for path in [imageID, metadata].compactMap(\.self) { try Self.check(path) }
        guard let imageID, case .regular = PathFacts.kind(of: imageID) else { return }
        let target = PathFacts.followed(imageID)
        traits = FileTraits(of: target)
        if unlink(target.cPath) == 0 { return }
        do throws(Errno) {
            guard FileInPlace.mustKeep(target, after: .last) else { throw .last }
            try FileInPlace.write([], to: target)
        } catch {
            throw BuildError(.output, "can't replace \(imageID.quoted): \(error)")
        }
    }

    /// Finds out whether a file can be written.
    static func check(_ path: String) throws(BuildError) {
        let target = PathFacts.followed(path)
        let parent = PathFacts.split(target).directory
        switch PathFacts.kind(of: target) {
        case .directory: throw BuildError(.output, "can't write \(path.quoted): it is a directory")
        case .stream: return
        case .regular, .missing: break
        }
        guard let refusal = PathFacts.refusal(of: parent, W_OK | X_OK) else { return }
        if FileInPlace.mustKeep(target, after: refusal) { return }
        throw BuildError(.output, "can't write \(path.quoted): \(parent.quoted): \(refusal)")
    }

    /// Writes both, each whole or not at all.
    func write(_ result: BuildResult) throws(BuildError) {
        if let imageID {
            // As with buildx the file is empty where the build made no image: CI asks for one whatever the output is.
            let id = result.imageID ?? result.digest ?? ""
            try Self.replace(imageID, with: Array(id.utf8), traits: traits)
        }
        if let metadata { try Self.replace(metadata, with: Metadata.json(of: result)) }
    }

    /// Writes the metadata of several builds.
    func write(metadata value: JSON) throws(BuildError) {
        if let metadata { try Self.replace(metadata, with: Metadata.bytes(value)) }
    }

    /// Puts bytes under a name at once: whoever opens it sees the old file or the whole new one.
    static func replace(_ path: String, with bytes: [UInt8], traits: FileTraits? = nil) throws(BuildError) {
        do throws(Errno) {
            // A pipe or a device can't be replaced and keeps nothing half-written either.
            if PathFacts.kind(of: path) == .stream {
                try FileInPlace.write(bytes, to: path)
            } else {
                try FileInPlace.replace(path, with: bytes, traits: traits, isSynced: true)
            }
        } catch {
            throw BuildError(.output, "can't write \(path.quoted): \(error)")
        }
    }
}

extension ResultFileOption {
    /// Writes a result: a file appears under its name once it is whole.
    ///
    /// - Parameter body: Gives the bytes to what it is called with.
    func write(_ body: (_ sink: @escaping ([UInt8]) throws -> Void) throws -> Void) throws {
        try BuildFilterOptions.require("--output", path)
        guard let path, path != "-" else { return try body { try BuildsCommand.write($0) } }
        try ResultFiles.check(path)
        let target = PathFacts.followed(path)
        do {
            if case .stream = PathFacts.kind(of: target) {
                let number = open(target.cPath, O_WRONLY | O_CLOEXEC | O_NOCTTY)
                guard number >= 0 else { throw Errno.last }
                let stream = OwnedDescriptor(adopting: number)
                let descriptor = BorrowedDescriptor(number: stream.number)
                return try body { try descriptor.write($0) }
            }
            let file = try AtomicFile.open(target, .usual)
            let descriptor = BorrowedDescriptor(number: file.descriptor)
            try body { try descriptor.write($0) }
            try file.replace()
        } catch let error as Errno {
            throw BuildError(.output, "can't write \(path.quoted): \(error)")
        }
    }
}
