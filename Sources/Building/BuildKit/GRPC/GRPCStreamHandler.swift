import NIOCore
import NIOHPACK
import NIOHTTP2

/// What a call's peer sent.
enum GRPCInbound: Sendable {
    /// The headers that begin a call or its answer.
    case metadata(HPACKHeaders)
    /// Messages that came together.
    case messages([ByteBuffer])
    /// The end: trailers for a client, nothing for a server.
    case end(HPACKHeaders?)
}

/// What we send on a call.
enum GRPCOutbound: Sendable {
    /// The headers that begin a call or its answer.
    case metadata(HPACKHeaders)
    /// Messages that are framed already, several in one buffer; `isLast` ends the client's side of a call.
    ///
    /// The ticket is held until the bytes are in the socket.
    case messages(ByteBuffer, isLast: Bool, SendWindow.Ticket)
    /// A server's end of the call.
    case trailers(HPACKHeaders)
}

/// Turns the frames of one HTTP/2 stream into gRPC messages, and messages into frames.
///
/// Messages that arrive in one read are passed on as one element: BuildKit writes exports in messages of 4 KiB, and one
/// element for each would cost a thread switch for each.
final class GRPCStreamHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = GRPCInbound
    typealias OutboundIn = GRPCOutbound
    typealias OutboundOut = HTTP2Frame.FramePayload

    private var deframer = GRPCDeframer()
    private var batch: [ByteBuffer] = []
    private var hasHeaders = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let headers):
            receiveHeaders(headers, context: context)
        case .data(let data):
            guard case .byteBuffer(var bytes) = data.data else { return }
            receive(&bytes, context: context)
            if data.endStream { end(nil, context: context) }
        default:
            break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushBatch(context: context)
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .metadata(let headers):
            context.write(wrapOutboundOut(.headers(.init(headers: headers))), promise: promise)
        case .messages(let bytes, let isLast, let ticket):
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.whenComplete { _ in withExtendedLifetime(ticket) {} }
            context.write(wrapOutboundOut(.data(.init(data: .byteBuffer(bytes), endStream: isLast))), promise: written)
        case .trailers(let headers):
            context.write(wrapOutboundOut(.headers(.init(headers: headers, endStream: true))), promise: promise)
        }
    }

    private func receiveHeaders(_ headers: HTTP2Frame.FramePayload.Headers, context: ChannelHandlerContext) {
        if !hasHeaders {
            hasHeaders = true
            context.fireChannelRead(wrapInboundOut(.metadata(headers.headers)))
        }
        if headers.endStream { end(headers.headers, context: context) }
    }

    private func receive(_ bytes: inout ByteBuffer, context: ChannelHandlerContext) {
        deframer.append(&bytes)
        do {
            while let message = try deframer.next() { batch.append(message) }
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    private func end(_ trailers: HPACKHeaders?, context: ChannelHandlerContext) {
        flushBatch(context: context)
        guard !deframer.isInMessage else {
            return context.fireErrorCaught(GRPCError(.internal, "the peer ended the call within a message"))
        }
        context.fireChannelRead(wrapInboundOut(.end(trailers)))
    }

    private func flushBatch(context: ChannelHandlerContext) {
        guard !batch.isEmpty else { return }
        let messages = batch
        batch = []
        context.fireChannelRead(wrapInboundOut(.messages(messages)))
    }
}
