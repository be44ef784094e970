import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// What the contexts of earlier builds held, on the disk: a file for each directory and selection of files.
///
/// A file is written after the journal that tells what changed. So a process that dies in between leaves an older file,
/// and the next build tells what changed since that one.
struct ContextMemory {
    private static let head = "caisson-context 1"
    /// A larger file is none of ours.
    private static let limit = 160 << 20
    /// From so many files on the oldest go.
    private static let mostFiles = 256
    /// So many stay then.
    private static let keptFiles = 192

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
        var bytes = Array("\(Self.head)\n\(build)\n\(snapshot.count)\n".utf8)
        bytes.reserveCapacity(bytes.count + snapshot.size)
        for content in snapshot.contents {
            withUnsafeBytes(of: content.littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes += snapshot.packed
        let isNew = access(path(of: snapshot).cPath, F_OK) != 0
        try? AtomicFile.replace(path(of: snapshot), with: bytes, .ownerOnly)
        if isNew { forgetOldest() }
    }

    private func path(of snapshot: ContextSnapshot) -> String { "\(place.contexts)/\(snapshot.key)" }

    private func read(_ snapshot: ContextSnapshot) -> (ContextSnapshot, BuildID)? {
        guard let bytes = try? BoundedFile.read(path(of: snapshot), limit: Self.limit, owner: geteuid()) else {
            return nil
        }
        let lines = bytes.split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0].elementsEqual(Self.head.utf8),
            let build = BuildID(String(decoding: lines[1], as: UTF8.self)),
            let count = Int(String(decoding: lines[2], as: UTF8.self)), count >= 0, count <= lines[3].count / 8
        else { return nil }
        var contents: [UInt64] = []
        contents.reserveCapacity(count)
        let rest = lines[3]
        rest.withUnsafeBytes { bytes in
            for number in 0..<count {
                contents.append(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * number, as: UInt64.self)))
            }
        }
        let packed = Array(rest.dropFirst(8 * count))
        return (ContextSnapshot(of: snapshot.name, key: snapshot.key, packed: packed, contents: contents), build)
    }

    /// Removes the files that weren't written for the longest time, if there are too many.
    private func forgetOldest() {
        let names = DirectoryNames.sorted(in: place.contexts, limit: 4 * Self.mostFiles)
        guard names.count > Self.mostFiles else { return }
        let aged = names.map { (name: $0, time: FileTime.written("\(place.contexts)/\($0)") ?? .min) }
        for file in aged.sorted(by: { $0.time < $1.time }).dropLast(Self.keptFiles) {
            unlink("\(place.contexts)/\(file.name)".cPath)
        }
    }
}
