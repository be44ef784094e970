import CaissonText
import Glibc

/// When files were written, for those who compare it.
package enum FileTime {
    /// When a regular file was last written to, in nanoseconds since 1970; nil for anything else, links included.
    package static func written(_ path: String) -> Int64? {
        var status = stat()
        guard lstat(path.cPath, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let (whole, isOver) = Int64(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isStillOver) = whole.addingReportingOverflow(Int64(status.st_mtim.tv_nsec))
        return isOver || isStillOver ? (status.st_mtim.tv_sec < 0 ? .min : .max) : sum
    }
}
