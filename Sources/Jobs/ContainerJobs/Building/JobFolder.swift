package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// The folder of a job's results.
///
/// ```
/// out/.caisson-<run>/   the engine writes here      ─── the job has ended ──▶   out/bzImage, out/manifest.json …
/// out/status.json       how the job stands, from the beginning
/// out/.caisson-lock     held while a job runs
/// out/.caisson-files    what the last job has put here
/// ```
/// What the last job has put here goes before the new results come. Files of others stay, unless a result has the same
/// name.
package final class JobFolder {
    /// The folder, absolute.
    package let path: String
    /// Where the results are until the job has ended.
    package let stage: String
    /// Held until the job has ended.
    private var lock: FileLock?

    /// The file that tells how the job stands.
    package var status: String { PathFacts.join(path, Self.statusName) }

    private static let statusName = "status.json"
    private static let lockName = ".caisson-lock"
    private static let listName = ".caisson-files"
    private static let stagePrefix = ".caisson-"
    private static let longestList = 64 << 20
    private static let mostEntries = 1_000_000

    /// Makes the folder, and takes it for a run.
    ///
    /// - Throws: `BuildError` where it can't be made, or another job is writing to it.
    package init(_ path: String, run: BuildID) throws(BuildError) {
        self.path = path
        stage = PathFacts.join(path, Self.stagePrefix + run.description)
        do throws(Errno) { try Directories.make(path) } catch { throw Self.refusal(path, error) }
        let held: FileLock?
        do throws(SystemError) {
            held = try FileLock.attempt(PathFacts.join(path, Self.lockName), .exclusive)
        } catch {
            throw BuildError(.output, "can't use \(path.quoted) for results: \(error.message)")
        }
        guard let held else { throw BuildError(.output, "another job is writing its results to \(path.quoted)") }
        lock = consume held
        for name in DirectoryNames.sorted(in: path, limit: Self.mostEntries)
        where name.begins(with: Self.stagePrefix) {
            let id = String(decoding: name.utf8.dropFirst(Self.stagePrefix.utf8.count), as: UTF8.self)
            guard BuildID(id) != nil else { continue }
            DirectoryRemoval.remove(PathFacts.join(path, name))
        }
        guard mkdir(stage.cPath, 0o755) == 0 else { throw Self.refusal(stage, .last) }
    }

    /// Puts the results in their place, and lets go of the folder.
    ///
    /// - Throws: `BuildError`, with the results still in `stage`.
    package func place() throws(BuildError) {
        removeLast()
        var placed: [String] = []
        do throws(Errno) {
            try Self.move(stage, into: path, below: "", &placed)
            let list = placed.reduce(into: [UInt8]()) { $0 += $1.pathBytes + [0] }
            try AtomicFile.replace(PathFacts.join(path, Self.listName), with: list, .usual)
        } catch {
            throw BuildError(.output, "can't put results into \(path.quoted): \(error); they are in \(stage.quoted)")
        }
        release()
    }

    /// Removes what is staged, and lets go of the folder.
    package func discard() { release() }

    private func release() {
        DirectoryRemoval.remove(stage)
        guard lock != nil else { return }
        unlink(PathFacts.join(path, Self.lockName).cPath)
        lock = nil
    }

    /// Removes what the last job has put here, and folders that are empty then.
    private func removeLast() {
        let list = PathFacts.join(path, Self.listName)
        guard let bytes = try? BoundedFile.read(list, limit: Self.longestList) else { return }
        for entry in bytes.split(separator: 0).reversed() {
            let names = entry.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            // Whatever the list says, nothing outside of the folder is meant.
            guard names.first?.isEmpty == false, !names.contains(where: { $0.elementsEqual("..".utf8) }) else {
                continue
            }
            let file = PathFacts.join(path, String(pathBytes: entry))
            if unlink(file.cPath) != 0 { rmdir(file.cPath) }
        }
    }

    /// Moves what is in a folder into another one, whose files of other names stay.
    ///
    /// - Parameter placed: Gets the paths, folders before what is in them.
    private static func move(
        _ source: String,
        into target: String,
        below: String,
        _ placed: inout [String]
    ) throws(Errno) {
        guard below.utf8.count < PATH_MAX else { throw Errno(ELOOP) }
        for name in try DirectoryNames.all(in: source, limit: mostEntries) where name != statusName || !below.isEmpty {
            let (from, to) = (PathFacts.join(source, name), PathFacts.join(target, name))
            placed.append(below + name)
            if isFolder(from) {
                // One that somebody else has made stays, as it isn't empty when the list is gone through.
                guard mkdir(to.cPath, 0o755) == 0 || isFolder(to) else { throw .last }
                try move(from, into: to, below: below + name + "/", &placed)
            } else if rename(from.cPath, to.cPath) != 0 {
                throw .last
            }
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path.cPath, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func refusal(_ path: String, _ reason: Errno) -> BuildError {
        BuildError(.output, "can't make \(path.quoted) for results: \(reason)")
    }
}
