package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// Where the history of a state directory is kept.
///
/// Below it are `format`, which tells how the rest is laid out; `journals`, where running builds write what happens in
/// them; `contexts`, what contexts held when they were last sent; `dockerfiles`, what the Dockerfiles of builds said; and
/// what readers make of ended journals: `builds.sqlite` and `logs`.
package struct HistoryPlace: Sendable, Hashable {
    /// The layout that this version of Caisson writes and reads.
    package static let format = 1

    /// The state directory that it belongs to.
    package let stateDirectory: String

    /// Names the history of a state directory; nothing is made or looked at.
    package init(stateDirectory: String) {
        self.stateDirectory = stateDirectory
    }

    /// The directory of all of it.
    package var directory: String { PathFacts.join(stateDirectory, "history") }
    /// The directory of what running builds write, and ended ones until they are in the database.
    package var journals: String { directory + "/journals" }
    /// The directory of what the steps of ended builds printed.
    package var logs: String { directory + "/logs" }
    /// The directory of what the contexts of builds held when they were last sent.
    package var contexts: String { directory + "/contexts" }
    /// The directory of what the Dockerfiles of builds said.
    package var dockerfiles: String { directory + "/dockerfiles" }
    /// The database of ended builds.
    package var database: String { directory + "/builds.sqlite" }
    /// The file that tells the layout's number.
    package var formatFile: String { directory + "/format" }

    /// The journal of a build.
    package func journal(of id: BuildID) -> String { "\(journals)/\(id).journal" }
    /// What the steps of a build printed, in the order in which it came.
    package func output(of id: BuildID) -> String { "\(journals)/\(id).output" }

    /// Makes the directories and the file of the layout's number where they are missing, and checks them.
    ///
    /// - Throws: `newer` where a later version of Caisson laid it out, else why it can't be used.
    package func prepare(userID: UInt32) throws(HistoryError) {
        do throws(SystemError) {
            _ = try StateDirectory.prepare(stateDirectory, userID: userID)
            try StateDirectory.prepareOwn(directory, userID: userID)
        } catch {
            throw HistoryError(error)
        }
        // The format comes first: of a newer one nothing else is known.
        if try !checkFormat() { try writeFormat() }
        do throws(SystemError) {
            try StateDirectory.prepareOwn(journals, userID: userID)
            try StateDirectory.prepareOwn(logs, userID: userID)
            try StateDirectory.prepareOwn(contexts, userID: userID)
            try StateDirectory.prepareOwn(dockerfiles, userID: userID)
        } catch {
            throw HistoryError(error)
        }
    }

    /// Whether there is a history, of a layout that this version reads.
    ///
    /// - Throws: `newer` or `damaged`, or why the number can't be read.
    package func checkFormat() throws(HistoryError) -> Bool {
        let bytes: [UInt8]
        do throws(BoundedFile.Failure) {
            bytes = try BoundedFile.read(formatFile, limit: 64)
        } catch {
            if case .missing = error { return false }
            throw HistoryError(errno: error.errno.number, "\(formatFile) can't be read")
        }
        guard let number = Int(String(decoding: bytes, as: UTF8.self).trimmed), number > 0 else {
            throw HistoryError(.damaged, "\(formatFile) holds no number of a format; remove \(directory) to begin anew")
        }
        guard number <= Self.format else {
            throw HistoryError(.newer, "\(directory) is of a newer version of Caisson (format \(number))")
        }
        return true
    }

    private func writeFormat() throws(HistoryError) {
        do throws(Errno) {
            try AtomicFile.create(formatFile, with: Array("\(Self.format)\n".utf8))
        } catch {
            throw HistoryError(errno: error.number, "\(formatFile) can't be written")
        }
    }
}
