package import CaissonBuildModel
import CaissonJSON
import CaissonSystem
import CaissonText
import Glibc

/// What the contexts of earlier builds held, on the disk: a file for each directory and selection of files.
///
/// A file is written after the journal that tells what changed. So a process that dies in between leaves an older file,
/// and the next build tells what changed since that one.
struct ContextMemory {
    private static let head = "caisson-context 2"
    /// A larger file is none of ours.
    private static let limit = 160 << 20
    /// From so many files on the oldest go.
    private static let mostFiles = 256
    /// So many stay then.
    private static let keptFiles = 192

    /// A file, as far as it was read.
    private struct File {
        var build: BuildID
        /// How many files the context had.
        var count: Int
        /// The context's name.
        var name: String
        var origin: ContextSnapshot.Origin?
        /// The hashes, and what the snapshot packs.
        var rest: ArraySlice<UInt8>
    }

    private let place: HistoryPlace
    private let build: BuildID
    /// What is to be kept, by the names of the files.
    private var compared: [String: ContextSnapshot] = [:]

    /// Remembers for a build.
    init(_ place: HistoryPlace, of build: BuildID) {
        self.place = place
        self.build = build
    }

    /// What changed since the files were sent before; nil where that was by the same build and nothing did, as the nodes of
    /// a builder each get the same files.
    mutating func compare(_ snapshot: ContextSnapshot) -> ContextChanges? {
        let before = compared[snapshot.key].map { ($0, build) } ?? read(snapshot)
        guard let (earlier, previous) = before else {
            compared[snapshot.key] = snapshot
            return ContextChanges(of: snapshot.name, files: snapshot.count, since: nil)
        }
        let (changes, complete) = snapshot.changes(since: earlier, of: previous)
        compared[snapshot.key] = complete
        return previous == build && changes.changes.isEmpty ? nil : changes
    }

    /// Keeps what was compared for the next build; what can't be written leaves the file before, which is as right.
    func keep() {
        for snapshot in compared.values { keep(snapshot) }
    }

    private func keep(_ snapshot: ContextSnapshot) {
        var bytes = Array("\(Self.head)\n\(build)\n\(snapshot.count)\n".utf8) + Self.line(snapshot) + [0x0A]
        bytes.reserveCapacity(bytes.count + snapshot.size)
        for content in snapshot.contents {
            withUnsafeBytes(of: content.littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes += snapshot.packed
        let isNew = access(path(of: snapshot).cPath, F_OK) != 0
        try? AtomicFile.replace(path(of: snapshot), with: bytes, .ownerOnly)
        if isNew { AgedFiles(place.contexts).forgetOldest(from: Self.mostFiles, keeping: Self.keptFiles) }
    }

    private func path(of snapshot: ContextSnapshot) -> String { "\(place.contexts)/\(snapshot.key)" }

    private func read(_ snapshot: ContextSnapshot) -> (ContextSnapshot, BuildID)? {
        Self.read(path(of: snapshot), key: snapshot.key)
    }

    private static func read(_ path: String, key: String) -> (ContextSnapshot, BuildID)? {
        guard let bytes = try? BoundedFile.read(path, limit: limit, owner: geteuid()) else { return nil }
        guard let file = file(bytes), file.count <= file.rest.count / 8 else { return nil }
        var contents: [UInt64] = []
        contents.reserveCapacity(file.count)
        file.rest.withUnsafeBytes { bytes in
            for number in 0..<file.count {
                contents.append(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * number, as: UInt64.self)))
            }
        }
        let packed = Array(file.rest.dropFirst(8 * file.count))
        var snapshot = ContextSnapshot(of: file.name, key: key, packed: packed, contents: contents)
        snapshot.origin = file.origin
        return (snapshot, file.build)
    }

    /// What was last sent of a directory by one of some builds; nil where none of them did.
    static func last(
        of directory: String,
        by builds: Set<BuildID>,
        in place: HistoryPlace
    ) -> (ContextSnapshot, BuildID)? {
        for name in AgedFiles(place.contexts).oldestFirst(limit: 4 * mostFiles).reversed() {
            let path = "\(place.contexts)/\(name)"
            // Most are of other directories, which their beginnings tell.
            guard let head = try? BoundedFile.head(path, upTo: 64 << 10, owner: geteuid()),
                let file = file(head), file.origin?.directory == directory, builds.contains(file.build)
            else { continue }
            if let found = read(path, key: name) { return found }
        }
        return nil
    }

    private static func file(_ bytes: [UInt8]) -> File? {
        let lines = bytes.split(separator: 0x0A, maxSplits: 4, omittingEmptySubsequences: false)
        guard lines.count == 5, lines[0].elementsEqual(head.utf8),
            let build = BuildID(String(decoding: lines[1], as: UTF8.self)),
            let count = Int(String(decoding: lines[2], as: UTF8.self)), count >= 0,
            let (name, origin) = origin(lines[3])
        else { return nil }
        return File(build: build, count: count, name: name, origin: origin, rest: lines[4])
    }

    /// Where the files of a snapshot were, as a line; a pattern that isn't UTF-8 can't be told.
    private static func line(_ snapshot: ContextSnapshot) -> [UInt8] {
        var json = JSONWriter(.report)
        json.object { json in
            json.member("name", snapshot.name)
            guard let origin = snapshot.origin else { return }
            let texts = origin.patterns.map { patterns in patterns.compactMap { String(validating: $0, as: UTF8.self) }
            }
            guard texts.map(\.count) == origin.patterns.map(\.count) else { return }
            json.member("directory", origin.directory)
            json.list("patterns", texts) { json, patterns in json.list(patterns) { $0.string($1) } }
        }
        return json.bytes
    }

    private static func origin(_ line: ArraySlice<UInt8>) -> (name: String, ContextSnapshot.Origin?)? {
        guard let json = try? JSON(parsing: Array(line)), let name = json["name"]?.string else { return nil }
        guard let directory = json["directory"]?.string else { return (name, nil) }
        let patterns = json["patterns"].items.map { patterns in (patterns as JSON?).texts.map { Array($0.utf8) } }
        return (name, ContextSnapshot.Origin(directory: directory, patterns: patterns))
    }
}

extension HistoryPlace {
    /// What was last sent of a directory by one of some builds, and by which; nil where none of them did.
    ///
    /// - Parameter directory: What names it in a snapshot's origin.
    package func lastSnapshot(of directory: String, by builds: Set<BuildID>) -> (ContextSnapshot, BuildID)? {
        ContextMemory.last(of: directory, by: builds, in: self)
    }
}
