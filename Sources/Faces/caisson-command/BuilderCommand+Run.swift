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
        let builders = try translatingErrors { () throws(EngineError) in
            try ListedEngine.all(
                BuilderCommand.discovery,
                privateEngine: BuilderCommand.privateEngine,
                store: try BuilderCommand.store()
            )
        }
        switch format {
        case .json: try BorrowedDescriptor.standardOutput.writeResult(BuilderText.json(builders))
        case .table: try BorrowedDescriptor.standardOutput.writeResult(BuilderText.table(builders))
        }
    }
}

extension BuilderCommand.Inspect {
    func run() async throws {
        let stored = try translatingErrors { () throws(EngineError) -> BuilderRecord? in
            let store = try BuilderCommand.store()
            let chosen = name == nil ? try store.inUse(BuilderCommand.environment) : name
            guard let chosen else { return nil }
            return try store.read(chosen)
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

extension BuilderCommand.Create {
    func run() async throws {
        let store = try translatingErrors { () throws(EngineError) in try BuilderCommand.store() }
        let builder = try translatingErrors { () throws(EngineError) in
            if let name { try BuilderRecord.checkName(name) }
            return name ?? BuilderCommand.freeName(store.names())
        }
        let old = try translatingErrors { () throws(EngineError) in try store.read(builder) }
        guard old == nil || append else {
            throw BuildError(
                .usage,
                "there is a builder \(builder.quoted) already; add nodes to it with --append, or remove it first"
            )
        }
        guard old != nil || !append else {
            throw BuildError(.usage, "there is no builder \(builder.quoted) to append to; leave --append out")
        }
        let added = try nodes(
            builder: builder,
            first: old?.nodes.count ?? 0,
            directory: FileManager.default.currentDirectoryPath
        )
        let all = (old?.nodes ?? []) + added
        guard Set(all.map(\.name)).count == all.count else {
            throw BuildError(.usage, "two nodes have the same name; give each its own with name=")
        }
        try translatingErrors { () throws(EngineError) in
            try store.write(BuilderRecord(name: builder, nodes: all))
            if use { try store.use(builder) }
        }
        try BorrowedDescriptor.standardOutput.writeResult(builder + "\n")
    }
}

extension BuilderCommand.Use {
    func run() async throws {
        try translatingErrors { () throws(EngineError) in
            let store = try BuilderCommand.store()
            guard name != "default" else { return try store.use(nil) }
            guard try store.read(name) != nil else {
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

extension BuilderCommand.Remove {
    func run() async throws {
        let missing = try translatingErrors { () throws(EngineError) -> [String] in
            let store = try BuilderCommand.store()
            var missing: [String] = []
            for name in names where try !store.remove(name) { missing.append(name) }
            return missing
        }
        guard missing.isEmpty else {
            throw BuildError(.usage, "there is no builder \(missing.map(\.quoted).joined(separator: ", "))")
        }
    }
}

extension BuilderCommand.Stop {
    func run() async throws {
        if let name, name != Discovery.privateName {
            throw BuildError(
                .usage,
                "only the private engine can be stopped here, not \(name.quoted); stop others the way they were started"
            )
        }
        do {
            let stopped = try await BuilderCommand.privateEngine.stop()
            try BorrowedDescriptor.standardOutput.writeResult(stopped ? "stopped private\n" : "private isn't running\n")
        } catch let error as EngineError {
            throw BuildError(error)
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
    fileprivate static var environment: [String: String] { ProcessInfo.processInfo.environment }

    fileprivate static var discovery: Discovery {
        Discovery(environment: .ofThisProcess(variables: environment))
    }

    fileprivate static func store() throws(EngineError) -> BuilderStore {
        try BuilderStore(variables: environment, home: environment["HOME"] ?? "/")
    }

    /// A name that no builder has.
    fileprivate static func freeName(_ taken: [String]) -> String {
        for number in 0... where !taken.contains("builder\(number)") { return "builder\(number)" }
        return "builder"
    }

    fileprivate static var privateEngine: PrivateEngine {
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

private func translatingErrors<Value>(_ body: () throws(EngineError) -> Value) throws(BuildError) -> Value {
    do {
        return try body()
    } catch {
        throw BuildError(error)
    }
}
