import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// Journals that couldn't be read, kept for whoever wants to know why: the newest ones, and not for ever.
struct DamagedJournals {
    /// How many there are at most.
    static let count = 20
    /// How many bytes they take at most.
    static let bytes: Int64 = 64 << 20
    /// How long they are kept, in seconds.
    static let age: Int64 = 30 * 86_400

    private let place: HistoryPlace
    private let limit: Int64

    /// Those of a history.
    init(_ place: HistoryPlace, limit: Int64 = Self.bytes) {
        self.place = place
        self.limit = limit
    }

    /// Takes the journal of a build and its output out of the way; whether they are kept.
    ///
    /// What would be more by itself than is kept of all is removed.
    func take(_ id: BuildID) -> Bool {
        mkdir(place.damaged.cPath, 0o700)
        let files = [(place.journal(of: id), "journal"), (place.output(of: id), "output")]
        guard files.map({ Self.size($0.0) }).clampedSum <= limit else {
            for (path, _) in files { unlink(path.cPath) }
            return false
        }
        var isKept = false
        for (path, ending) in files {
            let kept = "\(place.damaged)/\(id).\(ending)"
            guard rename(path.cPath, kept.cPath) == 0 else { continue }
            if ending == "journal" { isKept = true }
            // Its age counts from now on.
            utimensat(AT_FDCWD, kept.cPath, nil, AT_SYMLINK_NOFOLLOW)
        }
        thin(now: .now)
        return isKept
    }

    /// Removes the oldest beyond the limits.
    func thin(now: Timestamp) {
        let oldest = Timestamp(seconds: now.seconds.clampedAdding(-Self.age)).storedNanoseconds
        var files: [String: (time: Int64, size: Int64)] = [:]
        for name in DirectoryNames.sorted(in: place.damaged, limit: 10_000) {
            let path = "\(place.damaged)/\(name)"
            guard let stem = Self.stem(name), let time = FileTime.written(path) else { continue }
            let known = files[stem] ?? (time, 0)
            files[stem] = (max(known.time, time), known.size.clampedAdding(Self.size(path)))
        }
        var kept: (count: Int, bytes: Int64) = (0, 0)
        for (stem, file) in files.sorted(by: { $0.value.time > $1.value.time }) {
            kept = (kept.count + 1, kept.bytes.clampedAdding(file.size))
            guard kept.count > Self.count || kept.bytes > limit || file.time < oldest else { continue }
            for ending in ["journal", "output"] { unlink("\(place.damaged)/\(stem).\(ending)".cPath) }
        }
    }

    private static func stem(_ name: String) -> String? {
        [".journal", ".output"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
    }

    private static func size(_ path: String) -> Int64 {
        if case .regular(let size) = PathFacts.kind(of: path) { size } else { 0 }
    }
}
