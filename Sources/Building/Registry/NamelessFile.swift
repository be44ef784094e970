import Glibc

/// Files that no name leads to: they end with their last descriptor, however the program ends.
enum NamelessFile {
    /// `O_TMPFILE`, which the Glibc module doesn't have, as x86 and arm64 and nearly all others number it.
    private static let temporary = 0o20_000_000 | O_DIRECTORY

    /// Opens one for reading and writing on the file system of a folder.
    static func open(in folder: String) throws(RegistryError) -> Int32 {
        let descriptor = Glibc.open(folder, temporary | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 { return descriptor }
        // Not every file system has such files.
        var template = Array((folder + "/caisson-XXXXXX").utf8CString)
        let named = mkstemp(&template)
        guard named >= 0 else {
            throw RegistryError(
                .system,
                "no temporary file can be made in \(folder): \(String(cString: strerror(errno))); set TMPDIR"
            )
        }
        _ = fcntl(named, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return named
    }

    /// Writes all of the bytes.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, in folder: String) throws(RegistryError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw RegistryError(
                    .system,
                    "a temporary file in \(folder) can't be written: \(String(cString: strerror(code)));"
                        + " free some space or set TMPDIR"
                )
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Writes all of the bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32, in folder: String) throws(RegistryError) {
        var failure: RegistryError?
        bytes.withUnsafeBytes { buffer in
            do throws(RegistryError) {
                try write(buffer, to: descriptor, in: folder)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
