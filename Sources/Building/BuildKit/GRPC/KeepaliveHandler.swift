import NIOCore
import NIOHTTP2

/// Finds out that a peer is dead on a connection that may be silent for hours.
///
/// It sends an HTTP/2 PING when nothing has come for a while, and closes the connection when no answer comes. The
/// interval depends on the peer: a Go gRPC server hangs up on clients that ping more often than every five minutes
/// (grpc-go `keepalive.EnforcementPolicy`), while the client's side of a session doesn't count pings.
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
/// It must be the first handler, because frames of calls never reach the keepalive handler. A download that keeps the
/// link busy for longer than a ping may take is a sign of life, too.
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
