package import CaissonBuildModel

/// Something that a journal tells of a build.
package enum JournalEntry: Sendable, Hashable {
    /// A step has a number from here on, as it begins: it comes before its beginning and its output are told.
    ///
    /// A step that never begins gets none here; in a dossier these have the numbers behind the others'.
    case step(Int, digest: String)
    /// Something happened in the build; numbered anew by the reader.
    ///
    /// Output is in it where the reader was asked for its bytes, as a status of its own for each piece.
    case event(BuildEvent)
    /// A piece of output, where the reader was asked for pieces alone; also one whose bytes weren't kept.
    case output(OutputPiece)
    /// People were told something of the build.
    case remark(BuildRemark)
    /// The files of a context were sent; what changed in them.
    case context(ContextChanges)
    /// Why the build waits, told beside the remark that says so.
    case waiting(String)
    /// The build waits or runs.
    case status(BuildStatus, Timestamp)
    /// The build ended; nothing follows.
    case end(JournalEnd)
}

/// How a build ended.
package struct JournalEnd: Sendable, Hashable {
    /// How it stands for ever.
    package var status: BuildStatus
    /// Why it was skipped, cancelled, interrupted or failed, in a line; nil where there is nothing to say.
    package var reason: String?
    /// When, by the machine's clock.
    package var time: Timestamp
    /// How long it ran, by a clock that doesn't go backwards; nil where it never began or that isn't known.
    package var duration: Duration?

    /// Makes an end.
    package init(_ status: BuildStatus, reason: String? = nil, at time: Timestamp, duration: Duration? = nil) {
        self.status = status
        self.reason = reason
        self.time = time
        self.duration = duration
    }
}

/// A piece of what a step printed, and where its bytes are.
package struct OutputPiece: Sendable, Hashable {
    /// Where the bytes of a piece are.
    package enum Place: Sendable, Hashable {
        /// In the output file, from this byte on.
        case at(Int64)
        /// Nowhere: the submission said that output isn't kept.
        case unkept
        /// Nowhere: more came than the disk could take.
        case lost
    }

    /// The step's number.
    package var step: Int
    /// The step's digest; empty where the journal doesn't tell it.
    package var digest: String
    /// 1 for standard output, 2 for standard error.
    package var stream: Int
    /// Where the bytes are.
    package var place: Place
    /// How many there are: at most `JournalReader.pieceLimit`, if they are in the file.
    package var length: Int64
    /// When they (the first of them) were written, as of the engine.
    package var time: Timestamp

    /// Makes a piece.
    package init(
        step: (number: Int, digest: String),
        stream: Int,
        _ place: Place,
        length: Int64,
        at time: Timestamp
    ) {
        self.step = step.number
        digest = step.digest
        self.stream = stream
        self.place = place
        self.length = length
        self.time = time
    }

    /// The first byte in the output file; nil where the bytes are nowhere.
    package var offset: Int64? { if case .at(let offset) = place { offset } else { nil } }
}
