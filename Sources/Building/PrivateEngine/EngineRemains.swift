import CaissonSystem
import Glibc

/// What an engine of a state directory left behind when it, its supervisor or the machine ended without warning.
///
/// Processes are recognised by our directories in their arguments, and containers by the names of their cgroups:
/// never by a number in a file, which may be somebody else's by now.
struct EngineRemains {
    let paths: StatePaths

    private static let programs = [
        "dockerd", "buildkitd", "containerd", "runc", "crun", "buildkit-runc", "docker-proxy", "podman", "conmon",
        "rootlesskit", "exe",
    ]

    /// The processes of this state directory's engine, and all that they started.
    func processes() -> [Int32] {
        let containers = containerNames()
        let mark = Array((EngineCommand.mark + "=" + paths.engine).utf8)
        let parents = ProcessTable.parents()
        var found = Set(
            parents.keys.filter { pid in
                if isEngine(ProcessTable.arguments(of: pid)) || ProcessTable.hasVariable(pid, mark) { return true }
                if let line = ProcessTable.rootMount(of: pid), isStep(rootMount: line) { return true }
                guard !containers.isEmpty else { return false }
                return ProcessTable.cgroups(of: pid).contains { path in
                    path.split(separator: "/").last.map { containers.contains(String($0)) } ?? false
                }
            }
        )
        // Steps of podman's have neither our arguments nor a cgroup that tells.
        var size = 0
        while size != found.count {
            size = found.count
            for (pid, parent) in parents where found.contains(parent) { found.insert(pid) }
        }
        return found.filter { $0 > 1 && $0 != getpid() }.sorted()
    }

    /// Whether an argument vector is of an engine's program working in our directories.
    func isEngine(_ arguments: [String]) -> Bool {
        guard let program = arguments.first?.split(separator: "/").last else { return false }
        guard Self.programs.contains(where: { program == $0 || program.hasPrefix($0 + "-") }) else { return false }
        return arguments.dropFirst().contains { argument in
            paths.own.contains { argument == $0 || argument.hasPrefix($0 + "/") }
        }
    }

    /// Whether a process whose root directory is mounted so is a step's: its layers are ours.
    ///
    /// A step of an ordinary user's engine whose parent was killed has neither arguments nor a cgroup that tell. An overlay
    /// names its directories in its options, a copied layer is itself the root of the mount, below the file system's own.
    func isStep(rootMount line: Substring) -> Bool {
        let fields = line.split(separator: " ", maxSplits: 5)
        guard fields.count > 5 else { return false }
        if fields[5].contains("upperdir=\(paths.data)/") { return true }
        guard let marker = "/engine/data/".firstMatch(in: fields[3]) else { return false }
        let (above, below) = (fields[3][..<marker], fields[3][marker...])
        return !above.isEmpty && paths.root.hasSuffix(above) && access(paths.root + below, F_OK) == 0
    }

    /// The daemon itself where rootlesskit runs it: the process in whose network namespace the socket is.
    func daemon() -> ProcessIdentity? {
        let found = ProcessTable.all().first { pid in
            let arguments = ProcessTable.arguments(of: pid)
            let program = arguments.first?.split(separator: "/").last ?? ""
            return ["dockerd", "buildkitd"].contains(program) && isEngine(arguments)
        }
        return found.flatMap { ProcessIdentity(pid: $0) }
    }

    /// The ids of the steps that ran: the executor has a directory for each, and runc a cgroup of that name.
    private func containerNames() -> Set<String> {
        let executors = [
            "/dockerd/buildkit/executor", "/buildkitd/runc-overlayfs/executor", "/buildkitd/runc-native/executor",
        ]
        return executors.reduce(into: []) { names, executor in
            // The ids have 25 letters and digits; `hosts` and `resolv.conf` are no containers.
            names.formUnion(
                DirectoryNames.sorted(in: paths.data + executor, limit: 4096) { $0.utf8.count >= 20 }
            )
        }
    }

    /// Ends the processes: first asks, then kills what is left after `grace`.
    func endProcesses(grace: Duration) async {
        let clock = ContinuousClock()
        var left = Set(processes().compactMap { ProcessIdentity(pid: $0) })
        guard !left.isEmpty else { return }
        for process in left { kill(process.pid, SIGTERM) }
        let end = clock.now + grace
        while !left.isEmpty, clock.now < end {
            try? await Task.sleep(for: .milliseconds(50))
            refresh(&left)
        }
        for _ in 0..<40 where !left.isEmpty {
            for process in left { kill(process.pid, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(50))
            refresh(&left)
        }
    }

    /// Those that still run, and those that came: what was ours once stays ours when its parent ends.
    private func refresh(_ left: inout Set<ProcessIdentity>) {
        left.formUnion(processes().compactMap { ProcessIdentity(pid: $0) })
        left = left.filter(\.isAlive)
    }

    /// Unmounts what is mounted in our directories, the innermost first.
    func unmountAll() {
        guard let content = try? BoundedFile.read("/proc/self/mountinfo", limit: 64 << 20) else { return }
        for point in Self.mountPoints(in: String(decoding: content, as: UTF8.self), under: paths.own) {
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
        // The last one has podman's contexts and the root directories of its steps.
        for path in [paths.exec, paths.podmanRun, paths.temporary] { Self.remove(path) }
        // Ours where podman needed it; where anything else is in it, it stays.
        let parent = paths.podmanRun.prefix(upTo: paths.podmanRun.lastIndex(of: "/") ?? paths.podmanRun.startIndex)
        if parent != paths.runtime { rmdir(String(parent)) }
    }

    private static func remove(_ path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let parent = open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard parent >= 0 else { return }
        defer { close(parent) }
        var status = stat()
        // What somebody else put where ours would be is none of our business.
        guard fstat(parent, &status) == 0, status.st_uid == geteuid() else { return }
        removeTree(String(path[path.index(after: slash)...]), in: parent, device: status.st_dev, depth: 0)
    }

    /// Removes a tree without following links and without leaving the file system.
    private static func removeTree(_ name: UnsafePointer<CChar>, in parent: Int32, device: dev_t, depth: Int) {
        guard unlinkat(parent, name, 0) != 0, depth < 64 else { return }
        let descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_dev == device else { return }
        DirectoryNames.visit(descriptor) { child in
            removeTree(child, in: descriptor, device: device, depth: depth + 1)
            return true
        }
        unlinkat(parent, name, AT_REMOVEDIR)
    }
}

extension String {
    /// Where the string is first found in a text.
    fileprivate func firstMatch(in text: Substring) -> Substring.Index? {
        text.indices.first { text[$0...].hasPrefix(self) }
    }
}
