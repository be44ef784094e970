import Glibc
import Synchronization

/// A connected byte stream and what was already read from it; closes its descriptor unless somebody takes it.
///
/// The descriptor is non-blocking and close-on-exec. Over TLS it is one end of a socket pair; a thread carries bytes
/// between the other end and libcurl. Closing the descriptor ends that thread and the connection.
package final class ConnectedStream: Sendable {
    private enum State {
        case open(Int32, [UInt8])
        case busy
        case spent
    }

    private let state: Mutex<State>
    /// The peer, for messages.
    package let endpoint: Endpoint
    /// The protocol chosen in the TLS handshake; nil without TLS or where it can't be known.
    package let negotiatedProtocol: String?

    /// Adopts a connected, non-blocking, close-on-exec socket.
    package init(
        adopting descriptor: Int32,
        endpoint: Endpoint,
        alreadyRead: [UInt8] = [],
        negotiatedProtocol: String? = nil
    ) {
        state = Mutex(.open(descriptor, alreadyRead))
        self.endpoint = endpoint
        self.negotiatedProtocol = negotiatedProtocol
    }

    deinit { close() }

    /// The bytes that the peer sent after the part that was read; they come before anything read from the descriptor.
    package var alreadyRead: [UInt8] {
        state.withLock { state in
            if case .open(_, let bytes) = state { bytes } else { [] }
        }
    }

    /// Hands over the descriptor, which the caller has to close from now on, and the bytes that come before its own.
    package func take() throws(HTTPClientError) -> (descriptor: Int32, alreadyRead: [UInt8]) {
        try transition(to: .spent)
    }

    /// Closes the connection if it is still owned here.
    package func close() {
        let descriptor: Int32? = state.withLock { state in
            guard case .open(let descriptor, _) = state else { return nil }
            state = .spent
            return descriptor
        }
        if let descriptor { _ = Glibc.close(descriptor) }
    }

    /// Takes the descriptor for one exchange on it, so that nobody else reads in between.
    func checkOut() throws(HTTPClientError) -> (descriptor: Int32, alreadyRead: [UInt8]) {
        try transition(to: .busy)
    }

    /// Gives the descriptor back after an exchange.
    func checkIn(_ descriptor: Int32, alreadyRead: [UInt8]) {
        state.withLock { $0 = .open(descriptor, alreadyRead) }
    }

    /// Marks a checked-out stream as used up; the descriptor has another owner.
    func markSpent() {
        state.withLock { $0 = .spent }
    }

    private func transition(to next: State) throws(HTTPClientError) -> (descriptor: Int32, alreadyRead: [UInt8]) {
        let opened: (Int32, [UInt8])? = state.withLock { state in
            guard case .open(let descriptor, let bytes) = state else { return nil }
            state = next
            return (descriptor, bytes)
        }
        guard let opened else {
            throw HTTPClientError(.closed, "the connection is closed, taken or in use — \(endpoint) — dial again")
        }
        return opened
    }
}
