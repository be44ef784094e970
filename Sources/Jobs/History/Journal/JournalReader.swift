package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// Reads the journal of a build, whatever is in it, also while it is written.
///
/// The writer appends whole lines, and bytes of output before the lines that tell of them, so that what is read is
/// always a beginning of what happened. A copy of a reader reads on by itself.
package struct JournalReader: Sendable {
    /// What becomes of output.
    package enum Output: Sendable {
        /// Its bytes are read and told as events.
        case bytes
        /// It is told in pieces, without a look at the bytes.
        case pieces
    }

    /// The most bytes of a piece.
    package static let pieceLimit = 1 << 20
    /// The most journals that are listed.
    private static let listLimit = 1_000_000

    /// The build.
    package let submission: BuildSubmission
    private let form: Output
    private let output: JournalOutput
    private var lines: JournalLines
    private var decoder: JournalDecoder
    /// What was read and not told yet, the next one last.
    private var waiting: [JournalEntry] = []

    /// The builds that have a journal, running ones and ended ones, sorted by id.
    package static func list(_ place: HistoryPlace) -> [BuildID] {
        let suffix = ".journal"
        return DirectoryNames.sorted(in: place.journals, limit: listLimit) { $0.hasSuffix(suffix) }
            .compactMap { BuildID(String($0.dropLast(suffix.count))) }
    }

    /// Opens the journal of a build.
    ///
    /// - Throws: `notFound` where there is none, `damaged` where it has no beginning, `newer`, or why it can't be read.
    package init(_ place: HistoryPlace, _ id: BuildID, output: Output = .bytes) throws(HistoryError) {
        let path = place.journal(of: id)
        form = output
        self.output = JournalOutput(place.output(of: id))
        lines = JournalLines(try SharedDescriptor.openToRead(path), path: path)
        guard let header = try lines.next() else { throw HistoryError(.damaged, "\(path) has no beginning") }
        submission = try JournalDecoder.submission(header, of: path)
        guard submission.id == id else { throw HistoryError(.damaged, "\(path) is of another build") }
        decoder = JournalDecoder(id)
    }

    /// The next entry; nil where there are no more whole lines for now.
    package mutating func next() throws(HistoryError) -> JournalEntry? {
        while true {
            while let entry = waiting.popLast() {
                guard case .output(let piece) = entry, form == .bytes else { return entry }
                if let told = try read(piece) { return told }
            }
            guard let line = try lines.next() else { return nil }
            waiting = decoder.entries(of: line).reversed()
        }
    }

    /// Whether a living process writes it.
    package var isLive: Bool { lines.file.isLockedByOther }

    /// The end of a build whose writer is gone, as far as it was read.
    package var interruption: JournalEnd {
        let time = decoder.last ?? submission.time
        // By the wall clock, as nobody is left who measured it; it may have gone backwards.
        let duration = decoder.started.map {
            Duration.milliseconds(Int64(max(0, min(time.seconds(since: $0), 1e9)) * 1000))
        }
        return JournalEnd(.interrupted, reason: "the process that ran it ended before it", at: time, duration: duration)
    }

    /// A piece with its bytes as an event; nil where the bytes were never to be kept.
    private mutating func read(_ piece: OutputPiece) throws(HistoryError) -> JournalEntry? {
        if case .lost = piece.place { return .remark(piece.loss(at: decoder.last ?? piece.time)) }
        let data = try output.bytes(of: piece)
        guard !data.isEmpty else { return nil }
        return decoder.event(
            of: VertexLog(vertex: piece.digest, stream: piece.stream, data: data, timestamp: piece.time)
        )
    }
}

extension OutputPiece {
    /// What people are told of output that the disk couldn't take.
    func loss(at time: Timestamp) -> BuildRemark {
        BuildRemark(time, "\(length) bytes of output of step \(step) were not kept, as the disk was too slow")
    }
}

extension SharedDescriptor {
    /// Opens a file of ours; never anything but a regular one.
    static func openToRead(_ path: String) throws(HistoryError) -> SharedDescriptor {
        let raw = Glibc.open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
        guard raw >= 0 else { throw HistoryError(errno: errno, "\(path) can't be read") }
        let file = SharedDescriptor(adopting: raw)
        guard let status = file.status(), status.st_mode & S_IFMT == S_IFREG else {
            throw HistoryError(.damaged, "\(path) is not a regular file")
        }
        return file
    }

    /// Whether another open file holds its lock alone.
    var isLockedByOther: Bool {
        while flock(raw, LOCK_SH | LOCK_NB) != 0 {
            if errno != EINTR { return errno == EWOULDBLOCK }
        }
        flock(raw, LOCK_UN)
        return false
    }
}
