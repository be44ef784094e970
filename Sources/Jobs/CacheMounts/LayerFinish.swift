import CaissonArchive

/// What busybox's tar doesn't do, as a script for a shell in the folder that a layer was unpacked to.
///
/// It makes links when all else is done, which changes the times of the folders that they are in, and it leaves symbolic
/// links to root (seen with busybox 1.35).
struct LayerFinish {
    private var linkParents: Set<[UInt8]> = []
    private var owned: [String: [[UInt8]]] = [:]
    private var times: [String: [[UInt8]]] = [:]

    /// How long a command becomes, in bytes; systems take 128 KiB at least.
    private static let longest = 32 << 10

    /// Takes the next entry of a layer; its folders come last.
    mutating func add(_ entry: TarEntry) {
        switch entry.kind {
        case .symbolicLink:
            if let parent = MountPath.parent(entry.path) { linkParents.insert(parent) }
            guard entry.userID != 0 || entry.groupID != 0 else { return }
            owned["chown -h \(entry.userID):\(entry.groupID)", default: []].append(entry.path)
        case .hardLink:
            if let parent = MountPath.parent(entry.path) { linkParents.insert(parent) }
        case .directory where linkParents.contains(entry.path):
            times["touch -d @\(entry.modificationTime)", default: []].append(entry.path)
        default: return
        }
    }

    /// The script, which is empty for most layers.
    func script() -> [UInt8] {
        // The time of a folder is no reason to fail.
        Self.lines(owned, end: "\n") + Self.lines(times, end: " || :\n")
    }

    private static func lines(_ commands: [String: [[UInt8]]], end: String) -> [UInt8] {
        var out: [UInt8] = []
        for (command, paths) in commands.sorted(by: { $0.key < $1.key }) {
            var line: [UInt8] = []
            for path in paths {
                if line.isEmpty { line += Array(command.utf8) }
                line += Array(" './".utf8) + quoted(path) + [UInt8(ascii: "'")]
                guard line.count > longest else { continue }
                out += line + Array(end.utf8)
                line = []
            }
            if !line.isEmpty { out += line + Array(end.utf8) }
        }
        return out
    }

    /// What stands between single quotes, among which only a single quote means anything.
    private static func quoted(_ path: [UInt8]) -> [UInt8] {
        path.flatMap { $0 == UInt8(ascii: "'") ? Array(#"'\''"#.utf8) : [$0] }
    }
}
