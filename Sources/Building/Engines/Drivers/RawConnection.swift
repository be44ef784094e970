import CaissonBuildKit
package import CaissonBuildModel
import CaissonHTTPClient
package import CaissonSystem

extension Builder {
    /// Connects to BuildKit on the node for a platform, and carries bytes between it and two descriptors, until it closes the
    /// connection.
    ///
    /// - Throws: `BuildError` with code `engine` where it can't be reached, `unsupported` where it has no BuildKit.
    package func carry(
        from input: BorrowedDescriptor,
        to output: BorrowedDescriptor,
        platform: Platform?
    ) async throws {
        let engine = try await engine(for: platform)
        let stream = try await engine.rawStream()
        let socket = OwnedDescriptor(adopting: stream.descriptor)
        let number = socket.number
        // It blocks, where the few threads of the tasks may be needed for the engine's tunnel.
        do {
            try await withTaskExecutorPreference(FileExecutor.shared) {
                var carrier = ByteCarrier(socket: number, input: input.number, output: output.number)
                carrier.received(stream.alreadyRead)
                try carrier.run()
            }
        } catch let error as Errno {
            throw BuildError(.engine, "the connection to \(engine.address) broke: \(error) — connect again")
        }
        _ = consume socket
    }

    private func engine(for platform: Platform?) async throws -> Engine {
        guard let platform, nodes.count > 1 else { return engine }
        var request = BuildRequest(context: .empty)
        request.platforms = [platform]
        let known = try await PlatformPlan.Node.all(of: nodes)
        return nodes[PlatformPlan(request, nodes: known).parts[0].node].engine
    }
}

extension Engine {
    /// A connection on which BuildKit speaks HTTP/2.
    fileprivate func rawStream() async throws -> ByteStream {
        switch driver {
        case .buildkitd(let buildkitd): return try await buildkitd.openControl()
        case .dockerd(let dockerd):
            let greeting = try await dockerd.greet()
            guard greeting.podman == nil else {
                greeting.stream.close()
                throw BuildError(
                    .unsupported,
                    "podman at \(address) has no BuildKit to connect to — name another engine by \(field: .builder)"
                )
            }
            return try await dockerd.openControl(greeting).stream
        }
    }
}

/// What all connections of this process to engines share.
package enum EngineConnections {
    /// Sets that up beside other work; a build that connects before it is ready waits no longer than without.
    package static func warm() async { await warmConnections() }
}
