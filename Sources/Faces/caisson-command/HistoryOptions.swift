import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonHistory
import CaissonOrchestrator
import CaissonReporting
import CaissonRunControl
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

/// Whether builds are recorded.
struct HistoryOptions: ParsableArguments {
    @Flag(help: "Don't record the builds: caisson builds won't know of them.")
    var noHistory = false

    /// What the command has of the state directory while its builds run.
    func state(_ configuration: Configuration, _ environment: [String: String]) -> CommandState {
        CommandState(configuration, environment, isRecording: !noHistory && configuration.history.isEnabled)
    }
}

/// What a command has of the state directory while its builds run: the history, the places of the machine, and a door for
/// who cancels.
///
/// Nothing of it is needed to build: where the directory can't be used, the builds go on without, with one notice.
struct CommandState: Sendable {
    /// The directory; nil where there can't be one.
    let directory: String?
    /// Where builds are recorded; nil where they aren't.
    let journal: HistoryJournal?
    /// The places that all processes share; nil where nobody has set a limit.
    let places: MachinePlaces?
    /// What operators read; nil where nobody has asked for it.
    let log: OperatorLog?
    /// What the configuration says.
    let configuration: Configuration

    fileprivate init(_ configuration: Configuration, _ environment: [String: String], isRecording: Bool) {
        self.configuration = configuration
        log = OperatorLog(configuration, environment)
        do throws(SystemError) {
            directory = try Self.usableDirectory(environment)
        } catch {
            directory = nil
            if isRecording { Self.warn("the builds aren't recorded: \(error.message)") }
        }
        let place = directory.map { HistoryPlace(stateDirectory: $0) }
        journal = isRecording ? place.map { HistoryJournal($0, notice: Self.warn) } : nil
        let limits = MachineLimits(configuration)
        places = !limits.isUnlimited ? directory.map { MachinePlaces(stateDirectory: $0, limits: limits) } : nil
    }

    /// The state directory, made where it is missing; nil where it can't be used.
    static func directory(_ environment: [String: String]) -> String? {
        try? usableDirectory(environment)
    }

    private static func usableDirectory(_ environment: [String: String]) throws(SystemError) -> String {
        let home = environment["HOME"] ?? "/"
        let path = try StateDirectory.path(variables: environment, home: home, userID: geteuid())
        return try StateDirectory.prepare(path, userID: geteuid())
    }

    /// How this process was called, for who wants to call it so again.
    static func invocation(obstacle: String? = nil) -> BuildSubmission.Invocation {
        let working = getcwd(nil, 0)
        defer { free(working) }
        return BuildSubmission.Invocation(
            withoutSecrets: ProcessArguments.read(),
            in: working.map { String(cPath: $0) } ?? ".",
            obstacle: obstacle
        )
    }

    /// How progress is shown: lines of the log would tear a display apart that is redrawn in place.
    func mode(_ asked: ProgressMode) -> ProgressMode { log != nil && asked == .auto ? .plain : asked }

    static func warn(_ message: String) {
        BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \(message)\n")
    }

    /// Runs work that ends with all that was recorded of it written, and with what is too old forgotten.
    func recording<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            await finish()
            return result
        } catch {
            await finish()
            throw error
        }
    }

    private func finish() async {
        guard let journal, let directory else { return }
        await journal.finish(within: .seconds(5))
        let cleanup = configuration.buildEngine.cleanup
        HistoryStore.ingestIfMany(
            HistoryPlace(stateDirectory: directory),
            within: .milliseconds(200),
            retention: cleanup.isEnabled ? HistoryRetention(cleanup) : nil,
            now: .now
        )
    }

    /// Lends a door where other processes ask for builds to be cancelled.
    func withDoor<Result>(_ body: (CommandDoor) async throws -> Result) async rethrows -> Result {
        guard let directory else { return try await body(CommandDoor(door: nil)) }
        return try await withCancelDoor(stateDirectory: directory) { try await body(CommandDoor(door: $0)) }
    }

    /// Runs a build in one of the machine's places, for which it waits.
    func inPlace<Result: Sendable>(
        _ submission: BuildSubmission,
        _ recorder: BuildRecorder?,
        _ events: SpelledEvents,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let leave = try await place(for: submission) { reason in
            recorder?.note(reason, isWait: true)
            events.show(FieldMessage(reason))
        }
        defer { leave() }
        return try await body()
    }

    /// What lets the builds of a batch wait for the machine's places; nil where nobody has set a limit.
    func gate(_ recording: BatchRecording) -> PlanGate? {
        guard places != nil else { return nil }
        return PlanGate { node, waits in
            guard let submission = recording.submission(of: node.name) else { return {} }
            return try await place(for: submission, waits: waits)
        }
    }

    /// Waits for a place; returns what gives it back.
    ///
    /// Where the state directory can't be used, nobody else could be seen: then the build goes on.
    private func place(
        for submission: BuildSubmission,
        waits: @escaping @Sendable (String) -> Void
    ) async throws -> @Sendable () -> Void {
        guard let places else { return {} }
        var limits = SchedulerLimits.none
        limits.priorityLevels = configuration.buildEngine.queue.priorityLevels
        let level = max(limits.priorityLevels, 1) - 1 - limits.level(of: submission.priority)
        let title = [submission.name ?? submission.images.first, submission.invocation?.directory]
        let request = PlaceRequest(
            id: submission.id,
            title: title.compactMap(\.self).joined(separator: " in "),
            priority: level,
            needs: submission.needs,
            project: submission.project
        )
        do {
            return try await places.place(for: request) { waits($0.description) }
        } catch let error as RunControlError {
            if error.code == .tooLarge { throw BuildError(.usage, error.message) }
            Self.warn("the limits of this machine aren't held: \(error.message)")
            return {}
        }
    }
}

/// Where other processes come to have builds of this one cancelled; nowhere where the state directory can't be used.
struct CommandDoor: Sendable {
    let door: CancelDoor?

    /// Lets other processes cancel a build; where that can't be, the build goes on without.
    func register(_ id: BuildID, _ cancel: @escaping @Sendable () -> Void) {
        try? door?.register(id) { _ in cancel() }
    }
}

extension HistoryRetention {
    /// What the configuration says of how long records are kept.
    init(_ cleanup: Configuration.Cleanup) {
        self.init(
            age: cleanup.recordRetention,
            count: cleanup.recordCount,
            size: cleanup.recordMegabytes.map { Int64($0) << 20 }
        )
    }
}

extension MachineLimits {
    /// The limits that somebody has set; they hold for all processes of the state directory.
    init(_ configuration: Configuration) {
        self.init()
        maxConcurrentBuilds = configuration.set(\.buildEngine.maxConcurrentBuilds)
        milliprocessors = configuration.set(\.buildEngine.resources.cpuCores).map { $0 * 1000 }
        memory = configuration.set(\.buildEngine.resources.memoryMegabytes).map { Int64($0) << 20 }
        disk = configuration.set(\.buildEngine.resources.diskMegabytes).map { Int64($0) << 20 }
        priorityLevels = configuration.buildEngine.queue.priorityLevels
    }
}
