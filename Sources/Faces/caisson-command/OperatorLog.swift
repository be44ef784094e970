import CaissonBuildModel
import CaissonConfiguration
import CaissonOrchestrator
import CaissonReporting
import CaissonSystem
import CaissonText
import Glibc
import Logging

/// What operators read of a command's decisions: what waits and why, what begins, is tried again, and ends.
///
/// It is written where somebody has set how much of it is wanted; values of secrets are masked in all that builds tell.
struct OperatorLog: Sendable {
    private let logger: Logger

    /// The log that the configuration asks for; nil where nobody has asked.
    init?(_ configuration: Configuration, _ environment: [String: String]) {
        guard let level = configuration.set(\.buildEngine.logLevel) else { return nil }
        let isJournal = environment["JOURNAL_STREAM"].map(Self.isStandardError) ?? false
        logger = Logger(label: "caisson") { _ in LogLines(level: Logger.Level(level), isJournal: isJournal) }
    }

    /// Whether standard error is what systemd named, as systemd.exec(5) says: the stream's device and inode.
    private static func isStandardError(_ stream: String) -> Bool {
        var status = stat()
        return fstat(STDERR_FILENO, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
    }

    /// Tells that a build is given to an engine.
    func starts(_ name: String, _ id: BuildID) {
        logger.info("build starts", metadata: ["build": "\(id)", "name": "\(name)"])
    }

    /// Tells how a build ended.
    func ended(_ name: String, _ id: BuildID?, _ status: BuildStatus, _ reason: String?) {
        var metadata: Logger.Metadata = ["name": "\(name)", "status": "\(status.rawValue)"]
        metadata["build"] = id.map { "\($0)" }
        metadata["reason"] = reason.map { "\($0)" }
        logger.log(level: status == .failed || status == .timedOut ? .error : .info, "build ended", metadata: metadata)
    }

    /// Tells of something that happened to a build.
    func hear(_ name: String, _ news: PlanObserver.News) {
        switch news {
        case .waits(let reason): logger.debug("build waits", metadata: ["name": "\(name)", "reason": "\(reason)"])
        case .began(let attempt): logger.info("build starts", metadata: ["name": "\(name)", "attempt": "\(attempt)"])
        case .event(let event): hear(name, event)
        case .ended(let node): ended(name, nil, node.outcome.status, node.outcome.reason(of: name))
        }
    }

    /// Tells of something that happened in a build.
    func hear(_ name: String, _ event: BuildEvent) {
        switch event.kind {
        case .attempt(let attempt):
            var metadata: Logger.Metadata = [
                "name": "\(name)", "what": "\(attempt.what)", "number": "\(attempt.number)",
            ]
            metadata["engine"] = attempt.engine.map { "\($0)" }
            metadata["reason"] = attempt.reason.map { "\($0)" }
            logger.log(level: attempt.number > 1 ? .warning : .debug, "engine is called", metadata: metadata)
        case .notice(let message): logger.notice("\(message)", metadata: ["name": "\(name)"])
        case .status(let status):
            for vertex in status.vertexes where vertex.completed != nil || vertex.started != nil {
                let state = vertex.completed == nil ? "starts" : vertex.isCached ? "cached" : "ended"
                logger.trace("step \(state)", metadata: ["name": "\(name)", "step": "\(vertex.name)"])
            }
        case .context, .artifact, .started, .finished: break
        }
    }
}

extension PlanReport.Outcome {
    /// What a build gave that ended well; nil for others.
    var succeeded: BuildResult? { if case .succeeded(let result) = self { result } else { nil } }

    /// How a build stands that ended so.
    var status: BuildStatus {
        switch self {
        case .succeeded, .answered: .succeeded
        case .failed(let error): error.code == .deadlineExceeded ? .timedOut : .failed
        case .skipped: .skipped
        case .cancelled: .cancelled
        }
    }

    /// Why a node ended so, in a line without its name; nil where there is nothing to say.
    func reason(of name: String) -> String? {
        switch self {
        case .failed(let error): error.ofNode(name).message
        case .skipped(let reason): reason
        case .succeeded, .answered, .cancelled: nil
        }
    }
}

extension BuildError {
    /// The error as it is told beside the node's name: with a definition's words, and without the name before it.
    func ofNode(_ name: String) -> BuildError {
        var error = spelled(\.manifestWord)
        if let message = error.message.rest(after: "\(name): ") { error.wording = FieldMessage(message) }
        return error
    }
}

/// Lines of the log on standard error: the time, the level, what, and the names and values that belong to it.
private struct LogLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    /// Whether systemd's journal reads them, which has times of its own and takes levels as numbers.
    private let isJournal: Bool

    init(level: Logger.Level, isJournal: Bool) {
        logLevel = level
        self.isJournal = isJournal
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let pairs = all.sorted { $0.key < $1.key }.map { key, value in
            " \(key)=\(SafeText.line("\(value)").quotedWhereNeeded)"
        }
        let start = isJournal ? "<\(event.level.priority)>" : "\(Timestamp.now.rfc3339) \(event.level.rawValue) "
        BorrowedDescriptor.standardError.writeIgnoringErrors(
            start + SafeText.line("\(event.message)") + pairs.joined() + "\n"
        )
    }
}

extension String {
    fileprivate var quotedWhereNeeded: String {
        guard isEmpty || utf8.contains(where: { " \"=\\".utf8.contains($0) }) else { return self }
        let escaped = replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}

extension Logger.Level {
    fileprivate init(_ level: LogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }

    /// Syslog's number of the level, as sd-daemon(3) has it before a line.
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
