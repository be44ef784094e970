import CaissonJSON
import CaissonSystem
import CaissonText
import Glibc

/// `index.json` as it was read at one moment: which manifests the folder has, and by which tags.
///
/// BuildKit adds to it last, after all blobs (`client/solve.go`, `idx.Put`), and writes it in place (`WriteAt` and
/// `Truncate` of `client/ociindex/ociindex.go`): who reads without the lock may see half of it, so it is read again
/// until it is JSON and didn't change meanwhile.
struct LayoutIndex: Sendable {
    static let name = "index.json"
    /// Bytes that are read at most; an entry has some 300.
    static let limit = 8 << 20

    /// One manifest of the list.
    struct Entry: Sendable, Hashable {
        /// The annotation `org.opencontainers.image.ref.name`: what BuildKit's `tag=` asks for.
        var tag: String?
        /// The annotation `io.containerd.image.name`, by which BuildKit looks first (`StoreIndex.Get`).
        var name: String?
        var digestText: String
        var digest: BlobDigest?
        var mediaType: String
        var size: Int64?
        /// The digest, where it is of a kind that isn't known here.
        var foreign: String?
    }

    let bytes: [UInt8]
    let stamp: FileStamp
    let entries: [Entry]
    private let members: [JSONMember]
    private let manifests: [JSON]

    init(parsing bytes: [UInt8], stamp: FileStamp) throws(Problem) {
        let value: JSON
        do {
            value = try JSON(parsing: bytes)
        } catch {
            throw Problem(text: bytes.isEmpty ? "it is empty" : error.description)
        }
        guard let members = value.members else { throw Problem(text: "it is no object") }
        let lists = members.filter { $0.name == "manifests" }
        // Readers differ in which of two they take, and what one of them reads must not be swept.
        guard lists.count <= 1 else { throw Problem(text: "it has two lists of manifests") }
        switch lists.first?.value {
        case nil, .null?: manifests = []
        case .array(let values)?: manifests = values
        default: throw Problem(text: "its manifests are no list")
        }
        self.bytes = bytes
        self.stamp = stamp
        self.members = members
        entries = manifests.map(Entry.init)
    }

    /// Why bytes are no index.
    struct Problem: Error {
        let text: String
    }

    /// The bytes of the index without some of its entries; all other members stay as they are, in their order.
    func bytes(without positions: Set<Int>) -> [UInt8] {
        let kept = manifests.indices.filter { !positions.contains($0) }.map { manifests[$0] }
        let changed = members.map { $0.name == "manifests" ? JSONMember($0.name, .array(kept)) : $0 }
        return JSON.object(changed).goBytes(indented: false)
    }
}

extension LayoutIndex.Entry {
    init(_ value: JSON) {
        let notes = value["annotations"]
        tag = notes?["org.opencontainers.image.ref.name"]?.string
        name = notes?["io.containerd.image.name"]?.string
        digestText = value["digest"]?.string ?? ""
        digest = BlobDigest(parsing: digestText)
        mediaType = value["mediaType"]?.string ?? ""
        size = value["size"]?.integer
        foreign = Descriptor.foreignDigest(value)
    }
}

extension LayoutFolder {
    /// Reads the index without a lock: a lock of ours, be it shared, would make a build that ends just now fail
    /// (`TryLock` of `client/ociindex/ociindex.go` gives up at once).
    func index() throws(LocalCacheError) -> LayoutIndex {
        var problem = ""
        for attempt in 0..<5 {
            // Half an index is one for microseconds.
            if attempt > 0 { usleep(20_000) }
            let (bytes, status) = try indexBytes()
            do {
                let index = try LayoutIndex(parsing: bytes, stamp: FileStamp(status))
                if self.status(LayoutIndex.name, under: root.raw).map(FileStamp.init) == index.stamp { return index }
                problem = "it changes all the time"
            } catch {
                problem = error.text
            }
        }
        throw LocalCacheError(
            .damagedIndex,
            "\(PathFacts.join(path, LayoutIndex.name).quoted) is no index of an OCI layout: \(problem); "
                + "nothing was touched; let a build write its cache there anew, or remove the folder"
        )
    }

    private func indexBytes() throws(LocalCacheError) -> (bytes: [UInt8], status: stat) {
        let file = PathFacts.join(path, LayoutIndex.name)
        do {
            return try Self.read(LayoutIndex.name, under: root.raw, limit: LayoutIndex.limit)
        } catch {
            switch error {
            case .missing:
                // containerd's own store has blobs and ingest too, and keeps what names them elsewhere.
                throw LocalCacheError(
                    .notLayout,
                    "\(path.quoted) is no local cache: index.json is missing; "
                        + "name the folder that a build wrote its cache to"
                )
            case .notRegular:
                throw LocalCacheError(.notLayout, "\(file.quoted) is a link or no file; put the file itself there")
            case .tooLarge:
                throw LocalCacheError(
                    .limitExceeded,
                    "\(file.quoted) is larger than \(LayoutIndex.limit) bytes; remove the folder, a build makes it anew"
                )
            case .system(let number): throw .failed("read", file, number)
            }
        }
    }
}
