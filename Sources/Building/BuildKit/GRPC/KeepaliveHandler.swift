import NIOCore
import NIOHTTP2

/// Finds a dead peer on a connection that may be silent for hours: sends an HTTP/2 PING when nothing has come for a while,
/// and closes the connection when the answer stays out.
///
/// The interval differs by peer: a Go gRPC server cuts clients off that ping more often than every five minutes
/// (grpc-go `keepalive.EnforcementPolicy`), a session's client side doesn't count.
final class KeepaliveHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let interval: TimeAmount
    private let timeout: TimeAmount
    private let activity: ReadActivity
    private var isWaiting = false
    private var timer: Scheduled<Void>?

    init(interval: TimeAmount, timeout: TimeAmount = .seconds(20), activity: ReadActivity) {
        self.interval = interval
        self.timeout = timeout
        self.activity = activity
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { schedule(after: interval, context: context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        schedule(after: interval, context: context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    private func schedule(after time: TimeAmount, context: ChannelHandlerContext) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.fire(context: context) }
    }

    private func fire(context: ChannelHandlerContext) {
        if isWaiting, !activity.wasHeard {
            context.fireErrorCaught(GRPCError(.unavailable, "the engine didn't answer a keepalive ping"))
            return context.close(promise: nil)
        }
        isWaiting = !isWaiting
        guard isWaiting else { return schedule(after: interval, context: context) }
        activity.wasHeard = false
        let ping = HTTP2Frame(streamID: .rootStream, payload: .ping(.init(withInteger: 1), ack: false))
        context.writeAndFlush(wrapOutboundOut(ping), promise: nil)
        schedule(after: timeout, context: context)
    }
}

/// Notices that bytes came.
///
/// It is the first handler, as frames of calls never reach the keepalive: a download that keeps the link busy for
/// longer than a ping may take is a sign of life, too.
final class ReadActivity: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Whether something came since this was last set to false.
    var wasHeard = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wasHeard = true
        context.fireChannelRead(data)
    }
}
