import NIOCore
import Synchronization

/// `moby.buildkit.secrets.v1.Secrets`: gives the engine the values of the secrets that a build names, and no others.
package final class SecretsService: SessionService {
    /// Lends the bytes of a secret to a closure; calls nothing for one that isn't there.
    package typealias Source = @Sendable (_ id: String, _ body: (UnsafeRawBufferPointer) -> Void) -> Void

    private let source: Source
    private let missed: @Sendable (String) -> Void
    private let seen = Mutex<Set<String>>([])

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - missed: Told of an id that a step asked for and this build doesn't have, once for each.
    ///   - source: Where the values are.
    package init(missed: @escaping @Sendable (String) -> Void, source: @escaping Source) {
        self.missed = missed
        self.source = source
    }

    package var handlers: [String: SessionHandler] {
        ["/moby.buildkit.secrets.v1.Secrets/GetSecret": { call in try await self.answer(&call) }]
    }

    private func answer(_ call: inout GRPCServerCall) async throws {
        guard let message = try await call.reader.next() else { return }
        let id = try message.decoded(WireGetSecretRequest.self).id
        var answer: ByteBuffer?
        source(id) { bytes in
            var buffer = ByteBuffer()
            // Written here rather than by a message, so that there is one copy fewer.
            buffer.writeGRPCMessage { $0.writeBytesMessage(bytes) }
            answer = buffer
        }
        guard let answer else {
            // An engine asks for few ids; one that invents them isn't followed.
            let isNew = seen.withLock { $0.count < 100 && $0.insert(id).inserted }
            if isNew { missed(id) }
            // The engine makes “secret ID: not found” of it where the step can't do without.
            throw GRPCError(.notFound, "not found")
        }
        try await call.writer.send(framed: answer)
    }
}
