/// Why a connection, a request or an upgrade did not succeed.
package struct HTTPClientError: Error, Sendable {
    /// The kind of failure.
    package enum Code: String, Sendable {
        /// The address can't be read as one.
        case invalidEndpoint
        /// The address has a scheme that isn't supported.
        case unsupportedScheme
        /// A path, header or body can't be sent as HTTP.
        case invalidRequest
        /// libcurl isn't installed, or too old.
        case libraryMissing
        /// Nothing exists at the socket's path.
        case socketMissing
        /// Nobody listens at the address.
        case connectionRefused
        /// The socket may not be used by this user.
        case permissionDenied
        /// The host's name has no address.
        case cannotResolve
        /// The connection failed in another way.
        case connectFailed
        /// No connection within the time allowed for one.
        case connectTimedOut
        /// The TLS handshake failed, or a certificate file is bad.
        case tls
        /// No byte moved either way for the time allowed.
        case silence
        /// The time allowed for the whole exchange ran out.
        case deadlineExceeded
        /// The peer doesn't speak HTTP/1.1.
        case notHTTP
        /// The peer's HTTP breaks the rules.
        case malformedResponse
        /// The answer's head is longer than the limit.
        case headTooLarge
        /// The answer's body is longer than the caller's limit.
        case bodyTooLarge
        /// The peer answered with a status that the caller does not accept.
        case unexpectedStatus
        /// The peer answered the upgrade with something other than 101.
        case upgradeRefused
        /// Too many redirects, or one to a protocol that isn't followed.
        case redirectRefused
        /// The connection broke off in the middle of an exchange.
        case connectionClosed
        /// The request's body didn't have the length that was announced, or nobody takes it any more.
        case uploadStopped
        /// The client or the stream was already shut down, or is in use.
        case closed
        /// The operating system refused a thread or a descriptor.
        case system
    }

    /// The kind of failure.
    package var code: Code
    /// What failed, with which object, and what to do.
    package var message: String
    /// The status the peer answered with, when it answered.
    package var status: Int?

    /// Makes an error.
    package init(_ code: Code, _ message: String, status: Int? = nil) {
        self.code = code
        self.message = message
        self.status = status
    }
}

extension HTTPClientError: CustomStringConvertible {
    /// The message alone.
    package var description: String { message }
}
