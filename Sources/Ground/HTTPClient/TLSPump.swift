import CaissonCCurl
import CaissonSystem
import Glibc

/// Carries bytes both ways between a TLS connection and the local end of a socket pair, on a thread of its own.
///
/// ```
/// our user ◀─▶ socket pair ◀─▶ local │ pump │ libcurl ◀─▶ TLS ◀─▶ peer
/// ```
/// Each direction holds at most one buffer, so a slow side slows the fast one down. When the user shuts its writing
/// side, the connection's is shut after the last byte; when the peer ends, the user reads the end. The pump is over
/// when both directions have ended, when the user has closed, or when either side fails.
struct TLSPump: ~Copyable {
    private let easy: CurlEasy
    private let socket: Int32
    private let local: OwnedDescriptor
    private var toPeer = PumpBuffer()
    private var toUser = PumpBuffer()
    /// When to stop waiting for the peer; set once the user is gone while bytes for the peer are left.
    private var lingerEnd: Deadline?

    init(_ easy: CurlEasy, socket: Int32, local: consuming OwnedDescriptor) {
        self.easy = easy
        self.socket = socket
        self.local = local
    }

    /// Runs until the pump is over; the local end is closed then.
    consuming func run() {
        guard socket >= 0 else { return }
        while step() {}
    }

    /// Moves what can be moved and waits for more; false when the pump is over.
    private mutating func step() -> Bool {
        var didMove = true
        while didMove {
            didMove = false
            guard receive(&didMove), send(&didMove), readLocal(&didMove), writeLocal(&didMove) else { return false }
        }
        if toPeer.isOver, toUser.isOver { return false }
        return wait()
    }

    private func events() -> (local: Int32, socket: Int32) {
        let local = (toPeer.canFill ? POLLIN : 0) | (toUser.isEmpty ? 0 : POLLOUT)
        let socket = (toUser.canFill ? POLLIN : 0) | (toPeer.isEmpty ? 0 : POLLOUT)
        return (local, socket)
    }

    private mutating func wait() -> Bool {
        let wanted = events()
        // Once the user has closed and all its bytes are gone, its end isn't polled any more: POLLHUP would end each
        // poll at once.
        var polled = [
            pollfd(fd: lingerEnd == nil ? local.number : -1, events: Int16(wanted.local), revents: 0),
            pollfd(fd: socket, events: Int16(wanted.socket), revents: 0),
        ]
        let count = poll(&polled, 2, lingerEnd?.milliseconds ?? -1)
        if count < 0 { return errno == EINTR }
        if count == 0 { return lingerEnd == nil }
        // Hang-up on a socket pair means that the other end is closed, not only shut for writing.
        if polled[0].revents & Int16(POLLHUP | POLLERR) != 0 { return userClosed() }
        // A dead connection would end each poll at once, too, unless a read that shows its end is still to come.
        if polled[1].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0, !toUser.canFill { return finishToUser() }
        return true
    }

    /// The user is gone: what it wrote is still sent, for a limited time.
    private mutating func userClosed() -> Bool {
        toUser.discard()
        var moved = true
        while moved {
            moved = false
            guard send(&moved), readLocal(&moved) else { return false }
        }
        guard !toPeer.isEmpty else { return false }
        lingerEnd = lingerEnd ?? Deadline(after: .seconds(2))
        return true
    }

    /// The connection is closed in both directions: bytes for the user are all that is left to move.
    private func finishToUser() -> Bool {
        guard !toUser.isEmpty else { return false }
        var polled = pollfd(fd: local.number, events: Int16(POLLOUT), revents: 0)
        return poll(&polled, 1, -1) > 0 && polled.revents & Int16(POLLHUP | POLLERR) == 0
    }
}

extension TLSPump {
    /// Peer → buffer.
    private mutating func receive(_ moved: inout Bool) -> Bool {
        guard toUser.canFill, lingerEnd == nil else { return true }
        let handle = easy.handle
        var count = 0
        let rc = toUser.fill {
            ccurl_easy_recv(handle, $0, $1, &count)
        } count: {
            count
        }
        switch rc {
        case CURLE_AGAIN: return true
        case CURLE_OK where count > 0: moved = true
        default:
            // The stream has ended or the connection broke: the user gets all bytes that came before, and then the end.
            moved = toUser.end()
        }
        return true
    }

    /// Buffer → peer.
    private mutating func send(_ moved: inout Bool) -> Bool {
        guard !toPeer.isEmpty else {
            if toPeer.shouldShut { shutdown(socket, Int32(SHUT_WR)) }
            return true
        }
        let handle = easy.handle
        var count = 0
        let rc = toPeer.drain {
            ccurl_easy_send(handle, $0, $1, &count)
        } count: {
            count
        }
        guard rc == CURLE_OK || rc == CURLE_AGAIN else { return false }
        if rc == CURLE_OK, count > 0 { moved = true }
        return true
    }

    /// User → buffer.
    private mutating func readLocal(_ moved: inout Bool) -> Bool {
        guard toPeer.canFill else { return true }
        let descriptor = local.number
        var count = 0
        _ = toPeer.fill {
            count = recv(descriptor, $0, $1, 0)
            return CURLE_OK
        } count: {
            max(0, count)
        }
        if count > 0 { moved = true }
        if count == 0 { moved = toPeer.end() }
        return count >= 0 || errno == EAGAIN || errno == EINTR
    }

    /// Buffer → user.
    private mutating func writeLocal(_ moved: inout Bool) -> Bool {
        let descriptor = local.number
        guard !toUser.isEmpty else {
            if toUser.shouldShut { shutdown(descriptor, Int32(SHUT_WR)) }
            return true
        }
        var count = 0
        _ = toUser.drain {
            count = Glibc.send(descriptor, $0, $1, Int32(MSG_NOSIGNAL))
            return CURLE_OK
        } count: {
            max(0, count)
        }
        if count > 0 { moved = true }
        return count >= 0 || errno == EAGAIN || errno == EINTR
    }
}

/// The one buffer of a direction, and whether its source has ended.
struct PumpBuffer {
    private var bytes = [UInt8](repeating: 0, count: 64 << 10)
    private var range = 0..<0
    private var hasEnded = false
    private var isShut = false

    var isEmpty: Bool { range.isEmpty }
    /// Whether the source may be read: the buffer is filled only when it is empty.
    var canFill: Bool { range.isEmpty && !hasEnded }
    var isOver: Bool { range.isEmpty && hasEnded }

    /// True only once: when everything has gone out and the target has to be told of the end.
    var shouldShut: Bool {
        mutating get {
            guard isOver, !isShut else { return false }
            isShut = true
            return true
        }
    }

    /// Marks the source as ended; always true, which tells the caller that something has happened.
    mutating func end() -> Bool {
        hasEnded = true
        return true
    }

    /// Drops everything, now and later.
    mutating func discard() {
        range = 0..<0
        hasEnded = true
    }

    /// Lets the source write into the buffer.
    mutating func fill(
        _ body: (UnsafeMutableRawPointer, Int) -> CURLcode,
        count: () -> Int
    ) -> CURLcode {
        let rc = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { body($0, buffer.count) } ?? CURLE_OK
        }
        if rc == CURLE_OK { range = 0..<min(count(), bytes.count) }
        return rc
    }

    /// Lets the target take from the buffer.
    mutating func drain(_ body: (UnsafeRawPointer, Int) -> CURLcode, count: () -> Int) -> CURLcode {
        let part = range
        let rc = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { body($0 + part.lowerBound, part.count) } ?? CURLE_OK
        }
        if rc == CURLE_OK { range = min(part.lowerBound + count(), part.upperBound)..<part.upperBound }
        return rc
    }
}
