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
        let store = try await BuildsCommand.store()
        let id = try BuildsCommand.reporting { () throws(HistoryError) in try store.id(of: build) }
        var number: Int?
        if let step { number = try Self.step(step, of: id, in: store) }
        if follow, let follower = try BuildsCommand.follower(of: id) {
            return try await Self.follow(follower, number)
        }
        let log = try BuildsCommand.reporting { () throws(HistoryError) in try store.log(of: id, step: number) }
        var lines = StepLines(isRaw: number != nil)
        if number == nil {
            let steps = try BuildsCommand.reporting { () throws(HistoryError) in try store.dossier(of: id).steps }
            lines.names = steps.reduce(into: [:]) { $0[$1.number] = $1.name }
        }
        while let piece = try BuildsCommand.reporting({ () throws(HistoryError) in try log.next() }) {
            try BorrowedDescriptor.standardOutput.writeBytes(lines.text(of: piece.bytes, step: piece.step))
        }
        try BorrowedDescriptor.standardOutput.writeBytes(lines.rest)
    }

    /// The number of a step by its number or its name.
    private static func step(_ text: String, of id: BuildID, in store: HistoryStore) throws -> Int {
        let steps = try BuildsCommand.reporting { () throws(HistoryError) in try store.dossier(of: id).steps }
        if let number = Int(text), steps.contains(where: { $0.number == number }) { return number }
        let exact = steps.filter { $0.name == text }
        let found = exact.isEmpty ? steps.filter { $0.name.contains(text) } : exact
        if let only = found.first, found.count == 1 { return only.number }
        throw BuildError(
            .usage,
            found.isEmpty
                ? "build \(id.description.prefix(12)) has no step \(text.quoted); 'caisson builds show \(id.description.prefix(12))' lists them"
                : "\(found.count) steps have \(text.quoted) in their names; give the number of one: \(found.prefix(5).map { "\($0.number)" }.joined(separator: ", "))"
        )
    }

    /// Prints what comes until the build has ended, or the user has seen enough.
    private static func follow(_ follower: BuildFollower, _ number: Int?) async throws {
        try await withInterrupts(restoreTerminal: {}) {
            var follower = follower
            var lines = StepLines(isRaw: number != nil)
            var steps: [String: Int] = [:]
            while let entry = try await follower.next() {
                if case .step(let number, let digest) = entry { steps[digest] = number }
                guard case .event(let event) = entry, case .status(let status) = event.kind else { continue }
                for vertex in status.vertexes { lines.names[steps[vertex.digest] ?? 0] = vertex.name }
                let logs = status.logs.filter { number == nil || number == steps[$0.vertex] }
                let text = logs.flatMap { lines.text(of: $0.data, step: steps[$0.vertex] ?? 0) }
                try BorrowedDescriptor.standardOutput.writeBytes(text)
            }
            try BorrowedDescriptor.standardOutput.writeBytes(lines.rest)
        }
    }
}

/// Output of steps as it is printed: as it is, or with the step's number before each line where there are several steps.
struct StepLines {
    let isRaw: Bool
    /// What is known of the steps' names.
    var names: [Int: String] = [:]
    private var last = 0
    private var unfinished: [Int: [UInt8]] = [:]

    init(isRaw: Bool) { self.isRaw = isRaw }

    /// So much of a line is held until its end comes.
    private static let longest = 64 << 10

    /// What to print of a piece of a step's output.
    mutating func text(of bytes: [UInt8], step: Int) -> [UInt8] {
        guard !isRaw else { return bytes }
        var pending = (unfinished.removeValue(forKey: step) ?? []) + bytes
        let newline = UInt8(ascii: "\n")
        guard let end = pending.lastIndex(of: newline) ?? (pending.count > Self.longest ? pending.count - 1 : nil)
        else {
            unfinished[step] = pending
            return []
        }
        let rest = Array(pending[(end + 1)...])
        if !rest.isEmpty { unfinished[step] = rest }
        pending.removeLast(pending.count - end - 1)
        return head(of: step) + Self.lines(pending, step)
    }

    /// The lines that have no end.
    var rest: [UInt8] {
        unfinished.sorted { $0.key < $1.key }.flatMap { Self.lines($0.value + [UInt8(ascii: "\n")], $0.key) }
    }

    private mutating func head(of step: Int) -> [UInt8] {
        guard step != last else { return [] }
        defer { last = step }
        let name = names[step].map { SafeText.line($0) } ?? ""
        return Array("\(last == 0 ? "" : "\n")#\(step) \(name)\n".utf8)
    }

    private static func lines(_ bytes: [UInt8], _ step: Int) -> [UInt8] {
        let prefix = "#\(step) "
        let text = SafeText.lines(bytes).map { prefix + $0 }
        let isEnded = text.last == prefix
        return Array((isEnded ? text.dropLast() : text[...]).map { $0 + "\n" }.joined().utf8)
    }
}

extension BuildsCommand.Watch {
    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let store = try await BuildsCommand.store()
        let id = try BuildsCommand.reporting { () throws(HistoryError) in try store.id(of: build) }
        let short = id.description.prefix(12)
        guard let follower = try BuildsCommand.follower(of: id) else {
            let status = try BuildsCommand.reporting { () throws(HistoryError) in
                try store.dossier(of: id).record.status
            }
            throw BuildError(
                .usage,
                "build \(short) doesn't run: it has \(status.rawValue); see 'caisson builds show \(short)'"
            )
        }
        let mode = try progress.mode(environment: environment)
        let shown = ShownWork(mode, environment: environment, spelling: \.flag)
        let (status, _) = try await withInterrupts(restoreTerminal: ShownWork.restoreTerminal) {
            try await shown.run { events in try await Self.follow(follower, events) }
        }
        if status != .succeeded {
            throw BuildError(status == .cancelled ? .cancelled : .step, "build \(short) has ended: \(status.rawValue)")
        }
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
        let directory = try BuildsCommand.reporting { () throws(HistoryError) in try BuildsCommand.stateDirectory() }
        var failure: BuildError?
        for name in builds {
            do {
                let id = try BuildsCommand.reporting { () throws(HistoryError) in try store.id(of: name) }
                try await Self.cancel(id, directory, store)
                try BorrowedDescriptor.standardOutput.writeResult("\(id)\n")
            } catch let error as BuildError {
                if failure != nil { BorrowedDescriptor.standardError.writeIgnoringErrors(ErrorText.of(error)) }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    /// Asks the process that runs a build to end it, and waits until it has.
    private static func cancel(_ id: BuildID, _ directory: String, _ store: HistoryStore) async throws {
        let short = id.description.prefix(12)
        let follower = try BuildsCommand.follower(of: id)
        switch try await CancelKnock.cancel(id, stateDirectory: directory, within: .seconds(5)) {
        case .cancelling: break
        case .denied:
            throw BuildError(.engine, "build \(short) belongs to another user, who alone can cancel it")
        case .unknown:
            throw BuildError(
                .usage,
                "build \(short) doesn't run; 'caisson builds ls --status running' lists those that do"
            )
        }
        guard let follower else { return }
        let isOver = try await Self.ends(follower, within: .seconds(30))
        if !isOver {
            throw BuildError(.engine, "build \(short) was asked to end and hasn't within 30s; the engine may be stuck")
        }
    }

    /// Whether a build ends within a time.
    private static func ends(_ follower: BuildFollower, within limit: Duration) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                var follower = follower
                while try await follower.next() != nil {}
                return true
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }
}
