import CaissonBuildContext
import CaissonBuildModel
import CaissonText
import NIOCore
import Synchronization

/// One tree in a transfer: its entries once and in order, then the contents that the engine asks for by number.
final class FileSource: Sendable {
    private let tree: SyncedTree
    private let filter: WalkFilter
    private let notice: @Sendable (String) -> Void
    /// Collects what is sent; nil where nobody wants to know.
    private let collector: SnapshotCollector?
    private let index = Mutex(EntryIndex())
    private let oddName = Mutex<(path: [UInt8], target: [UInt8]?)?>(nil)

    init(
        _ tree: SyncedTree,
        filter: WalkFilter,
        collector: SnapshotCollector? = nil,
        notice: @escaping @Sendable (String) -> Void
    ) {
        self.tree = tree
        self.filter = filter
        self.notice = notice
        self.collector = collector
    }

    /// Gives every entry of the tree to `send`, parents first.
    func walk(_ send: (Entry) async throws -> Void) async throws {
        switch tree {
        case .directory(let directory):
            let walk = try failing { () throws(BuildContextError) in try directory.walk(filter) }
            while let entry = try failing({ () throws(BuildContextError) in try walk.next() }) {
                try remember(entry)
                try await send(entry)
            }
            for message in walk.notices { notice(message.message) }
        case .files(let files):
            for file in files.sorted(by: { $0.name < $1.name }) {
                var entry = Entry(path: Array(file.name.utf8), mode: FileMode(rawValue: 0o644))
                entry.size = Int64(file.content.count)
                try remember(entry)
                try await send(entry)
            }
        }
    }

    /// How many entries were given out so far.
    var count: Int { index.withLock { $0.count } }

    /// The error about a name that isn't UTF-8: newer engines break off at such a name, and don't say at which.
    var refusedName: BuildError? {
        oddName.withLock { $0 }.map { odd in
            let subject =
                odd.target.map { "the target \(displayed($0)) of the link \(displayed(odd.path))" }
                ?? "the file name \(displayed(odd.path))"
            return BuildError(
                .usage,
                "\(subject) isn't UTF-8, and the engine takes no others; rename it, exclude it in "
                    + ".dockerignore, or send a tar: caisson context export | caisson build -"
            )
        }
    }

    private func remember(_ entry: Entry) throws {
        if !Self.isUTF8(entry.path) {
            oddName.withLock { $0 = $0 ?? (entry.path, nil) }
        } else if !Self.isUTF8(entry.linkname) {
            oddName.withLock { $0 = $0 ?? (entry.path, entry.linkname) }
        }
        let result = index.withLock { index -> Result<UInt32, BuildContextError> in
            do throws(BuildContextError) {
                return .success(try index.append(entry))
            } catch {
                return .failure(error)
            }
        }
        _ = try failing { () throws(BuildContextError) in try result.get() }
        collector?.add(entry)
    }

    /// What hashes the content of a file; nil where nobody wants to know.
    var hash: ContentHash? { collector == nil ? nil : ContentHash() }

    /// Takes note of a file that was sent to its end.
    func finish(_ id: UInt32, _ hash: ContentHash?) {
        if let hash { collector?.set(hash, of: id) }
    }

    /// Takes note that the engine has all that it wants.
    func finish() { collector?.finish() }

    /// Opens the file with that number; each may be asked for once.
    func open(_ id: UInt32) throws -> FileContent {
        let claim = index.withLock { index -> Result<(path: [UInt8], size: Int64), BuildContextError> in
            do throws(BuildContextError) {
                return .success(try index.claim(id))
            } catch {
                return .failure(error)
            }
        }
        let (path, size) = try failing { () throws(BuildContextError) in try claim.get() }
        switch tree {
        case .directory where index.withLock({ $0.isStandIn(id) }): return .bytes([])
        case .directory(let directory):
            return .file(try failing { () throws(BuildContextError) in try directory.open(path, announcedSize: size) })
        case .files(let files):
            let content = files.first { Array($0.name.utf8) == path }?.content ?? []
            return .bytes(content[...])
        }
    }

    private static func isUTF8(_ name: [UInt8]) -> Bool {
        name.allSatisfy { $0 < 0x80 } || String(validating: name, as: UTF8.self) != nil
    }

    private func failing<Value>(_ body: () throws(BuildContextError) -> Value) throws(BuildError) -> Value {
        do {
            return try body()
        } catch {
            throw FileSource.buildError(error)
        }
    }

    /// The build's error for a failure to read the context: wrong input, with the file's name in it.
    static func buildError(_ error: BuildContextError) -> BuildError {
        BuildError(.usage, error.message)
    }
}

/// The content of one file, read piece by piece.
enum FileContent {
    case file(FileReader)
    case bytes(ArraySlice<UInt8>)

    /// How many bytes were announced, or are left.
    var size: Int {
        switch self {
        case .file(let reader): Int(clamping: reader.announcedSize)
        case .bytes(let bytes): bytes.count
        }
    }

    /// Appends the next piece as a DATA packet, at most `limit` bytes; false at the end.
    mutating func read(
        into buffer: inout ByteBuffer,
        id: UInt32,
        limit: Int,
        _ hash: inout ContentHash?
    ) throws -> Bool {
        switch self {
        case .bytes(let bytes):
            let piece = bytes.prefix(limit)
            self = .bytes(bytes.dropFirst(piece.count))
            guard !piece.isEmpty else { return false }
            buffer.writeDataHead(id: id, count: piece.count)
            buffer.writeBytes(piece)
            piece.withUnsafeBytes { hash?.add($0) }
            return true
        case .file(let reader):
            return try FileContent.read(reader, into: &buffer, id: id, limit: limit, &hash)
        }
    }

    /// Reads straight into the buffer, behind a head for as many bytes as were announced.
    ///
    /// A file that has become shorter is an error that names it; of a file that has grown, only the announced part is
    /// sent.
    private static func read(
        _ reader: FileReader,
        into buffer: inout ByteBuffer,
        id: UInt32,
        limit: Int,
        _ hash: inout ContentHash?
    ) throws -> Bool {
        let expected = Int(clamping: min(Int64(limit), max(reader.announcedSize - reader.bytesRead, 0)))
        guard expected > 0 else { return false }
        buffer.writeDataHead(id: id, count: expected)
        buffer.reserveCapacity(minimumWritableBytes: expected)
        var failure: BuildContextError?
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: expected) { bytes in
            do throws(BuildContextError) {
                let piece = UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(expected))
                let count = try reader.read(into: piece)
                hash?.add(UnsafeRawBufferPointer(rebasing: piece.prefix(count)))
                return count
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw FileSource.buildError(failure) }
        if count == expected { return true }
        throw FileSource.buildError(shrunken(reader))
    }

    private static func shrunken(_ reader: FileReader) -> BuildContextError {
        reader.sizeProblem
            ?? BuildContextError(.changed, "\(displayed(reader.path)) changed during the build; build again")
    }
}
