import Glibc

/// Carries bytes between a socket and a pair of descriptors, both ways at once, with the end of each way passed on.
///
/// ```
/// input ─▶ socket     the input's end shuts the socket for writing, once the peer has had its say
/// output ◀─ socket    the socket's end ends it all
/// ```
///
/// Servers of HTTP/2 that are written in Go take the end of what they read for the end of the connection, and drop what
/// they haven't written by then, be it their very first frame. So the end is passed on when the peer has said something
/// and then nothing for `pause`, and after `patience` in any case.
package struct ByteCarrier {
    private let socket: Int32
    private let input: Int32
    private let output: Int32
    private var toSocket: ArraySlice<UInt8> = []
    private var toOutput: ArraySlice<UInt8> = []
    private var isOutputSocket = true
    private var hasInput = true
    private var hasSocket = true
    private var isAnswered = false
    /// When the input's end is passed on: as things stand, and at the latest.
    private var farewell: (due: ContinuousClock.Instant, latest: ContinuousClock.Instant)?

    /// How long the peer is silent when it is taken to have had its say.
    static let pause = Duration.milliseconds(100)
    /// How long it is waited for in all.
    static let patience = Duration.seconds(2)
    private static let pieceSize = 64 << 10
    /// What a pipe that is ready takes without blocking.
    private static let writeSize = 4096
    private static let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)

    /// Makes a carrier; the descriptors stay their owners'.
    package init(socket: Int32, input: Int32, output: Int32) {
        self.socket = socket
        self.input = input
        self.output = output
    }

    /// Takes bytes that came from the socket's peer before.
    package mutating func received(_ bytes: [UInt8]) {
        toOutput += bytes
        isAnswered = isAnswered || !bytes.isEmpty
    }

    /// Carries until the socket's peer closes it, or the output's reader goes away; it blocks.
    ///
    /// - Throws: `Errno` for a failure, `CancellationError` when the task is cancelled.
    package mutating func run() throws {
        var buffer = [UInt8](repeating: 0, count: Self.pieceSize)
        while hasSocket || !toOutput.isEmpty {
            try Task.checkCancellation()
            var waits = self.waits
            let ready = poll(&waits, nfds_t(waits.count), farewell == nil ? 200 : 20)
            guard ready >= 0 || errno == EINTR else { throw Errno.last }
            passOnEnd()
            guard ready > 0 else { continue }
            if waits[0].revents != 0 { try readInput(&buffer) }
            if waits[1].revents & Int16(POLLOUT) != 0 { try writeSocket() }
            if waits[1].revents & ~Int16(POLLOUT) != 0 { try readSocket(&buffer) }
            if waits[2].revents != 0, try !writeOutput() { return }
        }
    }

    /// What is waited for; nothing is read for which there is no room.
    private var waits: [pollfd] {
        let reads = hasSocket && toOutput.isEmpty ? POLLIN : 0
        let writes = hasSocket && !toSocket.isEmpty ? POLLOUT : 0
        return [
            pollfd(fd: hasInput && toSocket.isEmpty ? input : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: reads | writes == 0 ? -1 : socket, events: Int16(reads | writes), revents: 0),
            // Without anything to write it tells of a reader that went away.
            pollfd(fd: output, events: toOutput.isEmpty ? 0 : Int16(POLLOUT), revents: 0),
        ]
    }

    private mutating func readInput(_ buffer: inout [UInt8]) throws(Errno) {
        let count = read(input, &buffer, buffer.count)
        guard count >= 0 else {
            if errno == EINTR || errno == EAGAIN { return }
            throw .last
        }
        guard count > 0 else {
            hasInput = false
            let now = ContinuousClock.now
            farewell = (now + (isAnswered ? Self.pause : Self.patience), now + Self.patience)
            return
        }
        toSocket = Array(buffer[..<count])[...]
    }

    private mutating func passOnEnd() {
        guard let (due, latest) = farewell else { return }
        // While the output is slow, the peer isn't read, and may have much to say.
        guard (toOutput.isEmpty ? due : latest) <= .now else { return }
        farewell = nil
        shutdown(socket, Int32(SHUT_WR))
    }

    private mutating func writeSocket() throws(Errno) {
        let count = toSocket.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Self.flags) }
        if count >= 0 {
            toSocket = toSocket.dropFirst(count)
        } else if errno == EPIPE || errno == ECONNRESET {
            // What the peer said before it closed is still to be read.
            toSocket = []
            hasInput = false
        } else if errno != EINTR, errno != EAGAIN {
            throw .last
        }
    }

    private mutating func readSocket(_ buffer: inout [UInt8]) throws(Errno) {
        guard toOutput.isEmpty else { return }
        let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count > 0 {
            toOutput = Array(buffer[..<count])[...]
            isAnswered = true
            if let latest = farewell?.latest { farewell?.due = min(.now + Self.pause, latest) }
        } else if count == 0 || errno == ECONNRESET {
            hasSocket = false
        } else if errno != EINTR, errno != EAGAIN {
            throw .last
        }
    }

    /// Writes some of what came; false where nobody reads it any more.
    private mutating func writeOutput() throws(Errno) -> Bool {
        guard !toOutput.isEmpty else { return false }
        let count = toOutput.withUnsafeBytes { bytes in
            isOutputSocket
                ? send(output, bytes.baseAddress, bytes.count, Self.flags)
                : write(output, bytes.baseAddress, min(bytes.count, Self.writeSize))
        }
        if count >= 0 {
            toOutput = toOutput.dropFirst(count)
        } else if errno == ENOTSOCK {
            isOutputSocket = false
        } else if errno == EPIPE {
            return false
        } else if errno != EINTR, errno != EAGAIN {
            throw .last
        }
        return true
    }
}
