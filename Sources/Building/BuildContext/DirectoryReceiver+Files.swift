import CaissonSystem
import Glibc

extension DirectoryReceiver {
    /// Takes a piece of a file's content.
    package func write(_ id: UInt32, _ bytes: UnsafeRawBufferPointer) throws(BuildContextError) {
        var file = try open(id)
        do throws(BuildContextError) {
            guard file.written + Int64(bytes.count) <= file.size else { throw Self.wrongSize(file, "more") }
            try Self.append(bytes, to: file)
        } catch {
            discard(id)
            throw error
        }
        file.written += Int64(bytes.count)
        summary.bytes += Int64(bytes.count)
        incoming[id] = file
    }

    private static func append(_ bytes: UnsafeRawBufferPointer, to file: Incoming) throws(BuildContextError) {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(file.descriptor.raw, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .failed("write", file.path, errno) }
            done += count
        }
    }

    /// Takes a piece of a file's content.
    package func write(_ id: UInt32, _ bytes: [UInt8]) throws(BuildContextError) {
        var failure: BuildContextError?
        bytes.withUnsafeBytes { buffer in
            do throws(BuildContextError) {
                try write(id, buffer)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Takes the end of a file's content, and puts the file in its place.
    package func endFile(_ id: UInt32) throws(BuildContextError) {
        let file = try open(id)
        do throws(BuildContextError) {
            guard file.written == file.size else { throw Self.wrongSize(file, "less") }
            file.temporary.withCPath {
                setAttributes(attributes.removeValue(forKey: id) ?? [], of: $0, in: file.directory.descriptor)
            }
            guard fchmod(file.descriptor.raw, modes[Int(id)].permissions) == 0 else {
                throw .failed("set the mode of", file.path, errno)
            }
            setTime(times[Int(id)], of: file.descriptor)
            // Some file systems report a full disk only on closing. Closing a copy flushes the same file, and keeps
            // ours open.
            let copy = fcntl(file.descriptor.raw, F_DUPFD_CLOEXEC, 0)
            guard copy < 0 || close(copy) == 0 else { throw .failed("write", file.path, errno) }
            try file.directory.replace(try split(file.path).name, by: file.temporary, path: file.path)
        } catch {
            discard(id)
            throw error
        }
        incoming[id] = nil
        awaitedFiles -= 1
    }

    /// The file whose content is coming; created when its first piece comes.
    private func open(_ id: UInt32) throws(BuildContextError) -> Incoming {
        if let file = incoming[id] { return file }
        guard let (path, size) = index.take(id) else {
            throw BuildContextError(
                .protocolViolation,
                "the engine sent content for file \(id), which wasn't asked for"
            )
        }
        guard incoming.count < limits.openFiles else {
            throw BuildContextError(.limitExceeded, "the engine sends more than \(limits.openFiles) files at once")
        }
        let directory = try written.directory(at: try split(path).parent)
        let temporary = OutputDirectory.temporaryName()
        var failure: Int32 = 0
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let made = temporary.withCPath {
            SharedDescriptor.open($0, under: directory.raw, flags, mode: 0o600, failure: &failure)
        }
        guard let made else { throw .failed("write", path, failure) }
        let file = Incoming(
            descriptor: made,
            directory: OutputDirectory(descriptor: directory),
            temporary: temporary,
            path: path,
            size: size
        )
        incoming[id] = file
        return file
    }

    private func discard(_ id: UInt32) {
        guard let file = incoming.removeValue(forKey: id) else { return }
        file.directory.remove(file.temporary)
    }

    private static func wrongSize(_ file: Incoming, _ word: String) -> BuildContextError {
        BuildContextError(
            .protocolViolation,
            "the engine sent \(word) than the \(file.size) bytes that it announced for \(displayed(file.path))"
        )
    }
}

// MARK: - The end

extension DirectoryReceiver {
    /// Completes links and directories after all entries and contents came.
    package func finish() throws(BuildContextError) -> Summary {
        guard awaitedFiles == 0 else {
            throw BuildContextError(
                .protocolViolation,
                "the engine ended the export while \(awaitedFiles) files were incomplete"
            )
        }
        for link in hardLinks { try makeHardLink(link.id, to: link.target) }
        // Inner directories come first: a directory's time must not change after it was set, nor its mode keep us out.
        for id in (0..<UInt32(index.count)).reversed() where modes[Int(id)].isDirectory {
            try completeDirectory(id)
        }
        return summary
    }

    private func makeHardLink(_ id: UInt32, to target: UInt32) throws(BuildContextError) {
        guard let path = index.path(of: id), let existing = index.path(of: target) else { return }
        let (parent, name) = try split(path)
        let (existingParent, existingName) = try split(existing)
        let from = try written.directory(at: existingParent)
        let directory = OutputDirectory(descriptor: try announced.directory(at: parent))
        let temporary = OutputDirectory.temporaryName()
        let failure: Int32 = existingName.withCPath { old in
            temporary.withCPath { linkat(from.raw, old, directory.descriptor.raw, $0, 0) == 0 ? 0 : errno }
        }
        guard failure == 0 else { throw .failed("make the link", path, failure) }
        try directory.replace(name, by: temporary, path: path)
    }

    private func completeDirectory(_ id: UInt32) throws(BuildContextError) {
        guard let path = index.path(of: id) else { return }
        let (parent, name) = try split(path)
        let directory = try announced.directory(at: path[...])
        if let attributes = attributes[id] {
            let upper = try written.directory(at: parent)
            name.withCPath { setAttributes(attributes, of: $0, in: upper) }
        }
        if fchmod(directory.raw, modes[Int(id)].permissions) != 0 {
            let failure = errno
            // A directory that was there before and belongs to somebody else keeps its mode.
            guard let status = directory.status(), status.st_uid != geteuid() else {
                throw .failed("set the mode of", path, failure)
            }
        }
        setTime(times[Int(id)], of: directory)
    }
}

// MARK: - Metadata

/// Sets extended attributes as far as the system lets us.
func setAttributes(_ attributes: [ExtendedAttribute], of name: UnsafePointer<CChar>, in directory: SharedDescriptor) {
    guard !attributes.isEmpty, let set = AttributeCalls.set else { return }
    let path = attributePath(directory, name)
    for attribute in attributes { _ = set(path, attribute.name, attribute.value, attribute.value.count, 0) }
}

private func timespecs(_ nanoseconds: Int64) -> [timespec] {
    var seconds = nanoseconds / 1_000_000_000
    var rest = nanoseconds % 1_000_000_000
    if rest < 0 {
        rest += 1_000_000_000
        seconds -= 1
    }
    return [timespec](repeating: timespec(tv_sec: Int(seconds), tv_nsec: Int(rest)), count: 2)
}

/// Sets the times of a name, of the link itself if it is one; if that fails, the file keeps the time when it was made.
func setTime(_ nanoseconds: Int64, of name: UnsafePointer<CChar>, in directory: SharedDescriptor) {
    _ = utimensat(directory.raw, name, timespecs(nanoseconds), AT_SYMLINK_NOFOLLOW)
}

/// Sets the times of an open file.
func setTime(_ nanoseconds: Int64, of file: SharedDescriptor) {
    _ = futimens(file.raw, timespecs(nanoseconds))
}
