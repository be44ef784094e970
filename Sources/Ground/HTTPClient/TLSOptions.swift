/// How a TLS connection is made and whom it trusts.
package struct TLSOptions: Sendable, Hashable {
    /// The PEM file of the authorities to trust; nil for the system's.
    package var authorityFile: String?
    /// The PEM file of the client's certificate chain.
    package var certificateFile: String?
    /// The PEM file of the client's private key.
    package var keyFile: String?
    /// The name to ask for and to verify, when it isn't the host connected to.
    package var serverName: String?
    /// Whether the peer's certificate is verified.
    package var verify: Bool

    /// Makes TLS options; the defaults verify against the system's authorities.
    package init(
        authorityFile: String? = nil,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        serverName: String? = nil,
        verify: Bool = true
    ) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.serverName = serverName
        self.verify = verify
    }
}
