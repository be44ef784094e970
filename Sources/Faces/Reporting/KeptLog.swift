package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc
import Synchronization

/// Keeps the text of a build in a file for as long as it isn't known whether the build succeeds.
///
/// For displays that show only the last lines of a step: when a step fails, the whole of it can be read afterwards. The
/// file is made when the first 64 KiB have come, or when the build has failed; a build that succeeds leaves none. A file
/// that can't be written is no failure of the build.
package final class KeptLog: BuildEventSink {
    /// The most bytes of a file; what comes after them isn't kept, and the file says so.
    package static let byteLimit = 64 * 1024 * 1024
    /// How many files stay in the directory.
    package static let fileLimit = 20

    private static let chunk = 64 * 1024

    private let directory: String
    private let state = Mutex(State())

    /// Makes a log whose file would be in a directory, which is made where it is missing.
    ///
    /// - Parameter directory: An absolute path.
    package init(in directory: String) {
        self.directory = directory
    }

    /// Takes the next event.
    package func receive(_ event: BuildEvent) {
        state.withLock { state in
            state.add(state.renderer.text(for: event))
            if state.waiting.utf8.count >= Self.chunk { state.write(to: directory) }
        }
    }

    /// Writes the rest, and returns the path of the file; nil where there is nothing in it or it can't be written.
    package func keep() -> String? {
        state.withLock { state in
            state.add(state.renderer.flush())
            state.write(to: directory)
            guard state.descriptor >= 0 else { return nil }
            close(state.descriptor)
            state.descriptor = -1
            Self.removeOldest(in: directory)
            return state.path
        }
    }

    /// Removes the file, as the build succeeded.
    package func discard() {
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            close(state.descriptor)
            state.descriptor = -1
            unlink(state.path.cPath)
        }
    }

    /// Removes what is older than the newest files.
    private static func removeOldest(in directory: String) {
        let names = DirectoryNames.sorted(in: directory, limit: 10_000) { $0.hasSuffix(".log") }
        guard names.count > fileLimit else { return }
        let byAge = names.map { name in
            var status = stat()
            let path = PathFacts.join(directory, name)
            let isThere = lstat(path.cPath, &status) == 0
            return (path: path, time: isThere ? status.st_mtim.tv_sec : 0)
        }
        for file in byAge.sorted(by: { $0.time > $1.time }).dropFirst(fileLimit) { unlink(file.path.cPath) }
    }

    private struct State: Sendable {
        var renderer = PlainRenderer()
        var waiting = ""
        var size = 0
        var path = ""
        var descriptor: Int32 = -1
        var isBroken = false

        mutating func add(_ text: String) {
            guard !isBroken, size < KeptLog.byteLimit, !text.isEmpty else { return }
            waiting += text
            size += text.utf8.count
            if size >= KeptLog.byteLimit { waiting += "\nWhat came after this isn't kept.\n" }
        }

        mutating func write(to directory: String) {
            guard !isBroken, !waiting.isEmpty else { return }
            if descriptor < 0 { open(in: directory) }
            guard descriptor >= 0 else { return fail() }
            do {
                try BorrowedDescriptor(number: descriptor).write(Array(waiting.utf8))
                waiting = ""
            } catch {
                fail()
            }
        }

        private mutating func open(in directory: String) {
            guard (try? StateDirectory.prepareOwn(directory, userID: geteuid())) != nil else { return }
            let name = String(UInt32.random(in: 0 ... .max), radix: 16)
            path = PathFacts.join(directory, "\(name).log")
            descriptor = Glibc.open(path.cPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        }

        /// Gives up, as a half-written log would only mislead.
        private mutating func fail() {
            isBroken = true
            waiting = ""
            guard descriptor >= 0 else { return }
            close(descriptor)
            unlink(path.cPath)
            descriptor = -1
        }
    }
}
