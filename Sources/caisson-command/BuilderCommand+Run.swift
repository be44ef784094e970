import BuildModel
import Engines
import FoundationEssentials

// The only wiring of `caisson builder` to the engines.

extension BuilderCommand.List {
    func run() async throws {
        let builders = try translatingErrors { () throws(EngineError) in
            try BuilderInfo.all(BuilderCommand.discovery, privateEngine: BuilderCommand.privateEngine)
        }
        switch format {
        case .json: try Descriptor.standardOutput.writeResult(BuilderText.json(builders))
        case .table: try Descriptor.standardOutput.writeResult(BuilderText.table(builders))
        }
    }
}

extension BuilderCommand.Inspect {
    func run() async throws {
        let description = try await BuilderCommand.describe(name)
        switch format {
        case .json: try Descriptor.standardOutput.writeResult(BuilderText.json(description))
        case .table: try Descriptor.standardOutput.writeResult(BuilderText.table(description))
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
            try Descriptor.standardOutput.writeResult(stopped ? "stopped private\n" : "private isn't running\n")
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

    fileprivate static var privateEngine: PrivateEngine {
        PrivateEngine(.init(variables: environment, home: environment["HOME"] ?? "/", supervisor: .ownExecutable))
    }

    /// What is known of one engine: the one that a build would take where none is named.
    ///
    /// The private one isn't started.
    fileprivate static func describe(_ name: String?) async throws -> BuilderDescription {
        do {
            let isAddress = name.map { $0.contains("://") || $0.hasPrefix("/") } ?? false
            let selection = Discovery.Selection(address: isAddress ? name : nil, builder: isAddress ? nil : name)
            switch try discovery.choose(selection).choice {
            case .privateEngine:
                let info = try privateEngine.status()
                guard info.status == .running || info.status == .idle else { return BuilderDescription(info, nil) }
                let endpoint = EngineSelection(address: info.endpoint)
                return BuilderDescription(info, try await EngineCapabilities.ask(endpoint, environment: environment))
            case .endpoint(let endpoint):
                let engine = EngineSelection(
                    address: selection.address,
                    builder: selection.builder
                )
                return BuilderDescription(
                    BuilderInfo(running: endpoint),
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
