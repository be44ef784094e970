package import CaissonBuildModel
import CaissonJSON
import CaissonSystem
import CaissonText
import Glibc

/// What was seen to leave the caches of engines: a file with a line for each prune, which explains misses later.
///
/// It stands beside the database, so that a prune needs no history of builds. Lines of several processes don't mix, as
/// each is one write to its end.
package struct RemovalLog: Sendable {
    /// A longer file begins anew; the one before is kept beside it.
    private static let limit: off_t = 4 << 20
    /// So many descriptions are kept of one prune.
    private static let mostDescriptions = 500

    private let place: HistoryPlace

    /// Names the file of a history; nothing is made.
    package init(_ place: HistoryPlace) {
        self.place = place
    }

    private var path: String { "\(place.directory)/removals" }

    /// Adds a removal.
    ///
    /// - Throws: Why it can't be written.
    package func append(_ removal: CacheRemoval) throws(HistoryError) {
        try place.prepare(userID: geteuid())
        let raw = open(path.cPath, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw HistoryError(errno: errno, "\(path) can't be opened") }
        let descriptor = OwnedDescriptor(adopting: raw)
        do throws(Errno) {
            try BorrowedDescriptor(number: descriptor.number).write(Self.line(removal))
        } catch {
            throw HistoryError(errno: error.number, "\(path) can't be written")
        }
        var status = stat()
        if fstat(descriptor.number, &status) == 0, status.st_size > Self.limit { rename(path.cPath, "\(path).1".cPath) }
    }

    /// The removals since a time, oldest first; what can't be read isn't there.
    package func removals(since time: Timestamp) -> [CacheRemoval] {
        ["\(path).1", path].flatMap { path -> [CacheRemoval] in
            guard let bytes = try? BoundedFile.read(path, limit: 4 * Int(Self.limit), owner: geteuid()) else {
                return []
            }
            return bytes.split(separator: 0x0A).compactMap { Self.removal($0) }
        }.filter { $0.time >= time }
    }

    private static func line(_ removal: CacheRemoval) -> [UInt8] {
        var json = JSONWriter(.report)
        json.object { json in
            json.member("t", removal.time)
            json.member("engine", removal.engine.clipped(to: JournalLimit.name))
            json.member("cause", removal.cause.clipped(to: JournalLimit.id))
            json.member("count", removal.count)
            json.key("size")
            json.number(removal.size)
            json.texts("records", removal.descriptions.prefix(mostDescriptions).map { $0.clipped(to: JournalLimit.id) })
        }
        return json.bytes + [0x0A]
    }

    private static func removal(_ line: ArraySlice<UInt8>) -> CacheRemoval? {
        guard let json = try? JSON(parsing: Array(line)), let time = Timestamp(json["t"]),
            let engine = json["engine"]?.string, let cause = json["cause"]?.string
        else { return nil }
        var removal = CacheRemoval(from: engine, by: cause, at: time)
        removal.count = json["count"]?.count ?? 0
        removal.size = json["size"]?.size ?? 0
        removal.descriptions = json["records"].texts
        return removal
    }
}
