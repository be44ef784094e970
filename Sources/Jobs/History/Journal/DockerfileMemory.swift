package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// What the Dockerfiles of builds said, on the disk: the names of steps don't tell of ENV, USER and SHELL.
struct DockerfileMemory {
    /// A longer one isn't kept.
    static let longest = 256 << 10
    /// From so many files on the oldest go.
    private static let mostFiles = 4000
    /// So many stay then.
    private static let keptFiles = 3000

    private let place: HistoryPlace

    /// Looks into a history.
    init(_ place: HistoryPlace) { self.place = place }

    /// The file of a build's Dockerfile.
    func path(of id: BuildID) -> String { "\(place.dockerfiles)/\(id)" }

    /// Keeps a text; where it can't be written, forecasts know less, and nothing else is lost.
    func keep(_ text: [UInt8], of id: BuildID) {
        guard text.count <= Self.longest else { return }
        try? AtomicFile.replace(path(of: id), with: text, .ownerOnly)
        AgedFiles(place.dockerfiles).forgetOldest(from: Self.mostFiles, keeping: Self.keptFiles)
    }
}

extension HistoryPlace {
    /// What the Dockerfile of a build said; nil where that isn't kept any more, or never was.
    package func dockerfile(of id: BuildID) -> [UInt8]? {
        let memory = DockerfileMemory(self)
        return try? BoundedFile.read(memory.path(of: id), limit: DockerfileMemory.longest, owner: geteuid())
    }

    /// Removes the files of a build that the database doesn't know any more.
    func removeFiles(of id: BuildID) {
        unlink(log(of: id).cPath)
        unlink(DockerfileMemory(self).path(of: id).cPath)
    }
}
