import Glibc
import NIOCore
import NIOHTTP2

/// Sets up what a process's first connection to BuildKit needs, so that this can be done beside other work.
///
/// The loop's thread starts, and the many generic types of SwiftNIO's HTTP/2 are made, which takes some milliseconds the
/// first time. Nothing is sent to anybody, and a failure is none: the first connection does the same again.
package func warmConnections() async {
    var ends: (CInt, CInt) = (-1, -1)
    let isMade = withUnsafeMutableBytes(of: &ends) { room in
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        return socketpair(AF_UNIX, kind, 0, room.assumingMemoryBound(to: CInt.self).baseAddress) == 0
    }
    guard isMade else { return }
    defer { close(ends.1) }
    try? await GRPCConnection.with(ByteStream(descriptor: ends.0), role: .client, keepalive: .minutes(5)) { _ in }
}
