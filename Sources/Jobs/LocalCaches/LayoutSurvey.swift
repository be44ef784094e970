import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// All that is in a folder at one moment: the index is read first, the names of the files last, so what a build adds
/// meanwhile is at most a young blob that nothing names.
struct LayoutSurvey: Sendable {
    /// A blob that nothing names.
    struct Blob: Sendable {
        let digest: BlobDigest
        let facts: BlobFacts
    }

    /// What a write that didn't end left, or one that goes on.
    struct Ingest: Sendable {
        let name: String
        var totals: BlobTotals
        var written: Timestamp
    }

    /// Files in the folders of blobs that are none: their names are no digests, or they are no regular files.
    struct Strangers: Sendable {
        var count = 0
        var newest: Timestamp?
    }

    /// Files that are listed at most: with a plan they take some 350 bytes of memory each.
    static let fileLimit = 2 << 20

    let index: LayoutIndex
    var graph: LayoutGraph
    let reach: LayoutReach
    var unnamed: [Blob] = []
    var ingest: [Ingest] = []
    var strangers = Strangers()

    init(_ folder: LayoutFolder, fileLimit: Int = Self.fileLimit) throws(LocalCacheError) {
        index = try folder.index()
        let saved = try folder.savedImages()
        let builder = LayoutGraphBuilder { (digest, limit) throws(LayoutFolder.ReadFailure) in
            try folder.content(digest, limit: limit)
        }
        graph = builder.build(index.entries, beside: saved)
        reach = LayoutReach(graph)
        if reach.isCut { graph.problems.append("the index names the same blobs too often") }
        var count = 0
        for algorithm in ContentDigest.Algorithm.allCases {
            guard let directory = try folder.blobDirectory(algorithm) else { continue }
            DirectoryNames.visit(directory.raw) { name in
                count += 1
                note(name, algorithm, directory.raw)
                return count < fileLimit
            }
        }
        guard count < fileLimit else {
            throw LocalCacheError(
                .limitExceeded,
                "\(folder.path.quoted) has more than \(fileLimit) blobs; remove the folder, a build makes it anew"
            )
        }
        unnamed.sort { $0.digest < $1.digest }
        ingest = folder.ingest()
    }

    private mutating func note(_ name: UnsafePointer<CChar>, _ algorithm: ContentDigest.Algorithm, _ directory: Int32) {
        var status = stat()
        // What is gone by now isn't there.
        guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
        let digest = BlobDigest(algorithm, hex: bytes)
        let position = digest.flatMap { graph.positions[$0] }
        guard let digest, status.st_mode & S_IFMT == S_IFREG else {
            strangers.count += 1
            strangers.newest = max(strangers.newest ?? Timestamp(status.st_mtim), Timestamp(status.st_mtim))
            if let position { graph.nodes[position].isStrange = true }
            return
        }
        if let position {
            graph.nodes[position].facts = BlobFacts(status)
        } else {
            unnamed.append(Blob(digest: digest, facts: BlobFacts(status)))
        }
    }
}

extension LayoutFolder {
    /// The directory of the blobs of one kind of digest; nil where there is none.
    ///
    /// A link isn't one.
    func blobDirectory(_ algorithm: ContentDigest.Algorithm) throws(LocalCacheError) -> SharedDescriptor? {
        var failure: Int32 = 0
        let name = algorithm.rawValue
        if let found = SharedDescriptor.openDirectory(name.cPath, under: blobs.raw, failure: &failure) { return found }
        let path = PathFacts.join(path, "blobs/\(name)")
        switch failure {
        case ENOENT: return nil
        case ELOOP, ENOTDIR:
            throw LocalCacheError(
                .notLayout,
                "\(path.quoted) is a link or no directory; put the directory itself there"
            )
        default: throw .failed("open", path, failure)
        }
    }

    /// The content of a blob that isn't longer than a limit.
    func content(_ digest: BlobDigest, limit: Int) throws(ReadFailure) -> [UInt8] {
        guard let directory = Self.directory(digest.algorithm.rawValue, under: blobs.raw) else { throw .missing }
        return try Self.read(digest.hex, under: directory.raw, limit: limit).bytes
    }

    fileprivate func savedImages() throws(LocalCacheError) -> [BlobDigest] {
        do {
            let bytes = try Self.read(SavedImages.name, under: root.raw, limit: LayoutIndex.limit).bytes
            return SavedImages.digests(in: bytes)
        } catch {
            switch error {
            case .missing, .notRegular: return []
            case .tooLarge:
                throw LocalCacheError(
                    .limitExceeded,
                    "\(PathFacts.join(path, SavedImages.name).quoted) is larger than \(LayoutIndex.limit) bytes; "
                        + "move it away"
                )
            case .system(let number): throw .failed("read", PathFacts.join(path, SavedImages.name), number)
            }
        }
    }

    /// The writes that didn't end: containerd has a directory for each, `ingest/HEX` with the files `data`, `ref`,
    /// `startedat`, `updatedat` and `total` (`ingestPaths` of `plugins/content/local/store.go`).
    fileprivate func ingest() -> [LayoutSurvey.Ingest] {
        guard let parent = Self.directory("ingest", under: root.raw) else { return [] }
        var found: [LayoutSurvey.Ingest] = []
        DirectoryNames.visit(parent.raw) { name in
            if let one = Self.ingest(String(cPath: name), under: parent.raw) { found.append(one) }
            return found.count < 100_000
        }
        return found.sorted { $0.name < $1.name }
    }

    /// One such write, as old as the youngest of its files; nil where it is a link or the like, which isn't ours.
    static func ingest(_ name: String, under parent: Int32) -> LayoutSurvey.Ingest? {
        var status = stat()
        guard fstatat(parent, name.cPath, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        var one = LayoutSurvey.Ingest(name: name, totals: BlobTotals(), written: Timestamp(status.st_mtim))
        if status.st_mode & S_IFMT == S_IFREG {
            one.totals.add(BlobFacts(status))
            return one
        }
        guard status.st_mode & S_IFMT == S_IFDIR, let directory = Self.directory(name, under: parent) else {
            return nil
        }
        var count = 0
        DirectoryNames.visit(directory.raw) { file in
            var status = stat()
            count += 1
            if fstatat(directory.raw, file, &status, AT_SYMLINK_NOFOLLOW) == 0 {
                one.totals.add(BlobFacts(status))
                one.written = max(one.written, Timestamp(status.st_mtim))
            }
            return count < 1000
        }
        return one
    }
}
