package import BuildModel
import NIOCore
import SwiftProtobuf

extension ControlClient {
    private static let bridge = "/moby.buildkit.v1.frontend.LLBBridge/"
    /// How long a build that was just sent may take to accept questions.
    private static let readiness = Duration.seconds(10)

    /// Asks a front end about its sources instead of building them: the answer comes back over the gateway alone
    /// (moby/buildkit client/build.go).
    ///
    /// - Parameters:
    ///   - request: A build without a front end, that the question belongs to.
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
        var build = request
        build.frontend = ""
        let empty = build
        return try await withThrowingTaskGroup(of: [String: [UInt8]]?.self) { group in
            group.addTask {
                _ = try await self.build(empty, session: session, over: transport, receive: receive)
                return nil
            }
            group.addTask { try await question(request, attributes) }
            defer { group.cancelAll() }
            var answer: [String: [UInt8]] = [:]
            while let part = try await group.next() { answer = part ?? answer }
            return answer
        }
    }

    private func question(
        _ request: SolveRequest,
        _ attributes: [String: String]
    ) async throws -> [String: [UInt8]] {
        try await awaitBuild(request.ref)
        var wire = WireGatewaySolveRequest()
        wire.frontend = request.frontend
        wire.frontendOpt = attributes
        wire.allowResultReturn = true
        wire.allowResultArrayRef = true
        let answer = try await call("Solve", wire, as: WireGatewaySolveResponse.self, of: request.ref)
        var end = WireGatewayReturnRequest()
        end.result = WireGatewayResult()
        _ = try await call("Return", end, as: WireGatewayReturnResponse.self, of: request.ref)
        return answer.result.metadata.mapValues { [UInt8]($0) }
    }

    /// The engine takes questions as soon as it has begun with the build.
    private func awaitBuild(_ ref: String) async throws {
        let end = ContinuousClock.now + Self.readiness
        while true {
            do {
                _ = try await call("Ping", WireGatewayPingRequest(), as: WireGatewayPongResponse.self, of: ref)
                return
            } catch let error as GRPCError where error.code != .unimplemented && error.code != .cancelled {
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private func call<Answer: Message>(
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
