import Glibc

/// The number that a system call failed with.
package struct Errno: Error, Sendable, Hashable, CustomStringConvertible {
    /// The number.
    package var number: Int32

    /// Names an error by its number.
    package init(_ number: Int32) {
        self.number = number
    }

    /// The error of the system call that failed just now.
    package static var last: Errno { Errno(errno) }

    /// The system's words for it, such as `No such file or directory`.
    package var description: String {
        guard let text = strerror(number) else { return "error \(number)" }
        return String(cString: text)
    }
}
