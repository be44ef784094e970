import CaissonArchive
import CaissonJSON
import CaissonSystem
import CaissonText
import Glibc

/// An archive of modules, device trees or headers in TuxMake's form: the same files give the same bytes.
///
/// The names in each folder are sorted, all belongs to root, and no file is younger than the time that the build is said
/// to be of. Links stay links, whatever they lead to. Files with several names are stored as several files.
package struct ModuleArchive: Sendable, Hashable {
    /// What an archive has in it: the folder that its names begin with.
    package enum Content: String, Sendable, Hashable, CaseIterable {
        /// Modules, as `modules_install` puts them.
        case modules = "lib"
        /// Device trees, as `dtbs_install` puts them in a folder.
        case deviceTrees = "dtbs"
        /// Headers, as `headers_install` puts them.
        case headers = "."
    }

    /// The folder that the content is in.
    package var folder: String
    /// What is archived.
    package var content: Content
    /// The time that the build is said to be of, in seconds since 1970.
    package var time: Int64
    /// How it is compressed.
    package var compression: TuxMakeCompression

    /// The most files and folders.
    package static let mostEntries = 1_000_000
    /// The most folders within each other.
    package static let deepest = 64

    /// Names what is archived.
    package init(of content: Content, in folder: String, time: Int64, compression: TuxMakeCompression = .xz) {
        self.content = content
        self.folder = folder
        self.time = time
        self.compression = compression
    }

    /// Writes the archive, which is there when it is whole; gives the names in it without those of folders, as
    /// TuxMake's metadata has them.
    package func write(to path: String) throws(KernelResultError) -> [String] {
        var names: [String] = []
        try ResultFile.write(path, .usual) { sink throws(KernelResultError) in
            names = try write(sink)
        }
        return names.sorted(by: JSON.precedes)
    }

    private func write(_ sink: @escaping TarWriter.Sink) throws(KernelResultError) -> [String] {
        do throws(ArchiveError) {
            let tar = try TarWriter.open(
                compression: compression.filter,
                threads: TuxMakeCompression.threads,
                sink: sink
            )
            var walk = ModuleArchiveWalk(tar, time: time)
            let root = try ModuleArchiveWalk.open(folder)
            try walk.addFolder(content.rawValue, at: [], under: root)
            return try walk.finish()
        } catch {
            throw .failed(error)
        }
    }
}

extension TuxMakeCompression {
    /// The filter.
    var filter: Compression { self == .xz ? .xz : .none }

    /// How many threads compress: at least two, as one alone divides the bytes into other blocks than several do.
    static var threads: Int { max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Writes a file compressed, as TuxMake does with `vmlinux`; the one that is read stays.
    package func write(_ source: String, to path: String) throws(KernelResultError) {
        var failure: Int32 = 0
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
        guard let file = SharedDescriptor.open(source.cPath, under: AT_FDCWD, flags, failure: &failure) else {
            throw .failed("read", source, Errno(failure))
        }
        guard let status = file.status(), status.st_mode & S_IFMT == S_IFREG else {
            throw KernelResultError(.invalid, "can't compress \(source.quoted): it is no regular file")
        }
        try ResultFile.write(path, .usual) { sink throws(KernelResultError) in
            do throws(ArchiveError) {
                let compressor = try Compressor(filter, threads: Self.threads, sink: sink)
                try ResultFile.forEachPiece(of: file, named: source) { piece throws(ArchiveError) in
                    try compressor.write(piece)
                }
                try compressor.finish()
            } catch {
                throw .failed(error)
            }
        }
    }
}
