import ArgumentParser
import CaissonBuildModel
import CaissonHistory
import CaissonReporting
import CaissonRunControl
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

// The only wiring of `caisson builds` to the history and the renderers.

extension BuildsCommand {
    /// The history of this machine's user.
    static func store() async throws -> HistoryStore {
        do throws(HistoryError) {
            let store = try await HistoryStore.open(try place())
            for fault in store.faults { CommandState.warn(fault) }
            return store
        } catch {
            throw BuildError(error)
        }
    }

    /// The id of a batch by its own id, or by a build of it.
    static func batch(_ text: String, in store: HistoryStore) throws(BuildError) -> BuildID {
        try reporting { () throws(HistoryError) in
            if let id = BuildID(text), try !store.members(of: id).isEmpty { return id }
            let build = try store.id(of: text)
            guard let batch = try store.dossier(of: build).record.submission.membership?.id else {
                throw HistoryError(.notFound, "build \(build.description.prefix(12)) is of no batch")
            }
            return batch
        }
    }

    /// Where the history is.
    static func place() throws(HistoryError) -> HistoryPlace {
        HistoryPlace(stateDirectory: try stateDirectory())
    }

    /// The state directory, which needn't be there yet.
    static func stateDirectory() throws(HistoryError) -> String {
        let environment = ProcessInfo.processInfo.environment
        do throws(SystemError) {
            return try StateDirectory.path(variables: environment, home: environment["HOME"] ?? "/", userID: geteuid())
        } catch {
            throw HistoryError(.other, "\(error)")
        }
    }

    /// Makes of an error of the history one of the command.
    static func reporting<Result>(_ body: () throws(HistoryError) -> Result) throws(BuildError) -> Result {
        do throws(HistoryError) {
            return try body()
        } catch {
            throw BuildError(error)
        }
    }

    /// How things are laid out on standard output.
    static var layout: TextLayout {
        let environment = ProcessInfo.processInfo.environment
        let output = BorrowedDescriptor.standardOutput
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return TextLayout(
            width: output.windowSize?.width,
            now: .now,
            colors: ProgressColors(environment: environment, isTerminal: output.isTerminal),
            drawsUnicode: !output.isTerminal || locale.lowercased().replacing("-", with: "").hasSuffix("utf8")
        )
    }
}

extension BuildError {
    init(_ error: HistoryError) {
        let isUsage = error.code == .notFound || error.code == .ambiguous
        self.init(isUsage ? .usage : .output, error.message)
    }
}

extension BuildsCommand.List {
    func run() async throws {
        var wanted = try filter.filter(now: .now)
        wanted.limit = limit
        let store = try await BuildsCommand.store()
        if let batch = filter.batch { wanted.batch = try BuildsCommand.batch(batch, in: store) }
        let records = try BuildsCommand.reporting { () throws(HistoryError) in try store.list(wanted) }
        let output = BorrowedDescriptor.standardOutput
        if quiet { return try output.writeResult(records.map { "\($0.id)\n" }.joined()) }
        try output.writeResult(try BuildFormat(parsing: format).text(of: records, BuildsCommand.layout))
    }
}

extension BuildsCommand.Show {
    func run() async throws {
        let store = try await BuildsCommand.store()
        let (dossier, log) = try BuildsCommand.reporting { () throws(HistoryError) in
            let dossier = try store.dossier(of: try store.id(of: build))
            return (dossier, try Self.lastLines(of: dossier, in: store))
        }
        let text = try BuildFormat(parsing: format).text(of: dossier, log: log, BuildsCommand.layout)
        try BorrowedDescriptor.standardOutput.writeResult(text)
    }

    /// The end of what the failed step printed.
    static func lastLines(of dossier: BuildDossier, in store: HistoryStore) throws(HistoryError) -> [String] {
        guard let step = dossier.steps.first(where: { !$0.error.isEmpty && $0.logSize > 0 }) else { return [] }
        let log = try store.log(of: dossier.record.id, step: step.number)
        var tail: [UInt8] = []
        while let piece = try log.next() {
            tail += piece.bytes
            if tail.count > 1 << 20 { tail.removeFirst(tail.count - 64 << 10) }
        }
        return SafeText.lines(tail).filter { !$0.isEmpty }.suffix(100)
    }
}

extension BuildsCommand.Pin {
    func run() async throws {
        let store = try await BuildsCommand.store()
        for name in builds {
            try BuildsCommand.reporting { () throws(HistoryError) in
                try store.pin(try store.id(of: name), !remove)
            }
        }
    }
}

extension BuildsCommand.Remove {
    func run() async throws {
        let store = try await BuildsCommand.store()
        let removed = try BuildsCommand.reporting { () throws(HistoryError) -> [BuildID] in
            var ids: [BuildID] = []
            for name in builds { ids.append(try store.id(of: name)) }
            if all {
                var filter = HistoryFilter()
                filter.limit = 0
                ids = try store.list(filter).filter { $0.status.isFinal && !$0.isPinned }.map(\.id)
            }
            try store.remove(ids)
            return ids
        }
        try BorrowedDescriptor.standardOutput.writeResult(removed.map { "\($0)\n" }.joined())
    }
}

extension BuildsCommand.Rerun {
    func run() async throws {
        let store = try await BuildsCommand.store()
        let submission = try BuildsCommand.reporting { () throws(HistoryError) in
            try store.dossier(of: try store.id(of: build)).record.submission
        }
        let id = submission.id.description.prefix(12)
        guard let invocation = submission.invocation else {
            throw BuildError(.usage, "build \(id) can't be run again: it was asked for by a program, not by a command")
        }
        if let obstacle = invocation.obstacle {
            throw BuildError(.usage, "build \(id) can't be run again: \(obstacle)")
        }
        let words = invocation.arguments + Self.narrowing(submission)
        guard !print else {
            let line = "cd \(ShellWords.quoted(invocation.directory)) && caisson "
            return try BorrowedDescriptor.standardOutput.writeResult(
                line + words.map(ShellWords.quoted).joined(separator: " ") + "\n"
            )
        }
        guard chdir(invocation.directory.cPath) == 0 else {
            throw BuildError(
                .usage,
                "build \(id) can't be run again: its directory \(invocation.directory) can't be entered (\(Errno.last))"
            )
        }
        BorrowedDescriptor.standardError.writeIgnoringErrors(
            "caisson " + SafeText.line(words.map(ShellWords.quoted).joined(separator: " ")) + "\n"
        )
        try Self.become(words)
    }

    /// Of a batch only the target that is meant is run again.
    private static func narrowing(_ submission: BuildSubmission) -> [String] {
        guard submission.job == .batch, let name = submission.name else { return [] }
        return ["--only", name]
    }

    /// Goes on as this program with other words.
    private static func become(_ words: [String]) throws {
        var arguments: [UnsafeMutablePointer<CChar>?] = (["caisson"] + words).map { strdup($0) }
        arguments.append(nil)
        execv("/proc/self/exe", arguments)
        let failure = Errno.last
        for argument in arguments { free(argument) }
        throw BuildError(.output, "this program can't be started again: \(failure)")
    }
}
