import CaissonSystem
import CaissonText
import Glibc

/// The folder of a layout, with all beneath it reached by descriptors and never by way of a symbolic link.
struct LayoutFolder: Sendable {
    /// The path as it was given.
    let path: String
    let root: SharedDescriptor
    let blobs: SharedDescriptor

    /// The folder that is named may itself be a link: that is the user's word; what lies in it is others'.
    init(open path: String) throws(LocalCacheError) {
        var failure: Int32 = 0
        let flags = O_RDONLY | O_DIRECTORY
        guard let root = SharedDescriptor.open(path.cPath, under: AT_FDCWD, flags, failure: &failure) else {
            let advice = failure == ENOENT ? "name the folder that a build wrote its cache to" : ""
            throw .failed("open the folder", path, failure, advice: advice)
        }
        guard let blobs = SharedDescriptor.openDirectory("blobs", under: root.raw, failure: &failure) else {
            guard failure == ENOENT || failure == ELOOP || failure == ENOTDIR else {
                throw .failed("open", PathFacts.join(path, "blobs"), failure)
            }
            throw LocalCacheError(
                .notLayout,
                "\(path.quoted) is no local cache: blobs is "
                    + "\(failure == ENOENT ? "missing" : "a link or no directory"); "
                    + "name the folder that has index.json and blobs"
            )
        }
        self.path = path
        self.root = root
        self.blobs = blobs
    }

    /// What is under a name, itself and not what a link leads to; nil where nothing is.
    func status(_ name: String, under directory: Int32) -> stat? {
        var status = stat()
        return fstatat(directory, name.cPath, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// Why a file gave no bytes.
    enum ReadFailure: Error {
        /// There is none.
        case missing
        /// It is a link, a directory, a pipe or the like.
        case notRegular
        /// It is longer than the limit.
        case tooLarge
        /// The system refused, by its number.
        case system(Int32)
    }

    /// The bytes of a regular file, never more than a limit, and what it was.
    static func read(
        _ name: String,
        under directory: Int32,
        limit: Int
    ) throws(ReadFailure) -> (bytes: [UInt8], status: stat) {
        var failure: Int32 = 0
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        guard let file = SharedDescriptor.open(name.cPath, under: directory, flags, failure: &failure) else {
            switch failure {
            case ENOENT: throw .missing
            case ELOOP, ENXIO: throw .notRegular
            default: throw .system(failure)
            }
        }
        guard let status = file.status() else { throw .system(EIO) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_size <= off_t(limit) else { throw .tooLarge }
        do throws(Errno) {
            let bytes = try BorrowedDescriptor(number: file.raw).read(upTo: limit + 1)
            guard bytes.count <= limit else { throw Errno(EFBIG) }
            return (bytes, status)
        } catch {
            throw error.number == EFBIG ? .tooLarge : .system(error.number)
        }
    }

    /// Opens a directory below another one; nil where none of that name is, or it is a link.
    static func directory(_ name: String, under parent: Int32) -> SharedDescriptor? {
        var failure: Int32 = 0
        return SharedDescriptor.openDirectory(name.cPath, under: parent, failure: &failure)
    }
}
