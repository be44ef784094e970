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
        /// There is more of something than we hold.
        case limitExceeded
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

/// A path for people: text as it is, control characters and bytes that aren't UTF-8 as `\xNN`; `.` for the root.
package func displayed(_ path: [UInt8]) -> String {
    if path.isEmpty { return "." }
    var text = ""
    var decoder = UTF8()
    var bytes = path.makeIterator()
    var isPlain = true
    decoding: while true {
        switch decoder.decode(&bytes) {
        case .scalarValue(let scalar):
            isPlain = isPlain && scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)
            text.unicodeScalars.append(scalar)
        case .emptyInput: break decoding
        case .error:
            isPlain = false
            break decoding
        }
    }
    return isPlain ? text : path.map(escaped).joined()
}

private func escaped(_ byte: UInt8) -> String {
    if (0x20..<0x7F).contains(byte) { return String(Unicode.Scalar(byte)) }
    return (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
}
