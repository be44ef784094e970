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

extension BuilderCommand.Create {
    func run() async throws {
        if peer.leave { return try leave() }
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
        if peer.bootstrap { try await reachAll(of: BuilderRecord(name: builder, nodes: all)) }
        try BorrowedDescriptor.standardOutput.writeResult(builder + "\n")
    }

    /// Asks all nodes; one that can't be reached is an error, and the builder stays.
    private func reachAll(of builder: BuilderRecord) async throws {
        let reports = await NodeReport.all(of: builder, environment: BuilderCommand.environment)
        guard let failed = reports.first(where: { $0.capabilities == nil }) else { return }
        throw BuildError(
            .engine,
            "the builder \(builder.name.quoted) is there, but its node \(failed.node.name) can't be reached: "
                + (failed.error ?? "it doesn't answer")
        )
    }

    /// Takes a node out of a builder.
    private func leave() throws {
        guard let name, let left = node.first, node.count == 1 else {
            throw BuildError(
                .usage,
                "--leave takes one node out of a builder; say which with --name BUILDER --node NODE"
            )
        }
        try translatingErrors { () throws(EngineError) in
            let store = try BuilderCommand.store()
            guard var builder = try store.read(name), let place = builder.nodes.firstIndex(where: { $0.name == left })
            else {
                throw EngineError(.badAddress, "there is no builder “\(name)” with a node “\(left)”")
            }
            guard builder.nodes.count > 1 else {
                throw EngineError(
                    .badAddress,
                    "“\(left)” is the last node of “\(name)”; forget the builder with ‘caisson builder rm \(name)’"
                )
            }
            builder.nodes.remove(at: place)
            try store.write(builder)
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

extension BuilderCommand.Remove {
    func run() async throws {
        let store = try translatingErrors { () throws(EngineError) in try BuilderCommand.store() }
        var names = names
        if allInactive {
            names = try await BuilderCommand.inactive(store)
        } else if names.isEmpty {
            guard let current = try translatingErrors({ () throws(EngineError) in try store.current() }) else {
                throw BuildError(
                    .usage,
                    "no builder is in use; name the one to forget, ‘caisson builder ls’ lists them"
                )
            }
            names = [current]
        }
        let missing = try translatingErrors { () throws(EngineError) -> [String] in
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

    /// The builders of ours none of whose nodes answers.
    fileprivate static func inactive(_ store: BuilderStore) async throws -> [String] {
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
        try await CaissonEngines.withBuilder(selection, options: options) { _ in }
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
