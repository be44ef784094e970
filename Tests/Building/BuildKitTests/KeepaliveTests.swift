import NIOCore
import NIOEmbedded
import NIOHTTP2
import Testing

@testable import CaissonBuildKit

@Suite struct KeepaliveTests {
    private let channel = EmbeddedChannel()

    private func start() throws {
        let activity = ReadActivity()
        try channel.pipeline.syncOperations.addHandler(activity)
        // Frames of the root stream go on as they are: the HTTP/2 handler between the two isn't needed here.
        try channel.pipeline.syncOperations.addHandler(
            KeepaliveHandler(interval: .seconds(30), timeout: .seconds(20), activity: activity)
        )
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
    }

    private func ping() throws -> HTTP2Frame.FramePayload? { try channel.readOutbound(as: HTTP2Frame.self)?.payload }

    @Test func `a connection that is silent is asked, and closed when no answer comes`() throws {
        try start()
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(try ping() == nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        guard case .ping(_, ack: false) = try ping() else { Issue.record("no ping"); return }
        channel.embeddedEventLoop.advanceTime(by: .seconds(19))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        #expect(throws: GRPCError.self) { try channel.throwIfErrorCaught() }
    }

    @Test func `any bytes are a sign of life`() throws {
        try start()
        for _ in 0..<10 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(30))
            guard case .ping = try ping() else { Issue.record("no ping"); return }
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: [1]))
            channel.embeddedEventLoop.advanceTime(by: .seconds(20))
            #expect(channel.isActive)
        }
    }

    @Test func `a closed connection has no timer left`() throws {
        try start()
        try channel.close().wait()
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(try ping() == nil)
    }
}
