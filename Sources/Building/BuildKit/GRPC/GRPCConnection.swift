import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

/// A connected byte stream as a driver hands it over: a socket, and the bytes read from it beyond the handshake.
package struct ByteStream: Sendable {
    /// The socket; whoever takes the stream owns it and closes it.
    package var descriptor: CInt
    /// Bytes that came after the handshake and belong to the HTTP/2 connection.
    package var alreadyRead: [UInt8]

    /// Makes a stream of a connected socket.
    package init(descriptor: CInt, alreadyRead: [UInt8] = []) {
        self.descriptor = descriptor
        self.alreadyRead = alreadyRead
    }
}

typealias GRPCChannel = NIOAsyncChannel<GRPCInbound, GRPCOutbound>
typealias GRPCMultiplexer = NIOHTTP2Handler.AsyncStreamMultiplexer<GRPCChannel>

/// An HTTP/2 connection that carries gRPC calls, as a client or as a server.
///
/// ```
/// client:  openStream ─▶ GRPCStreamHandler ─▶ NIOHTTP2Handler ─▶ socket
/// server:  socket ─▶ NIOHTTP2Handler ─▶ GRPCStreamHandler ─▶ inbound (one element a call)
/// ```
/// It doesn't connect, negotiate or retry; that is the drivers' work.
struct GRPCConnection: Sendable {
    let channel: any Channel
    let multiplexer: GRPCMultiplexer

    /// The loop that every connection of the process runs on.
    ///
    /// One thread is enough: a client has few connections, and most of its time it waits for the engine. The loop lives
    /// as long as the process.
    static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Runs HTTP/2 on `stream` while `body` runs, then closes it.
    ///
    /// - Parameters:
    ///   - stream: The connected socket; owned from here on.
    ///   - role: Who opens the calls.
    ///   - keepalive: How long the connection may be silent before it is probed.
    static func with<Result: Sendable>(
        _ stream: ByteStream,
        role: NIOHTTP2Handler.ParserMode,
        keepalive: TimeAmount,
        _ body: (GRPCConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await open(stream, role: role, keepalive: keepalive)
        do {
            let result = try await body(connection)
            connection.channel.close(promise: nil)
            return result
        } catch {
            connection.channel.close(promise: nil)
            throw error
        }
    }

    private static func open(
        _ stream: ByteStream,
        role: NIOHTTP2Handler.ParserMode,
        keepalive: TimeAmount
    ) async throws -> GRPCConnection {
        let connection = try await ClientBootstrap(group: eventLoops)
            .channelOption(.autoRead, value: false)
            .withConnectedSocket(stream.descriptor) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let multiplexer = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
                        mode: role,
                        configuration: configuration,
                        streamInitializer: makeStream
                    )
                    let activity = ReadActivity()
                    try channel.pipeline.syncOperations.addHandler(activity, position: .first)
                    try channel.pipeline.syncOperations.addHandler(
                        KeepaliveHandler(interval: keepalive, activity: activity)
                    )
                    return GRPCConnection(channel: channel, multiplexer: multiplexer)
                }
            }
        do {
            try await connection.start(with: stream.alreadyRead)
            return connection
        } catch {
            connection.channel.close(promise: nil)
            throw GRPCError.brokenOff(by: error)
        }
    }

    /// Hands the bytes that were read with the handshake to HTTP/2, before any others.
    private func start(with alreadyRead: [UInt8]) async throws {
        let channel = channel
        try await channel.eventLoop.submit {
            if !alreadyRead.isEmpty {
                channel.pipeline.fireChannelRead(ByteBuffer(bytes: alreadyRead))
                channel.pipeline.fireChannelReadComplete()
            }
            return channel.setOption(.autoRead, value: true)
        }.get().get()
    }

    private static func makeStream(_ channel: any Channel) -> EventLoopFuture<GRPCChannel> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(GRPCStreamHandler())
            let wrapped = try GRPCChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(
                    backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4),
                    isOutboundHalfClosureEnabled: false
                )
            )
            // Kept until it closes: the multiplexer drops a call that comes in while we stop, and NIO traps when a
            // channel is freed that is still open.
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(wrapped) {} }
            return wrapped
        }
    }

    /// Windows of 4 MiB for each call, so that exports stream, and a raised limit of control frames.
    ///
    /// Go peers send a PING with every bandwidth estimate, far more than NIO's default of 200 in 30 s.
    private static var configuration: NIOHTTP2Handler.Configuration {
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: 256),
            HTTP2Setting(parameter: .initialWindowSize, value: 4 << 20),
            HTTP2Setting(parameter: .maxFrameSize, value: 1 << 18),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 1 << 20),
        ]
        configuration.connection.targetWindowSize = 8 << 20
        configuration.connection.controlFrameRateLimit.maximumCount = 100_000
        configuration.connection.maximumBufferedControlFrames = 100_000
        // An engine resets every call of a build that is cancelled, and a session may have many short calls.
        configuration.stream.streamResetFrameRateLimit.maximumCount = 10_000
        configuration.stream.streamErrorRateLimit.maximumCount = 10_000
        configuration.connection.maximumConnectionGlitches = 10_000
        configuration.connection.maximumSequentialEmptyDataFrames = 64
        configuration.stream.targetWindowSize = 4 << 20
        configuration.stream.outboundBufferSizeHighWatermark = 1 << 20
        configuration.stream.outboundBufferSizeLowWatermark = 1 << 19
        return configuration
    }

    /// Opens a stream for a call that we make.
    func openStream() async throws -> GRPCChannel {
        do {
            return try await multiplexer.openStream(GRPCConnection.makeStream)
        } catch {
            throw GRPCError(.unavailable, "the connection to the engine is closed")
        }
    }
}
