import CaissonText
import Glibc

/// Directories for what is needed for a moment.
package enum TemporaryDirectory {
    /// Makes a directory that only this user can look into, in `TMPDIR` of these variables or else in `/tmp`.
    ///
    /// Whoever made it removes it.
    ///
    /// - Parameter purpose: What it is for, as part of its name.
    /// - Returns: Its path.
    /// - Throws: Why it can't be made, with the directory that it should be in.
    package static func make(for purpose: String, _ variables: [String: String]) throws(Failure) -> String {
        let base = variables["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(base)/caisson-\(purpose).XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(base: base, reason: .last) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Why there is no directory.
    package struct Failure: Error, CustomStringConvertible {
        /// Where it should be.
        package let base: String
        /// The system's reason.
        package let reason: Errno

        /// What failed, and what to do.
        package var description: String {
            "can't make a directory in \(base.quoted): \(reason); name another place by TMPDIR"
        }
    }
}
