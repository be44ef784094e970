package import CaissonBuildModel
import NIOCore
import SwiftProtobuf

extension ControlClient {
    private static let bridge = "/moby.buildkit.v1.frontend.LLBBridge/"
    /// How long a build that was just sent may take to accept questions.
    private static let readiness = Duration.seconds(10)

    /// Asks a front end about its sources instead of building them.
    ///
    /// The answer comes back over the gateway alone (moby/buildkit client/build.go).
    ///
    /// - Parameters:
    ///   - request: A build without a front end, which the question belongs to.
    ///   - frontend: The front end that is asked.
    ///   - attributes: The front end's options, `requestid` among them.
    /// - Returns: The answer by its keys, such as `result.json`, `result.txt`.
    package func ask(
        _ request: SolveRequest,
        _ attributes: [String: String],
        session: Session,
        over transport: SessionTransport,
        receive: @escaping @Sendable (SolveStatus) -> Void
    ) async throws -> [String: [UInt8]] {
        try await conversation(request, session, transport, receive) {
            try await question(request, attributes)
        }
    }

    /// Asks what steps the engine can run, by BuildKit's names, such as `exec.meta.linux.resources`.
    ///
    /// - Parameter request: A build that the question belongs to; nothing is built.
    package func capabilities(
        _ request: SolveRequest,
        session: Session,
        over transport: SessionTransport
    ) async throws -> Set<String> {
        try await conversation(request, session, transport, { _ in }) {
            let answer = try await awaitBuild(request.ref)
            try await end(request.ref)
            return Set(answer.llbcaps.filter(\.enabled).map(\.id))
        }
    }

    /// Runs a build without a front end; `body` takes the front end's place and speaks over the gateway.
    private func conversation<Answer: Sendable>(
        _ request: SolveRequest,
        _ session: Session,
        _ transport: SessionTransport,
        _ receive: @escaping @Sendable (SolveStatus) -> Void,
        _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        var build = request
        build.frontend = ""
        let empty = build
        return try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask {
                _ = try await self.build(empty, session: session, over: transport, receive: receive)
                return nil
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            var answer: Answer?
            while let part = try await group.next() { answer = part ?? answer }
            guard let answer else { throw GRPCError(.internal, "the engine ended before it was asked anything") }
            return answer
        }
    }

    private func question(
        _ request: SolveRequest,
        _ attributes: [String: String]
    ) async throws -> [String: [UInt8]] {
        _ = try await awaitBuild(request.ref)
        var wire = WireGatewaySolveRequest()
        wire.frontend = request.frontend
        wire.frontendOpt = attributes
        wire.allowResultReturn = true
        wire.allowResultArrayRef = true
        let answer = try await call("Solve", wire, as: WireGatewaySolveResponse.self, of: request.ref)
        try await end(request.ref)
        return answer.result.metadata.mapValues { [UInt8]($0) }
    }

    private func end(_ ref: String) async throws {
        var end = WireGatewayReturnRequest()
        end.result = WireGatewayResult()
        _ = try await call("Return", end, as: WireGatewayReturnResponse.self, of: ref)
    }

    /// Waits until the engine has begun with the build, since it takes no questions before that.
    func awaitBuild(_ ref: String) async throws -> WireGatewayPongResponse {
        let end = ContinuousClock.now + Self.readiness
        while true {
            do {
                return try await call("Ping", WireGatewayPingRequest(), as: WireGatewayPongResponse.self, of: ref)
            } catch let error as GRPCError where error.code != .unimplemented && error.code != .cancelled {
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    func call<Answer: Message>(
        _ method: String,
        _ request: some Message,
        as answer: Answer.Type,
        of ref: String
    ) async throws -> Answer {
        let metadata = [("buildkit-controlapi-buildid", ref)]
        return try await client.call(Self.bridge + method, metadata: metadata) { reader, writer in
            try await writer.send(request, isLast: true)
            guard let message = try await reader.next() else {
                throw GRPCError(.internal, "the engine answered \(method) without a message")
            }
            let answer = try message.decoded(Answer.self)
            while try await reader.next() != nil {}
            return answer
        }
    }
}
