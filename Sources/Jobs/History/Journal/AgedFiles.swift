import CaissonSystem
import CaissonText
import Glibc

/// The files of a directory by when they were last written.
struct AgedFiles {
    private let directory: String

    /// Looks into a directory.
    init(_ directory: String) { self.directory = directory }

    /// The names of the files, the one first that wasn't written for the longest time.
    ///
    /// - Parameter limit: No more are looked at.
    func oldestFirst(limit: Int) -> [String] {
        let names = DirectoryNames.sorted(in: directory, limit: limit)
        let aged = names.map { (name: $0, time: FileTime.written("\(directory)/\($0)") ?? .min) }
        return aged.sorted { $0.time < $1.time }.map(\.name)
    }

    /// Removes the oldest files where there are more than so many.
    func forgetOldest(from most: Int, keeping kept: Int) {
        guard DirectoryNames.sorted(in: directory, limit: most + 1).count > most else { return }
        for name in oldestFirst(limit: 4 * most).dropLast(kept) { unlink("\(directory)/\(name)".cPath) }
    }
}
