package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// A file among a job's results.
package struct CollectedFile: Sendable, Hashable {
    /// What it is.
    package enum Kind: Sendable, Hashable {
        /// A file with these bytes.
        case file(size: Int64, digest: ContentDigest)
        /// A symbolic link, and where it leads.
        case link(String)
    }

    /// Its path below the folder.
    package var path: String
    /// What it is.
    package var kind: Kind
    /// Its permissions.
    package var mode: UInt32

    /// How many bytes it has; 0 of a link.
    package var size: Int64 { if case .file(let size, _) = kind { size } else { 0 } }
    /// The digest of its bytes; nil of a link.
    package var digest: ContentDigest? { if case .file(_, let digest) = kind { digest } else { nil } }
}

/// The files of a folder, sorted by their paths' bytes; links aren't followed.
package struct CollectedFiles: Sendable, Hashable {
    /// The files.
    package private(set) var files: [CollectedFile] = []
    /// A folder with more is refused.
    package static let most = 1_000_000
    private static let deepest = 100

    /// Reads a folder, and all bytes of what is in it.
    ///
    /// - Parameter isWanted: Whether a path is read, and gone into where it is a folder.
    /// - Throws: `BuildError` where something can't be read, a folder among them, or there is more than `most`.
    package init(of folder: String, where isWanted: (String) -> Bool = { _ in true }) throws(BuildError) {
        try collect(folder, below: "", depth: 0, isWanted)
        files.sort { $0.path.pathBytes.lexicographicallyPrecedes($1.path.pathBytes) }
    }

    private mutating func collect(
        _ folder: String,
        below prefix: String,
        depth: Int,
        _ isWanted: (String) -> Bool
    ) throws(BuildError) {
        guard depth < Self.deepest else { throw BuildError(.output, "\(folder.quoted) is too deep to be collected") }
        for name in try Self.names(in: folder, isRoot: depth == 0) where isWanted(prefix + name) {
            let path = PathFacts.join(folder, name)
            var status = stat()
            guard lstat(path.cPath, &status) == 0 else { throw Self.failure(path, .last) }
            guard files.count < Self.most else {
                throw BuildError(.output, "\(folder.quoted) has more than \(Self.most) files")
            }
            let mode = status.st_mode & 0o7777
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try collect(path, below: prefix + name + "/", depth: depth + 1, isWanted)
            case S_IFLNK:
                guard let target = PathFacts.linkTarget(of: path) else { throw Self.failure(path, .last) }
                files.append(CollectedFile(path: prefix + name, kind: .link(target), mode: mode))
            case S_IFREG:
                do throws(Errno) {
                    let (size, digest) = try Self.digest(path)
                    files.append(
                        CollectedFile(path: prefix + name, kind: .file(size: size, digest: digest), mode: mode)
                    )
                } catch {
                    throw Self.failure(path, error)
                }
            default: continue
            }
        }
    }

    private static func names(in folder: String, isRoot: Bool) throws(BuildError) -> [String] {
        do throws(Errno) {
            return try DirectoryNames.all(in: folder, limit: most + 1, followsLink: isRoot)
        } catch {
            throw failure(folder, error)
        }
    }

    private static func digest(_ path: String) throws(Errno) -> (Int64, ContentDigest) {
        let hasher = DigestHasher()
        var size: Int64 = 0
        try LogFile.read(path) { bytes throws(Errno) in
            hasher.update(bytes)
            size += Int64(bytes.count)
        }
        return (size, hasher.finish())
    }

    private static func failure(_ path: String, _ reason: Errno) -> BuildError {
        BuildError(.output, "can't read \(path.quoted): \(reason)")
    }
}
