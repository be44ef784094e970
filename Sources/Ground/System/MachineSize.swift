import CaissonText
import Glibc

/// How large this machine is.
package struct MachineSize: Sendable, Hashable {
    /// The processors that are switched on; at least 1.
    package var processors = 1
    /// The memory in units of 1,048,576 bytes; at least 1.
    package var memoryMegabytes = 1
    /// The size of a file system, used space included, in units of 1,048,576 bytes; at least 1.
    package var diskMegabytes = 1

    /// The least there is.
    package init() {}

    /// The size of this machine and of the file system on which a path is, or would be.
    package init(diskOf path: String) {
        processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        memoryMegabytes = Self.megabytes(sysconf(Int32(_SC_PHYS_PAGES)), of: sysconf(Int32(_SC_PAGESIZE)))
        var path = path.isEmpty ? "/" : path
        var facts = statvfs()
        // What isn't there yet will be on the file system of the nearest folder that is.
        while statvfs(path.cPath, &facts) != 0 {
            let folder = PathFacts.split(path).directory
            guard folder != path else { return }
            path = folder
        }
        diskMegabytes = Self.megabytes(Int(clamping: facts.f_blocks), of: Int(clamping: facts.f_frsize))
    }

    private static func megabytes(_ count: Int, of unit: Int) -> Int {
        let (bytes, isOver) = count.multipliedReportingOverflow(by: unit)
        return max(1, (isOver ? .max : bytes) >> 20)
    }
}
