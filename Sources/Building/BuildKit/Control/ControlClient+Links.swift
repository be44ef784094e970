package import CaissonBuildModel
import CaissonText
import FoundationEssentials

/// What a build and others of its batch have of each other while its front end is asked.
package struct SolveLinks: Sendable {
    /// The sources that other builds make, by the names that the front end knows; waits for them.
    package var sources: @Sendable () async throws -> [String: BuildLinks.Result]
    /// Told what the front end made; returns when its steps may run.
    package var made: @Sendable (BuildLinks.Result) async throws -> Void

    /// Makes links.
    package init(
        sources: @escaping @Sendable () async throws -> [String: BuildLinks.Result],
        made: @escaping @Sendable (BuildLinks.Result) async throws -> Void
    ) {
        self.sources = sources
        self.made = made
    }
}

extension ControlClient {
    private static let imageConfiguration = "containerimage.config"

    /// Runs a build whose front end is asked over the gateway, so that other builds have what it makes, and it has what they
    /// make, before any step runs (docker/buildx build/build.go, `waitContextDeps`).
    ///
    /// - Parameter run: Runs the build without a front end.
    /// - Throws: What `run` and the links throw.
    func steered(
        _ request: SolveRequest,
        _ links: SolveLinks,
        run: @escaping @Sendable (SolveRequest) async throws -> [String: String]
    ) async throws -> [String: String] {
        var withoutFrontend = request
        withoutFrontend.frontend = ""
        withoutFrontend.links = nil
        let build = withoutFrontend
        return try await withThrowingTaskGroup(of: [String: String]?.self) { group in
            group.addTask { try await run(build) }
            group.addTask(executorPreference: LoopExecutor.shared) {
                try await steer(request, links)
                return nil
            }
            var response: [String: String]?
            while let part = try await group.next() { response = part ?? response }
            return response ?? [:]
        }
    }

    private func steer(_ request: SolveRequest, _ links: SolveLinks) async throws {
        _ = try await awaitBuild(request.ref)
        var solve = WireGatewaySolveRequest()
        solve.frontend = request.frontend
        solve.frontendOpt = request.frontendAttributes
        solve.allowResultReturn = true
        solve.allowResultArrayRef = true
        for (name, source) in try await links.sources() { solve.add(source, named: name) }
        let answer: WireGatewaySolveResponse
        do {
            answer = try await call("Solve", solve, as: WireGatewaySolveResponse.self, of: request.ref)
        } catch let error as GRPCError {
            // The build ends with this error, which comes back to its client with its details.
            var end = WireGatewayReturnRequest()
            end.error = WireStatus(error)
            _ = try await call("Return", end, as: WireGatewayReturnResponse.self, of: request.ref)
            return
        }
        try await links.made(BuildLinks.Result(answer.result))
        var end = WireGatewayReturnRequest()
        end.result = answer.result.withoutDefinitions
        _ = try await call("Return", end, as: WireGatewayReturnResponse.self, of: request.ref)
    }

    /// The options by which the front end takes a source from its inputs (moby/buildkit frontend/dockerui/namedcontext.go).
    package static func attributes(of source: BuildLinks.Result, named name: String) -> [String: String] {
        var attributes: [String: String] = [:]
        for platform in source.definitions.keys {
            let suffix = platform.isEmpty ? "" : "::\(platform)"
            attributes["context:\(name)\(suffix)"] = "input:\(name)\(suffix)"
            guard let configuration = source.configurations[platform] else { continue }
            let value = String(decoding: Base64.encode(configuration), as: UTF8.self)
            attributes["input-metadata:\(name)\(suffix)"] = "{\"\(imageConfiguration)\":\"\(value)\"}"
        }
        return attributes
    }
}

extension WireGatewaySolveRequest {
    fileprivate mutating func add(_ source: BuildLinks.Result, named name: String) {
        frontendOpt["context:\(name)"] = nil
        frontendOpt.merge(ControlClient.attributes(of: source, named: name)) { _, new in new }
        for (platform, definition) in source.definitions {
            frontendInputs[platform.isEmpty ? name : "\(name)::\(platform)"] = Data(definition)
        }
    }
}

extension BuildLinks.Result {
    /// Reads a front end's result.
    fileprivate init(_ wire: WireGatewayResult) {
        self.init(definitions: [:], configurations: [:])
        let key = "containerimage.config"
        switch wire.result {
        case .ref(let ref):
            definitions[""] = [UInt8](ref.def)
            configurations[""] = wire.metadata[key].map { [UInt8]($0) }
        case .refs(let refs):
            for (platform, ref) in refs.refs {
                definitions[platform] = [UInt8](ref.def)
                configurations[platform] = wire.metadata["\(key)/\(platform)"].map { [UInt8]($0) }
            }
        case nil: break
        }
    }
}

extension WireGatewayResult {
    /// The result for the engine, which knows the graphs by the references.
    fileprivate var withoutDefinitions: WireGatewayResult {
        var copy = self
        switch result {
        case .ref(var ref):
            ref.def = Data()
            copy.result = .ref(ref)
        case .refs(var refs):
            for key in refs.refs.keys { refs.refs[key]?.def = Data() }
            copy.result = .refs(refs)
        case nil: break
        }
        return copy
    }
}

extension WireStatus {
    fileprivate init(_ error: GRPCError) {
        self.init()
        code = Int32(clamping: error.code.rawValue)
        message = error.message
        details = error.details.map { detail in
            var wire = WireAny()
            wire.typeURL = detail.type
            wire.value = Data(detail.value)
            return wire
        }
    }
}
