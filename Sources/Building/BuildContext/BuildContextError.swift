import Glibc

/// Why files of a context can't be read, or why files of a result can't be written.
package struct BuildContextError: Error, Sendable, Hashable {
    /// The kind of failure.
    package enum Code: Sendable, Hashable {
        /// Something that was named isn't there.
        case notFound
        /// Something that must be a directory isn't one.
        case notADirectory
        /// Something that must be a regular file isn't one.
        case notAFile
        /// The permissions don't allow it.
        case notPermitted
        /// A pattern can't be understood.
        case malformedPattern
        /// A file changed while it was read.
        case changed
        /// The peer sent a path, a link or a mode that we don't accept.
        case refused
        /// The peer did something that the protocol doesn't allow.
        case protocolViolation
        /// Something exceeds a limit of ours.
        case limitExceeded
        /// The reader of our output went away.
        case closed
        /// The work was cancelled.
        case cancelled
        /// A library that is needed isn't installed.
        case libraryMissing
        /// The disk, or the user's share of it, is full.
        case diskFull
        /// Another failure of the system.
        case system
    }

    /// The kind of failure.
    package var code: Code
    /// What failed, which object, and what to do.
    package var message: String

    /// Makes an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The error that a failed system call leaves, about one path.
    static func failed(_ action: String, _ path: [UInt8], _ number: Int32) -> BuildContextError {
        let name = displayed(path)
        switch number {
        case ENOSPC, EDQUOT:
            return BuildContextError(
                .diskFull,
                "can't \(action) \(name): the disk is full; free some space and try again"
            )
        case EACCES, EPERM:
            return BuildContextError(.notPermitted, "can't \(action) \(name): permission denied")
        case ENOENT:
            return BuildContextError(.notFound, "can't \(action) \(name): no such file or directory")
        case ENOTDIR:
            return BuildContextError(.notADirectory, "can't \(action) \(name): not a directory")
        case EMFILE, ENFILE:
            return BuildContextError(.limitExceeded, "can't \(action) \(name): too many open files; raise `ulimit -n`")
        default:
            return BuildContextError(.system, "can't \(action) \(name): \(String(cString: strerror(number)))")
        }
    }
}

extension BuildContextError: CustomStringConvertible {
    /// The message alone.
    package var description: String { message }
}

/// A path for people: printable text unchanged, everything else with `\xNN` for bytes outside of ASCII; `.` for the
/// root.
///
/// It never contains anything that could steer a terminal or turn the direction of text around.
package func displayed(_ path: [UInt8]) -> String {
    if path.isEmpty { return "." }
    if path.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(decoding: path, as: UTF8.self) }
    if let text = String(validating: path, as: UTF8.self), text.unicodeScalars.allSatisfy(isPrintable) { return text }
    return path.map(escaped).joined()
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: false
    default: true
    }
}

private func escaped(_ byte: UInt8) -> String {
    if (0x20..<0x7F).contains(byte) { return String(Unicode.Scalar(byte)) }
    return (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
}
