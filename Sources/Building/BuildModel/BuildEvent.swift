/// Something that happened in a build.
///
/// Every driver tells the kinds, one place numbers and dates them (`BuildScope`), and every reader (renderer, history,
/// metrics) works from the events alone.
///
/// `started` is always the first event of a build and `finished` always the last one, each exactly once, also where the
/// engine can't be reached, the request is wrong, or the user cancels.
public struct BuildEvent: Sendable, Hashable {
    /// The build that it happened in.
    public var build: BuildID
    /// The event's place among those of its build: from 0, without gaps.
    public var sequence: Int
    /// When it was told, by this machine's clock.
    public var time: Timestamp
    /// What happened.
    public var kind: Kind

    /// Makes an event.
    public init(build: BuildID, sequence: Int, time: Timestamp, kind: Kind) {
        self.build = build
        self.sequence = sequence
        self.time = time
        self.kind = kind
    }

    /// What can happen in a build.
    public enum Kind: Sendable, Hashable {
        /// The build begins; its engine wasn't spoken to yet.
        case started(BuildStart)
        /// The build is given to an engine, or something in it is tried again.
        case attempt(BuildAttempt)
        /// Steps, counters, output and warnings, from the engine or from work on this side.
        case status(SolveStatus)
        /// Something that the user should know and that is no step's, such as a file left out of the context.
        case notice(FieldMessage)
        /// The files of a context were sent; told only where the request asks for it.
        case context(ContextSnapshot)
        /// Something left the build: an image, files, a cache.
        case artifact(BuildArtifact)
        /// The build ended; nothing follows.
        case finished(BuildOutcome)

        /// What people are told of it beside the steps; nil where that is nothing.
        ///
        /// Fields of the request have their own names in it; see `spelled(_:)`.
        public var words: String? {
            switch self {
            case .notice(let message): message.description
            case .attempt(let attempt): attempt.words
            case .started, .status, .context, .artifact, .finished: nil
            }
        }

        /// The same with each field of the request written as `spelling` has it, such as `--tag`.
        public func spelled(_ spelling: (RequestField) -> String) -> Kind {
            switch self {
            case .notice(let message): .notice(message.spelled(spelling))
            case .finished(.failed(let error)): .finished(.failed(error.spelled(spelling)))
            case .started, .attempt, .status, .context, .artifact, .finished: self
            }
        }
    }
}

/// What is known as a build starts.
public struct BuildStart: Sendable, Hashable {
    /// The engine or builder that it is for, by the name that people know.
    public var engine: String

    /// Makes a start.
    public init(engine: String) {
        self.engine = engine
    }
}

/// A try of a build, or of something in it.
public struct BuildAttempt: Sendable, Hashable {
    /// What is tried: `the build`, `the push of app:1`.
    public var what: String
    /// Which try it is, from 1.
    public var number: Int
    /// How many tries there are at most.
    public var limit: Int
    /// Why the try before this one failed; nil for the first.
    public var reason: String?
    /// What kind of failure that was.
    public var cause = RetryPolicy.Cause.infrastructure
    /// The engine that takes the build, such as `dockerd 26.1.5 at unix:///var/run/docker.sock`; nil where it stays the same.
    public var engine: String?

    /// Makes the first try of a build, on an engine.
    public init(on engine: String, limit: Int) {
        what = "the build"
        number = 1
        self.limit = limit
        self.engine = engine
    }

    /// Makes a further try.
    public init(again what: String, number: Int, limit: Int, reason: String) {
        self.what = what
        self.number = number
        self.limit = limit
        self.reason = reason
    }

    /// What people are told of a further try; nil for the first.
    public var words: String? {
        let failure =
            switch cause {
            case .infrastructure: "met a failing network"
            case .step: "failed"
            case .timeout: "ran out of time"
            }
        // The numbers may come from a broken record.
        let (repeated, most) = (max(number, 1) - 1, max(limit, 1) - 1)
        return reason.map { "\(what) \(failure), trying again (\(repeated) of \(most)): \($0)" }
    }
}

/// Something that left a build.
public enum BuildArtifact: Sendable, Hashable {
    /// An image in the engine's store, a registry or an archive.
    case image(ImageArtifact)
    /// A file on this machine.
    case file(String)
    /// A directory on this machine.
    case directory(String)
    /// An archive on standard output.
    case standardOutput
    /// A cache outside of the engine, by its name.
    case cache(String)
}

/// An image that a build made.
public struct ImageArtifact: Sendable, Hashable {
    /// Its names.
    public var names: [String]
    /// The digest of its manifest or index; nil where the engine made none.
    public var digest: String?
    /// Its id in the engine's store; nil where there is none.
    public var id: String?
    /// Whether it is in a registry now.
    public var isPushed: Bool

    /// Makes an image.
    public init(names: [String], digest: String?, id: String?, isPushed: Bool) {
        self.names = names
        self.digest = digest
        self.id = id
        self.isPushed = isPushed
    }
}
