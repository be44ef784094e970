import Glibc

/// A process that can't be mistaken for a later one with the same number.
package struct ProcessIdentity: Codable, Sendable, Hashable {
    package var pid: Int32
    /// When it started, in clock ticks since the machine's start.
    package var startTime: UInt64
    /// Which start of the machine that was.
    package var boot: String

    /// The identity of a running process.
    package init?(pid: Int32) {
        guard pid > 0, let startTime = ProcessTable.startTime(of: pid) else { return nil }
        self.pid = pid
        self.startTime = startTime
        self.boot = ProcessTable.boot
    }

    /// Whether that very process still runs; a zombie does not.
    package var isAlive: Bool {
        boot == ProcessTable.boot && ProcessTable.startTime(of: pid) == startTime
    }
}

/// Reads /proc.
package enum ProcessTable {
    /// The identity of this start of the machine.
    package static var boot: String {
        let content = try? BoundedFile.read("/proc/sys/kernel/random/boot_id", limit: 128)
        return String(decoding: content ?? [], as: UTF8.self).filter { !$0.isWhitespace }
    }

    /// The start time of a process that runs; nil for none and for a zombie.
    package static func startTime(of pid: Int32) -> UInt64? {
        guard let content = try? BoundedFile.read("/proc/\(pid)/stat", limit: 8192) else { return nil }
        return startTime(inStat: String(decoding: content, as: UTF8.self))
    }

    /// The 22nd field; the second, the name, may itself hold spaces and brackets.
    package static func startTime(inStat text: String) -> UInt64? {
        guard let bracket = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: bracket)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }

    /// The numbers of all processes, the lowest first.
    package static func all() -> [Int32] {
        DirectoryNames.sorted(in: "/proc", limit: .max) { Int32($0) != nil }.compactMap { Int32($0) }.sorted()
    }

    /// A process's argument vector; empty for a kernel thread and for none.
    package static func arguments(of pid: Int32) -> [String] {
        guard let content = try? BoundedFile.read("/proc/\(pid)/cmdline", limit: 4 << 20) else { return [] }
        return content.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a process was started with a variable of that value; false where its environment isn't ours to read.
    package static func hasVariable(_ pid: Int32, _ assignment: [UInt8]) -> Bool {
        guard let content = try? BoundedFile.read("/proc/\(pid)/environ", limit: 4 << 20) else { return false }
        return content.split(separator: 0).contains { $0.elementsEqual(assignment) }
    }

    /// The line of mountinfo about a process's root directory; nil where it isn't ours to read.
    package static func rootMount(of pid: Int32) -> Substring? {
        guard let content = try? BoundedFile.read("/proc/\(pid)/mountinfo", limit: 1 << 20) else { return nil }
        return String(decoding: content, as: UTF8.self).split(separator: "\n").last { line in
            line.split(separator: " ", maxSplits: 5).dropFirst(4).first == "/"
        }
    }

    /// The parent of each process.
    package static func parents() -> [Int32: Int32] {
        var parents: [Int32: Int32] = [:]
        for pid in all() {
            guard let content = try? BoundedFile.read("/proc/\(pid)/stat", limit: 8192),
                let bracket = content.lastIndex(of: UInt8(ascii: ")"))
            else { continue }
            let fields = content[bracket...].split(separator: UInt8(ascii: " "), maxSplits: 3)
            if fields.count > 2 { parents[pid] = Int32(String(decoding: fields[2], as: UTF8.self)) }
        }
        return parents
    }

    /// The cgroup paths of a process.
    package static func cgroups(of pid: Int32) -> [Substring] {
        guard let content = try? BoundedFile.read("/proc/\(pid)/cgroup", limit: 64 << 10) else { return [] }
        return String(decoding: content, as: UTF8.self).split(separator: "\n").compactMap {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).last
        }
    }
}
