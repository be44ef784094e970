import NIOCore
import NIOHTTP2

/// A PING as the peer's HTTP/2 sends it, by the bytes: NIO answers pings by itself but has no call that sends many.
enum PingFrame {
    static let frame = HTTP2Frame(streamID: .rootStream, payload: .ping(HTTP2PingData(withInteger: 7), ack: false))
}

extension Channel {
    /// Flushes and waits until what was written is in the socket.
    func flushAndWait() async throws {
        try await writeAndFlush(PingFrame.frame).get()
    }
}
