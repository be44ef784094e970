import Glibc

/// Somebody who came to a door and hasn't said all yet.
final class DoorPeer {
    /// How long one may take to say its line.
    static let patience: Int64 = 1_000_000_000

    /// What to do with it.
    enum Outcome {
        /// It isn't done.
        case goesOn
        /// It said a line.
        case said([UInt8])
        /// It went away, or said too much.
        case gone
    }

    /// Its connection.
    let descriptor: Int32
    /// When it has had its time.
    let deadline: Int64
    private var received: [UInt8] = []

    init(adopting descriptor: Int32, at now: Int64) {
        self.descriptor = descriptor
        deadline = now + Self.patience
    }

    deinit { close(descriptor) }

    /// Takes what came, without waiting.
    func receive() -> Outcome {
        var buffer = [UInt8](repeating: 0, count: DoorWords.longest + 1 - received.count)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) ? .goesOn : .gone }
        received += buffer.prefix(count)
        if let end = received.firstIndex(of: UInt8(ascii: "\n")) { return .said(Array(received[..<end])) }
        return received.count > DoorWords.longest ? .gone : .goesOn
    }

    /// Answers with a line; one that doesn't fit into the connection's buffer isn't waited for.
    func answer(_ answer: CancelAnswer) {
        let line = DoorWords.line(answer)
        send(descriptor, line, line.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    /// The user and the process at the other end; nil where the kernel doesn't say.
    var credentials: (user: UInt32, process: Int32)? {
        // struct ucred: pid, uid and gid, which the header shows to _GNU_SOURCE only.
        var fields: [UInt32] = [0, 0, 0]
        var size = socklen_t(fields.count * MemoryLayout<UInt32>.size)
        let code = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &fields, &size)
        return code == 0 ? (fields[1], Int32(bitPattern: fields[0])) : nil
    }
}
