import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
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
            let directory = try stateDirectory()
            try check(directory)
            let store = try await opened(HistoryPlace(stateDirectory: directory))
            for fault in store.faults { CommandState.warn(fault) }
            return store
        } catch {
            throw BuildError(error)
        }
    }

    /// Opens the history, where what is too old is forgotten; of one that a newer version made, what runs is shown.
    private static func opened(_ place: HistoryPlace) async throws(HistoryError) -> HistoryStore {
        // What is wrong with the configuration is for those to tell who need it.
        let cleanup = (try? Configuration.ofThisProcess())?.buildEngine.cleanup
        let retention = cleanup.flatMap { $0.isEnabled ? HistoryRetention($0) : nil }
        do throws(HistoryError) {
            return try await HistoryStore.open(place, retention: retention)
        } catch {
            guard error.code == .newer else { throw error }
            return HistoryStore.journalsAlone(place, because: error)
        }
    }

    /// Refuses a state directory in which no build is recorded, either; one that isn't there is no fault.
    private static func check(_ directory: String) throws(HistoryError) {
        var status = stat()
        let isThere = stat(directory.cPath, &status) == 0
        // Another user's is for whoever may read it.
        let isOthers = isThere && status.st_uid != geteuid() && status.st_mode & S_IFMT == S_IFDIR
        guard !isOthers, isThere || errno != ENOENT else { return }
        do throws(SystemError) {
            _ = try StateDirectory.prepare(directory, userID: geteuid())
        } catch {
            throw HistoryError(.other, "the history can't be read: \(error.message)")
        }
    }

    /// The build that a text names.
    static func id(_ text: String, in store: HistoryStore) throws(BuildError) -> BuildID {
        try reporting { () throws(HistoryError) in try find(text, in: store) }
    }

    /// The builds that texts name, each once; none if one of them names none.
    static func ids(_ texts: [String], in store: HistoryStore) throws(BuildError) -> [BuildID] {
        var ids: [BuildID] = []
        for text in texts {
            let id = try id(text, in: store)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// The build that a text names: by its id or target, else the newest with an image of that name, as lists show it.
    private static func find(_ text: String, in store: HistoryStore) throws(HistoryError) -> BuildID {
        let known = Result { () throws(HistoryError) in try store.id(of: text) }
        // As with targets, names come before the beginnings of ids, of which some begin like any short name.
        if case .success(let id) = known, text.utf8.count >= 8 || !id.description.hasPrefix(text) { return id }
        var filter = HistoryFilter()
        filter.limit = 1
        let mayBeImage = !text.isEmpty && !text.hasPrefix("^") && !text.contains { "*?".contains($0) }
        if mayBeImage {
            filter.image = text
            if let record = try store.list(filter).first { return record.id }
            filter.image = nil
        }
        guard case .failure(let error) = known, error.code == .notFound else { return try known.get() }
        if try store.list(filter).isEmpty { throw HistoryError(.notFound, "no build is remembered yet") }
        guard mayBeImage else { throw error }
        let advice = "“caisson builds ls” lists those that are"
        throw HistoryError(.notFound, "no build has the id, the target or the image \(text.quoted); \(advice)")
    }

    /// What a text names.
    enum Named {
        case build(BuildID)
        /// A batch or a task.
        case batch(BuildID)
    }

    /// The build, batch or task that a text names.
    static func named(_ text: String, in store: HistoryStore) throws(HistoryError) -> Named {
        let build = Result { () throws(HistoryError) in try find(text, in: store) }
        if case .success(let id) = build, id.description == text || !id.description.hasPrefix(text) {
            return .build(id)
        }
        guard let batch = try store.batch(beginning: text) else { return .build(try build.get()) }
        if case .failure(let error) = build, error.code == .notFound { return .batch(batch) }
        throw HistoryError(
            .ambiguous,
            "ids of builds and of a batch begin with \(text.quoted); write more of it"
        )
    }

    /// The id of a batch by its own id or the beginning of it, or by a build of it.
    static func batch(_ text: String, in store: HistoryStore) throws(BuildError) -> BuildID {
        try reporting { () throws(HistoryError) in
            let named: Named
            do throws(HistoryError) {
                named = try Self.named(text, in: store)
            } catch {
                guard error.code == .notFound else { throw error }
                throw HistoryError(.notFound, "no batch is named \(text.quoted), by its id or by a build of it")
            }
            let build: BuildID
            switch named {
            case .batch(let id): return id
            case .build(let id): build = id
            }
            guard let batch = try store.dossier(of: build).record.submission.membership?.id else {
                throw HistoryError(.notFound, "build \(build.description.prefix(12)) is of no batch")
            }
            return batch
        }
    }

    /// Writes what was asked for; a reader that has seen enough ends the command without a word, as with `lint`.
    static func write(_ bytes: [UInt8]) throws {
        do throws(Errno) {
            try BorrowedDescriptor.standardOutput.write(bytes)
        } catch {
            guard error.number != EPIPE else { throw ExitCode(1) }
            throw BuildError(.output, "can't write to standard output: \(error)")
        }
    }

    /// Writes a text that was asked for.
    static func write(_ text: String) throws { try write(Array(text.utf8)) }

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
        if quiet { return try BuildsCommand.write(records.map { "\($0.id)\n" }.joined()) }
        try BuildsCommand.write(try BuildFormat(parsing: format).text(of: records, BuildsCommand.layout))
    }
}

extension BuildsCommand.Show {
    func run() async throws {
        let store = try await BuildsCommand.store()
        let id = try BuildsCommand.id(build, in: store)
        let (dossier, log) = try BuildsCommand.reporting { () throws(HistoryError) in
            let dossier = try store.dossier(of: id)
            return (dossier, try Self.lastLines(of: dossier, in: store))
        }
        let text = try BuildFormat(parsing: format).text(of: dossier, log: log, BuildsCommand.layout)
        try BuildsCommand.write(format == "table" ? text + BuildsCommand.path(of: dossier, in: store) : text)
    }

    /// The end of what the failed step printed.
    static func lastLines(of dossier: BuildDossier, in store: HistoryStore) throws(HistoryError) -> [String] {
        guard let step = dossier.failedStep else { return [] }
        let log = try store.log(of: dossier.record.id, step: step.number, lastBytes: 64 << 10)
        var tail: [UInt8] = []
        while let piece = try log.next() { tail += piece.bytes }
        return SafeText.lines(tail).filter { !$0.isEmpty }.suffix(100)
    }
}

extension BuildsCommand.Pin {
    func run() async throws {
        let store = try await BuildsCommand.store()
        for id in try BuildsCommand.ids(builds, in: store) {
            try BuildsCommand.reporting { () throws(HistoryError) in try store.pin(id, !remove) }
        }
    }
}

extension BuildsCommand.Remove {
    func run() async throws {
        let store = try await BuildsCommand.store()
        let ids = all ? try Self.ended(store) : try BuildsCommand.ids(builds, in: store)
        for id in ids {
            // What can't be read can be removed all the same.
            guard let status = try? store.dossier(of: id).record.status, !status.isFinal, !all else { continue }
            let short = id.description.prefix(12)
            throw BuildError(.usage, "build \(short) hasn't ended; “caisson builds cancel \(short)” ends it")
        }
        guard !ids.isEmpty else { return }
        try BuildsCommand.reporting { () throws(HistoryError) in try store.remove(ids) }
        try BuildsCommand.write(ids.map { "\($0)\n" }.joined())
    }

    /// All that have ended and aren't pinned.
    private static func ended(_ store: HistoryStore) throws(BuildError) -> [BuildID] {
        var filter = HistoryFilter()
        filter.limit = 0
        let records = try BuildsCommand.reporting { () throws(HistoryError) in try store.list(filter) }
        return records.filter { $0.status.isFinal && !$0.isPinned }.map(\.id)
    }
}

extension BuildsCommand.Rerun {
    func run() async throws {
        let store = try await BuildsCommand.store()
        let found = try BuildsCommand.id(build, in: store)
        let submission = try BuildsCommand.reporting { () throws(HistoryError) in
            try store.dossier(of: found).record.submission
        }
        let id = found.description.prefix(12)
        guard let invocation = submission.invocation else {
            throw BuildError(.usage, "build \(id) can't be run again: it was asked for by a program, not by a command")
        }
        let again = RerunWords(submission, invocation, valueFlags: Set(BatchFlags.values + ["-f"]))
        if let obstacle = again.obstacle { throw BuildError(.usage, "build \(id) can't be run again: \(obstacle)") }
        if submission.job == .task {
            let step = (submission.name ?? "this step").quoted
            BorrowedDescriptor.standardError.writeIgnoringErrors("the whole task is run again, not \(step) alone\n")
        }
        let line = "caisson " + again.words.map(ShellWords.quoted).joined(separator: " ")
        guard !print else {
            return try BuildsCommand.write("cd \(ShellWords.quoted(invocation.directory)) && \(line)\n")
        }
        guard chdir(invocation.directory.cPath) == 0 else {
            throw BuildError(
                .usage,
                "build \(id) can't be run again: its directory \(invocation.directory) can't be entered (\(Errno.last))"
            )
        }
        BorrowedDescriptor.standardError.writeIgnoringErrors(SafeText.line(line) + "\n")
        try Self.become(again.words)
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
