import ArgumentParser
import CaissonBuildModel
import CaissonHistory
import CaissonReporting
import CaissonRunControl
import CaissonSystem
import CaissonText
import FoundationEssentials

// What `caisson builds` does with builds that run in another process: it follows them, and ends them.

extension BuildsCommand {
    /// Runs what follows a build until the user has seen enough; then the build goes on, which is said.
    fileprivate static func following<Result>(
        _ id: BuildID,
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch {
            let known = (error as? ReportedError)?.error ?? error as? BuildError
            guard error is CancellationError || known?.code == .cancelled else { throw error }
            BorrowedDescriptor.standardError.writeIgnoringErrors(
                "the build goes on; “caisson builds cancel \(id.description.prefix(12))” ends it\n"
            )
            throw ExitCode(130)
        }
    }

    /// Follows a build that still has its journal; nil for one that hasn't.
    fileprivate static func follower(of id: BuildID) throws(BuildError) -> BuildFollower? {
        do throws(HistoryError) {
            return try BuildFollower(try place(), id)
        } catch {
            guard error.code == .notFound else { throw BuildError(error) }
            return nil
        }
    }
}

extension BuildsCommand.Logs {
    func run() async throws {
        try BuildFilterOptions.require("--step", step)
        let store = try await BuildsCommand.store()
        let id = try BuildsCommand.id(build, in: store)
        let dossier = try BuildsCommand.reporting { () throws(HistoryError) in try store.dossier(of: id) }
        var wanted: StepRecord?
        if let step { wanted = try dossier.step(named: step) }
        if follow, let follower = try BuildsCommand.follower(of: id) {
            return try await Self.follow(follower, wanted)
        }
        let number = wanted?.number
        let log = try BuildsCommand.reporting { () throws(HistoryError) in try store.log(of: id, step: number) }
        var lines = number == nil ? OutputLines(dossier) : OutputLines(isRaw: true)
        while let piece = try BuildsCommand.reporting({ () throws(HistoryError) in try log.next() }) {
            try BuildsCommand.write(lines.text(of: piece.bytes, step: piece.step))
        }
        try BuildsCommand.write(lines.rest())
    }

    /// Prints what comes until the build has ended, or the user has seen enough.
    private static func follow(_ follower: BuildFollower, _ step: StepRecord?) async throws {
        try await BuildsCommand.following(follower.submission.id) {
            try await withInterrupts(restoreTerminal: {}) { try await printAll(of: follower, step) }
        }
    }

    private static func printAll(of follower: BuildFollower, _ step: StepRecord?) async throws {
        var follower = follower
        var output = FollowedOutput(step: step?.digest)
        while let entry = try await follower.next() {
            switch entry {
            case .step(let number, let digest): output.number(number, of: digest)
            case .event(let event):
                guard case .status(let status) = event.kind else { continue }
                try BuildsCommand.write(output.text(of: status))
            default: break
            }
        }
        try BuildsCommand.write(output.rest())
    }
}

extension BuildsCommand.Watch {
    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let store = try await BuildsCommand.store()
        let id = try BuildsCommand.id(build, in: store)
        let short = id.description.prefix(12)
        guard let follower = try BuildsCommand.follower(of: id) else {
            let status = try BuildsCommand.reporting { () throws(HistoryError) in
                try store.dossier(of: id).record.status
            }
            throw BuildError(
                .usage,
                "build \(short) doesn't run: \(status.sentence); see “caisson builds show \(short)”"
            )
        }
        let mode = try progress.mode(environment: environment)
        let shown = ShownWork(mode, environment: environment, spelling: \.flag)
        let (status, _) = try await BuildsCommand.following(id) {
            try await withInterrupts(restoreTerminal: ShownWork.restoreTerminal) {
                try await shown.run { events in try await Self.follow(follower, events) }
            }
        }
        // Also where it was cancelled: 130 is for whoever interrupts the watching.
        if status != .succeeded { throw BuildError(.step, "build \(short) has ended: \(status.sentence)") }
    }

    /// Passes on what happens until the build has ended; says how it has.
    private static func follow(_ follower: BuildFollower, _ events: SpelledEvents) async throws -> BuildStatus {
        var follower = follower
        var status = BuildStatus.interrupted
        while let entry = try await follower.next() {
            switch entry {
            case .event(let event): events.receive(event)
            case .remark(let remark): events.show(FieldMessage(remark.text))
            case .end(let end): status = end.status
            default: break
            }
        }
        return status
    }
}

extension BuildsCommand.Cancel {
    func run() async throws {
        let store = try await BuildsCommand.store()
        var failure: BuildError?
        for name in builds {
            do {
                let canceller = try BuildCanceller(name, in: store)
                for id in try await canceller.run() { try BuildsCommand.write("\(id)\n") }
            } catch let error as BuildError {
                if failure != nil { BorrowedDescriptor.standardError.writeIgnoringErrors(ErrorText.of(error)) }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}

/// Ends what a text names: a build, or all builds of a batch or task that run or wait.
private struct BuildCanceller {
    private let store: HistoryStore
    private let builds: [BuildID]
    /// Whether it is about one build alone, of which the user is to know why it can't be cancelled.
    private let isSingle: Bool

    /// Finds what is meant.
    ///
    /// - Throws: What is wrong with the name, or how what it names has ended.
    init(_ text: String, in store: HistoryStore) throws(BuildError) {
        self.store = store
        switch try BuildsCommand.reporting({ () throws(HistoryError) in try BuildsCommand.named(text, in: store) }) {
        case .build(let id):
            let status = try Self.status(of: id, in: store)
            guard !status.isFinal else {
                throw BuildError(.usage, "build \(id.description.prefix(12)) doesn't run: \(status.sentence)")
            }
            (builds, isSingle) = ([id], true)
        case .batch(let id):
            let members = try BuildsCommand.reporting { () throws(HistoryError) in try store.members(of: id) }
            let left = members.filter { !$0.status.isFinal }
            guard !left.isEmpty else {
                throw BuildError(.usage, "no build of \(id.description.prefix(12)) runs: all have ended")
            }
            // Those that wait come first: else one would begin where another ends.
            let (running, waiting) = (left.filter { $0.status == .running }, left.filter { $0.status == .queued })
            (builds, isSingle) = ((waiting + running).map(\.id), false)
        }
    }

    /// Asks the process that runs the builds to end them, and waits until it has.
    ///
    /// - Returns: Those that didn't end by themselves before.
    func run() async throws -> [BuildID] {
        let directory = try BuildsCommand.reporting { () throws(HistoryError) in try BuildsCommand.stateDirectory() }
        var asked: [(id: BuildID, follower: BuildFollower?)] = []
        for id in builds {
            let follower = try BuildsCommand.follower(of: id)
            if try await ask(id, directory) { asked.append((id, follower)) }
        }
        var cancelled: [BuildID] = []
        for (id, follower) in asked {
            let status = try await end(of: id, follower)
            if ![.succeeded, .failed, .timedOut].contains(status) {
                cancelled.append(id)
            } else if isSingle {
                let short = id.description.prefix(12)
                throw BuildError(.step, "build \(short) had ended before it could be cancelled: \(status.sentence)")
            }
        }
        return cancelled
    }

    /// Whether a process is about to end a build.
    private func ask(_ id: BuildID, _ directory: String) async throws -> Bool {
        let short = id.description.prefix(12)
        let answer: CancelAnswer
        do {
            answer = try await CancelKnock.cancel(id, stateDirectory: directory, within: .seconds(5))
        } catch let error as RunControlError {
            throw BuildError(.engine, error.message)
        }
        switch answer {
        case .cancelling: return true
        case .denied:
            throw BuildError(.engine, "build \(short) belongs to another user, who alone can cancel it")
        case .unknown:
            guard isSingle else { return false }
            throw BuildError(
                .usage,
                "build \(short) doesn't run; “caisson builds ls --status running” lists those that do"
            )
        }
    }

    /// Waits until a build has ended, and says how it has.
    private func end(of id: BuildID, _ follower: BuildFollower?) async throws -> BuildStatus {
        guard let follower else { return try Self.status(of: id, in: store) }
        guard let status = try await Self.end(follower, within: .seconds(30)) else {
            let short = id.description.prefix(12)
            throw BuildError(.engine, "build \(short) was asked to end and hasn't within 30s; the engine may be stuck")
        }
        return status
    }

    private static func status(of id: BuildID, in store: HistoryStore) throws(BuildError) -> BuildStatus {
        try BuildsCommand.reporting { () throws(HistoryError) in try store.dossier(of: id).record.status }
    }

    private static func end(_ follower: BuildFollower) async throws -> BuildStatus {
        var follower = follower
        var status = BuildStatus.interrupted
        while let entry = try await follower.next() {
            if case .end(let end) = entry { status = end.status }
        }
        return status
    }

    /// How a build ends; nil where it doesn't within a time.
    private static func end(_ follower: BuildFollower, within limit: Duration) async throws -> BuildStatus? {
        try await withThrowingTaskGroup(of: BuildStatus?.self) { group in
            group.addTask { try await end(follower) }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
