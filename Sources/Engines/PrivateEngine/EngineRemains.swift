import Glibc
import Registry

/// What an engine of a state directory left behind when it, its supervisor or the machine ended without warning.
///
/// Processes are recognised by our directories in their arguments, and containers by the names of their cgroups:
/// never by a number in a file, which may be somebody else's by now.
struct EngineRemains {
    let paths: StatePaths

    private static let programs = [
        "dockerd", "buildkitd", "containerd", "runc", "crun", "buildkit-runc", "docker-proxy",
    ]

    /// The processes of this state directory's engine.
    func processes() -> [Int32] {
        let containers = containerNames()
        return ProcessTable.all().filter { pid in
            guard pid > 1, pid != getpid() else { return false }
            if isEngine(ProcessTable.arguments(of: pid)) { return true }
            guard !containers.isEmpty else { return false }
            return ProcessTable.cgroups(of: pid).contains { path in
                path.split(separator: "/").last.map { containers.contains(String($0)) } ?? false
            }
        }
    }

    /// Whether an argument vector is of an engine's program working in our directories.
    func isEngine(_ arguments: [String]) -> Bool {
        guard let program = arguments.first?.split(separator: "/").last else { return false }
        guard Self.programs.contains(where: { program == $0 || program.hasPrefix($0 + "-") }) else { return false }
        return arguments.dropFirst().contains { argument in
            [paths.data, paths.exec].contains { argument == $0 || argument.hasPrefix($0 + "/") }
        }
    }

    /// The ids of the steps that ran: the executor has a directory for each, and runc a cgroup of that name.
    private func containerNames() -> Set<String> {
        let executors = [
            "/dockerd/buildkit/executor", "/buildkitd/runc-overlayfs/executor", "/buildkitd/runc-native/executor",
        ]
        var names: Set<String> = []
        for executor in executors {
            guard let directory = opendir(paths.data + executor) else { continue }
            defer { closedir(directory) }
            while names.count < 4096, let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                // The ids have 25 letters and digits; `hosts` and `resolv.conf` are no containers.
                if name.utf8.count >= 20 { names.insert(name) }
            }
        }
        return names
    }

    /// Ends the processes: first asks, then kills what is left after `grace`.
    func endProcesses(grace: Duration) async {
        let clock = ContinuousClock()
        var left = processes()
        guard !left.isEmpty else { return }
        for pid in left { kill(pid, SIGTERM) }
        let end = clock.now + grace
        while !left.isEmpty, clock.now < end {
            try? await Task.sleep(for: .milliseconds(50))
            left = processes()
        }
        for _ in 0..<40 where !left.isEmpty {
            for pid in left { kill(pid, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(50))
            left = processes()
        }
    }

    /// Unmounts what is mounted in our directories, the innermost first.
    func unmountAll() {
        guard let content = try? BoundedFile.read("/proc/self/mountinfo", limit: 64 << 20) else { return }
        for point in Self.mountPoints(in: String(decoding: content, as: UTF8.self), under: [paths.data, paths.exec]) {
            umount2(point, Int32(MNT_DETACH) | 8)  // UMOUNT_NOFOLLOW
        }
    }

    /// The mount points under some directories in a mountinfo listing, the last mounted first.
    static func mountPoints(in listing: String, under directories: [String]) -> [String] {
        listing.split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count > 5 else { return nil }
            let point = unescaped(fields[4])
            return directories.contains { point == $0 || point.hasPrefix($0 + "/") } ? point : nil
        }.reversed()
    }

    /// The kernel writes space, tab, newline and backslash as three octal digits.
    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == 0x5c, digits.count == 3, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Removes the socket, the pid file and the short-lived state.
    ///
    /// Call it when nothing runs and nothing is mounted.
    func removeFiles() {
        unlink(paths.socket)
        unlink(paths.pidFile)
        let runtime = open(paths.runtime, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard runtime >= 0 else { return }
        defer { close(runtime) }
        var status = stat()
        guard fstat(runtime, &status) == 0 else { return }
        Self.removeTree("exec", in: runtime, device: status.st_dev, depth: 0)
    }

    /// Removes a tree without following links and without leaving the file system.
    private static func removeTree(_ name: String, in parent: Int32, device: dev_t, depth: Int) {
        guard unlinkat(parent, name, 0) != 0, depth < 64 else { return }
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_dev == device, let directory = fdopendir(descriptor) else {
            close(descriptor)
            return
        }
        while let entry = readdir(directory) {
            let child = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if child != ".", child != ".." { removeTree(child, in: descriptor, device: device, depth: depth + 1) }
        }
        closedir(directory)
        unlinkat(parent, name, AT_REMOVEDIR)
    }
}
