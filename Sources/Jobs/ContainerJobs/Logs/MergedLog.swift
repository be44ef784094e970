package import CaissonSystem
import CaissonText
import Glibc

/// The logs of a job's steps in one file, each headed by a line.
package enum MergedLog {
    /// Writes the file.
    ///
    /// - Parameters:
    ///   - path: Where it goes; readers see it whole or not at all.
    ///   - logs: The steps' logs, by the lines that head them.
    /// - Throws: Why it can't be written; a log that can't be read is told in its place.
    package static func write(_ path: String, _ logs: [(heading: String, path: String)]) throws(Errno) {
        let file = try AtomicFile.open(path, .usual)
        let output = BorrowedDescriptor(number: file.descriptor)
        for log in logs {
            try output.write(Array("==> \(log.heading) <==\n".utf8))
            var last: UInt8 = 0x0A
            do throws(Errno) {
                try LogFile.read(log.path) { bytes throws(Errno) in
                    try output.write(Array(bytes))
                    last = bytes.last ?? last
                }
            } catch {
                guard error.number == ENOENT else { throw error }
                try output.write(Array("(no log)\n".utf8))
            }
            if last != 0x0A { try output.write([0x0A]) }
        }
        try file.replace()
    }
}
