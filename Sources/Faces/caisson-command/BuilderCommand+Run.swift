import CaissonSystem
import CaissonText
import CaissonEngineDiscovery
import CaissonPrivateEngine
import CaissonBuildModel
import CaissonEngines
import FoundationEssentials

// The only wiring of `caisson builder` to the engines.

extension BuilderCommand.List {
    func run() async throws {
        let (store, known) = try translatingErrors { () throws(EngineError) in
            let store = try BuilderCommand.store()
            let all = try ListedEngine.all(
                BuilderCommand.discovery,
                privateEngine: BuilderCommand.privateEngine,
                store: store
            )
            return (store, all)
        }
        let containers = await BuilderCommand.withContainers(known, store)
        let builders = await BuilderCommand.withKinds(containers, BuilderCommand.environment)
        let text =
            switch format {
            case "json": try BuilderText.json(builders)
            case "table": BuilderText.table(builders)
            default: try BuilderText.text(builders, template: format)
            }
        try BorrowedDescriptor.standardOutput.writeResult(text)
    }
}

extension BuilderCommand.Inspect {
    func run() async throws {
        if bootstrap { try await BuilderCommand.reach(name) }
        let stored = try translatingErrors { () throws(EngineError) -> BuilderRecord? in
            try BuilderCommand.store().selected(name: name)
        }
        if let stored {
            let description = await NodeReport.all(of: stored, environment: BuilderCommand.environment)
            let text = try format == .json ? BuilderText.json(description) : BuilderText.table(description)
            return try BorrowedDescriptor.standardOutput.writeResult(text)
        }
        let description = try await BuilderCommand.describe(name)
        switch format {
        case .json: try BorrowedDescriptor.standardOutput.writeResult(BuilderText.json(description))
        case .table: try BorrowedDescriptor.standardOutput.writeResult(BuilderText.table(description))
        }
    }
}

extension BuilderCommand.Use {
    func run() async throws {
        try translatingErrors { () throws(EngineError) in
            let store = try BuilderCommand.store()
            guard name != "default" else { return try store.use(nil) }
            guard try store.find(name) != nil else {
                let known = store.names()
                throw EngineError(
                    .badAddress,
                    "there is no builder “\(name)”; "
                        + (known.isEmpty
                            ? "make one with ‘caisson builder create’" : "there are \(known.joined(separator: ", "))")
                )
            }
            try store.use(name)
        }
    }
}

extension BuilderCommand.Supervise {
    func run() async throws {
        do {
            try await Supervisor.run(stateDirectory: state, variables: ProcessInfo.processInfo.environment)
        } catch let error as EngineError {
            throw BuildError(error)
        }
    }
}

extension BuilderCommand {
    static var environment: [String: String] { ProcessInfo.processInfo.environment }

    fileprivate static var discovery: Discovery {
        Discovery(environment: .ofThisProcess(variables: environment))
    }

    static var home: String { environment["HOME"] ?? "/" }

    static func store() throws(EngineError) -> BuilderStore {
        try BuilderStore(variables: environment, home: environment["HOME"] ?? "/")
    }

    /// The builders of ours none of whose nodes answers.
    static func inactive(_ store: BuilderStore) async throws -> [String] {
        let builders = try translatingErrors { () throws(EngineError) in try store.all() }
        var found: [String] = []
        for builder in builders {
            let reports = await NodeReport.all(of: builder, environment: environment)
            if reports.allSatisfy({ $0.capabilities == nil }) { found.append(builder.name) }
        }
        return found
    }

    /// Reaches the engine that a build would take, which starts the private one where that is it.
    fileprivate static func reach(_ name: String?) async throws {
        let isAddress = name.map { $0.contains("://") || $0.hasPrefix("/") } ?? false
        let selection = EngineSelection(address: isAddress ? name : nil, builder: isAddress ? nil : name)
        var options = EngineOptions(environment: environment, home: environment["HOME"] ?? "/")
        options.supervisor = .ownExecutable
        try await CaissonEngines.withBuilder(selection, options: options, notice: tell) { _ in }
    }

    /// Says on standard error what takes its time.
    @Sendable static func tell(_ notice: FieldMessage) {
        BorrowedDescriptor.standardError.writeIgnoringErrors(notice.text(\.flag) + "\n")
    }

    /// A name that no builder has.
    static func freeName(_ taken: [String]) -> String {
        for number in 0... where !taken.contains("builder\(number)") { return "builder\(number)" }
        return "builder"
    }

    static var privateEngine: PrivateEngine {
        PrivateEngine(.init(variables: environment, home: environment["HOME"] ?? "/", supervisor: .ownExecutable))
    }

    /// What is known of one engine: the one that a build would take where none is named.
    ///
    /// The private one isn't started.
    fileprivate static func describe(_ name: String?) async throws -> EngineReport {
        do {
            let isAddress = name.map { $0.contains("://") || $0.hasPrefix("/") } ?? false
            let selection = Discovery.Selection(address: isAddress ? name : nil, builder: isAddress ? nil : name)
            switch try discovery.choose(selection).choice {
            case .privateEngine:
                let info = try privateEngine.status()
                guard info.status == .running || info.status == .idle else { return EngineReport(info, nil) }
                let endpoint = EngineSelection(address: info.endpoint)
                return EngineReport(info, try await EngineCapabilities.ask(endpoint, environment: environment))
            case .endpoint(let endpoint):
                let engine = EngineSelection(
                    address: selection.address,
                    builder: selection.builder
                )
                return EngineReport(
                    ListedEngine(running: endpoint, \.flag),
                    try await EngineCapabilities.ask(engine, environment: environment)
                )
            }
        } catch let error as EngineError {
            throw BuildError(error)
        }
    }
}

/// Runs `body` and tells its failures as those of the command.
func translatingErrors<Value>(_ body: () throws(EngineError) -> Value) throws(BuildError) -> Value {
    do {
        return try body()
    } catch {
        throw BuildError(error)
    }
}
