import CaissonText
import Glibc

/// The names in a directory, without `.` and `..`.
package enum DirectoryNames {
    /// The names that are wanted, sorted, and no more than a limit; none where the directory can't be read.
    package static func sorted(
        in directory: String,
        limit: Int,
        where isWanted: (String) -> Bool = { _ in true }
    ) -> [String] {
        guard limit > 0, let stream = opendir(directory.cPath) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        visit(stream) { pointer in
            let name = String(cPath: pointer)
            if isWanted(name) { names.append(name) }
            return names.count < limit
        }
        return names.sorted()
    }

    /// Calls with each name in an open directory, in no order and as the system has it, until a call answers false.
    ///
    /// The descriptor stays the caller's, but its position is that of the end afterwards.
    package static func visit(_ directory: Int32, _ body: (UnsafePointer<CChar>) -> Bool) {
        // A stream closes what it reads, so it gets a descriptor of its own.
        let own = fcntl(directory, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else { return }
        guard let stream = fdopendir(own) else {
            close(own)
            return
        }
        defer { closedir(stream) }
        visit(stream, body)
    }

    private static func visit(_ stream: OpaquePointer, _ body: (UnsafePointer<CChar>) -> Bool) {
        while let entry = readdir(stream) {
            let goesOn = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) { name in
                    isSelfOrParent(name) || body(name)
                }
            }
            guard goesOn else { return }
        }
    }

    private static func isSelfOrParent(_ name: UnsafePointer<CChar>) -> Bool {
        strcmp(name, ".") == 0 || strcmp(name, "..") == 0
    }
}
