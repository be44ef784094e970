import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// A folder for what is in transit, which is gone afterwards.
///
/// What a killed program left goes when the next one comes: a folder is in use as long as somebody has its lock.
enum WorkFolder {
    private static let prefix = ".caisson-mounts."
    /// Folders are no deeper than a store within the folder.
    private static let deepest = 6

    /// Calls with an empty folder in the first of these places that takes one.
    static func with<Result>(in places: [String], _ body: (String) async throws -> Result) async throws -> Result {
        var refusal = Errno(ENOENT)
        var made: String?
        for place in places where made == nil {
            clear(place)
            do throws(Errno) {
                made = try make(in: place)
            } catch {
                refusal = error
            }
        }
        guard let folder = made else {
            let names = places.map(\.quoted).joined(separator: " and in ")
            throw BuildError(.output, "can't make a folder in \(names): \(refusal); name another place by TMPDIR")
        }
        defer { remove(folder) }
        let lock = try FileLock.attempt(PathFacts.join(folder, "lock"), .exclusive)
        do {
            let result = try await body(folder)
            lock?.release()
            return result
        } catch {
            lock?.release()
            throw error
        }
    }

    private static func make(in place: String) throws(Errno) -> String {
        var template = Array(PathFacts.join(place, prefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw .last }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes folders that nobody uses any more.
    private static func clear(_ place: String) {
        for name in DirectoryNames.sorted(in: place, limit: 1000, where: { $0.hasPrefix(prefix) }) {
            let folder = PathFacts.join(place, name)
            // One without a lock is just being made, or was left before it had one: a day tells which.
            let file = PathFacts.join(folder, "lock")
            guard access(file.cPath, F_OK) == 0 || isOld(folder) else { continue }
            guard let lock = try? FileLock.attempt(file, .exclusive) else { continue }
            remove(folder)
            lock.release()
        }
    }

    private static func isOld(_ folder: String) -> Bool {
        var status = stat()
        guard lstat(folder.cPath, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
        return Timestamp.now.seconds - Int64(status.st_mtim.tv_sec) > 86_400
    }

    private static func remove(_ path: String, depth: Int = 0) {
        guard unlink(path.cPath) != 0, depth < deepest else { return }
        for name in DirectoryNames.sorted(in: path, limit: 1_000_000) {
            remove(PathFacts.join(path, name), depth: depth + 1)
        }
        rmdir(path.cPath)
    }
}
