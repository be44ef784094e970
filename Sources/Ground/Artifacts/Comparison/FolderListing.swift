import CaissonSystem
import CaissonText
import Glibc

/// What is in a folder and the folders in it, in the order of the paths.
struct FolderListing {
    /// What a name leads to.
    enum Kind: Hashable {
        case file
        case folder
        /// A link and what it holds.
        case link([UInt8])
        /// A pipe, a socket or a device, which isn't read.
        case special(UInt32)

        var name: String {
            switch self {
            case .file: "regular file"
            case .folder: "folder"
            case .link: "link"
            case .special(let type): type == S_IFIFO ? "pipe" : type == S_IFSOCK ? "socket" : "device"
            }
        }
    }

    /// A name with its path from the folder.
    struct Entry {
        var path: [UInt8]
        var kind: Kind
    }

    private static let deepest = 64

    private let root: String
    private let limits: ComparisonLimits
    private(set) var entries: [Entry] = []

    /// Lists a folder.
    ///
    /// - Parameter isIgnored: Which files and folders aren't listed.
    init(_ root: String, _ limits: ComparisonLimits, _ isIgnored: (String) -> Bool) throws(ArtifactProblem) {
        self.root = root
        self.limits = limits
        // Folders that are to be listed yet, and how deep they are; a link that leads to the root is followed.
        var waiting: [(path: [UInt8], depth: Int)] = [([], 0)]
        while let (path, depth) = waiting.popLast() {
            guard depth < Self.deepest else { throw .tooMany("levels of folders", Self.deepest) }
            for name in try names(in: path, isLinkFollowed: depth == 0) {
                let entry = try entry(path.isEmpty ? name : path + [UInt8(ascii: "/")] + name)
                guard !isIgnored(String(pathBytes: entry.path)) else { continue }
                guard entries.count < limits.files else { throw .tooMany("files", limits.files) }
                entries.append(entry)
                if entry.kind == .folder { waiting.append((entry.path, depth + 1)) }
            }
        }
        entries.sort { precedes($0.path, $1.path) }
    }

    private func full(_ path: [UInt8]) -> [CChar] {
        path.isEmpty ? root.cPath : (root.pathBytes + [UInt8(ascii: "/")] + path).map { CChar(bitPattern: $0) } + [0]
    }

    private func names(in path: [UInt8], isLinkFollowed: Bool) throws(ArtifactProblem) -> [[UInt8]] {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (isLinkFollowed ? 0 : O_NOFOLLOW)
        let number = open(full(path), flags)
        guard number >= 0 else { throw unreadable(path) }
        let folder = OwnedDescriptor(adopting: number)
        var names: [[UInt8]] = []
        DirectoryNames.visit(folder.number) { name in
            names.append(Array(UnsafeRawBufferPointer(start: name, count: strlen(name))))
            return names.count <= limits.files
        }
        return names
    }

    private func entry(_ path: [UInt8]) throws(ArtifactProblem) -> Entry {
        var facts = stat()
        guard lstat(full(path), &facts) == 0 else { throw unreadable(path) }
        switch facts.st_mode & S_IFMT {
        case S_IFREG: return Entry(path: path, kind: .file)
        case S_IFDIR: return Entry(path: path, kind: .folder)
        case S_IFLNK: return Entry(path: path, kind: .link(try target(path)))
        default: return Entry(path: path, kind: .special(facts.st_mode & S_IFMT))
        }
    }

    private func target(_ path: [UInt8]) throws(ArtifactProblem) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(full(path), &buffer, buffer.count)
        guard count >= 0 else { throw unreadable(path) }
        return Array(buffer.prefix(count))
    }

    private func unreadable(_ path: [UInt8]) -> ArtifactProblem {
        let reason = Errno.last
        return ArtifactProblem(
            .unreadable,
            "\(String(pathBytes: path.isEmpty ? root.pathBytes : path).quoted): \(reason)"
        )
    }
}
