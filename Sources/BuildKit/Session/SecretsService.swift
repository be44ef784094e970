import NIOCore

/// `moby.buildkit.secrets.v1.Secrets`: gives the engine the values of the secrets that a build names, and no others.
package struct SecretsService: SessionService {
    /// Lends the bytes of a secret to a closure; calls nothing for one that isn't there.
    package typealias Source = @Sendable (_ id: String, _ body: (UnsafeRawBufferPointer) -> Void) -> Void

    private let source: Source

    /// Makes the service.
    package init(source: @escaping Source) {
        self.source = source
    }

    package var handlers: [String: SessionHandler] {
        [
            "/moby.buildkit.secrets.v1.Secrets/GetSecret": { call in
                guard let message = try await call.reader.next() else { return }
                let id = try message.decoded(WireGetSecretRequest.self).id
                var answer: ByteBuffer?
                source(id) { bytes in
                    var buffer = ByteBuffer()
                    // Written here rather than by a message, so that there is one copy fewer.
                    buffer.writeGRPCMessage { $0.writeBytesMessage(bytes) }
                    answer = buffer
                }
                // The engine makes “secret ID: not found” of it where the step can't do without.
                guard let answer else { throw GRPCError(.notFound, "not found") }
                try await call.writer.send(framed: answer)
            }
        ]
    }
}
