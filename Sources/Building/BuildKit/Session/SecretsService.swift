import NIOCore
import Synchronization

/// `moby.buildkit.secrets.v1.Secrets`: gives the engine the values of the secrets that a build names, and no others.
package final class SecretsService: SessionService {
    /// Calls the closure with the bytes of a secret; doesn't call it for a secret that isn't there.
    package typealias Source = @Sendable (_ id: String, _ body: (UnsafeRawBufferPointer) -> Void) -> Void

    private let source: Source
    private let missed: @Sendable (String) -> Void
    private let seen = Mutex<Set<String>>([])

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - missed: Called once for each id that a step asked for and that this build doesn't have.
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
            // Written here and not through a message object, so that there is one copy of the secret less.
            buffer.writeGRPCMessage { $0.writeBytesMessage(bytes) }
            answer = buffer
        }
        guard let answer else {
            // An engine asks for few ids; the limit is for one that makes up new ones.
            let isNew = seen.withLock { $0.count < 100 && $0.insert(id).inserted }
            if isNew { missed(id) }
            // The engine turns this into “secret ID: not found” for a step that needs the secret.
            throw GRPCError(.notFound, "not found")
        }
        try await call.writer.send(framed: answer)
    }
}
