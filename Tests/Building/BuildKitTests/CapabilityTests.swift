import CaissonBuildModel
import NIOCore
import Synchronization
import Testing

@testable import CaissonBuildKit

extension Wire {
    /// `ControlClient.capabilities` against an engine that says what it can run.
    @Suite(.timeLimit(.minutes(1))) struct CapabilityTests {
        /// An engine whose build, without a front end, goes on until the gateway has been told its result.
        private static func engine(_ capabilities: [String: Bool]) -> [String: SessionHandler] {
            let isReturned = Mutex(false)
            let pong: SessionHandler = { call in
                while try await call.reader.next() != nil {}
                var answer = WireGatewayPongResponse()
                answer.llbcaps = capabilities.sorted { $0.key < $1.key }.map { name, isEnabled in
                    var capability = WireAPICap()
                    capability.id = name
                    capability.enabled = isEnabled
                    return capability
                }
                try await call.writer.send(answer)
            }
            return [
                "/moby.buildkit.v1.Control/Session": { call in while try await call.reader.next() != nil {} },
                "/moby.buildkit.v1.Control/Status": { call in while try await call.reader.next() != nil {} },
                "/moby.buildkit.v1.Control/Solve": { call in
                    while let message = try await call.reader.next() {
                        let request = try message.decoded(WireSolveRequest.self)
                        guard request.frontend.isEmpty, request.internal else {
                            throw GRPCError(.invalidArgument, "that is a build")
                        }
                    }
                    while !isReturned.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
                    try await call.writer.send(WireSolveResponse())
                },
                "/moby.buildkit.v1.frontend.LLBBridge/Ping": pong,
                "/moby.buildkit.v1.frontend.LLBBridge/Return": { call in
                    while try await call.reader.next() != nil {}
                    isReturned.withLock { $0 = true }
                    try await call.writer.send(WireGatewayReturnResponse())
                },
            ]
        }

        @Test func `what an engine can run is what it says is enabled`() async throws {
            let handlers = Self.engine(["exec.meta.linux.resources": true, "exec.old": false])
            let known = try await withStubControl(handlers) { control in
                let session = Session(sharedKey: "", services: [])
                var request = SolveRequest(ref: "r", session: session.id)
                request.isInternal = true
                return try await control.capabilities(request, session: session, over: .tunnelled)
            }
            #expect(known == ["exec.meta.linux.resources"])
        }
    }
}
