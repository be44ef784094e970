package import CaissonBuildModel
package import CaissonHTTPClient

/// The PEM files for a TLS connection.
package struct TLSFiles: Sendable, Hashable {
    /// The authority that the server must be signed by; nil is the system's.
    package var authority: String?
    /// Our certificate; goes with `key`.
    package var certificate: String?
    /// Our private key.
    package var key: String?
    /// Whether the server's certificate is checked at all.
    package var verifiesServer: Bool

    /// Makes a set of files.
    package init(authority: String? = nil, certificate: String? = nil, key: String? = nil, verifiesServer: Bool = true)
    {
        self.authority = authority
        self.certificate = certificate
        self.key = key
        self.verifiesServer = verifiesServer
    }
}

/// An engine that may be asked to build: where it is and how that is known.
package struct EngineEndpoint: Sendable, Hashable {
    /// Its address: `unix:///path`, `tcp://host:port`, `ssh://…`, `docker-container://…`, `kube-pod://…`.
    package var address: String
    /// Which engine it is, when the way it was named says so.
    package var kind: EngineKind
    /// The TLS material; nil for a connection without TLS.
    package var tls: TLSFiles?
    /// Where the address came from, in words for messages: `DOCKER_HOST`, `the docker context “box”`.
    package var origin: FieldMessage

    /// Makes an endpoint.
    package init(address: String, kind: EngineKind, tls: TLSFiles? = nil, origin: FieldMessage) {
        self.address = address
        self.kind = kind
        self.tls = tls
        self.origin = origin
    }

    /// The socket's path for a `unix://` address.
    package var socketPath: String? {
        address.hasPrefix("unix://") ? String(address.dropFirst("unix://".count)) : nil
    }
}

extension Endpoint {
    /// Where an engine is dialled.
    package init(_ found: EngineEndpoint) throws(BuildError) {
        let tls = found.tls.map { files in
            TLSOptions(
                authorityFile: files.authority,
                certificateFile: files.certificate,
                keyFile: files.key,
                verify: files.verifiesServer
            )
        }
        do {
            self = try Endpoint(parsing: found.address, tls: tls)
        } catch {
            throw BuildError(.usage, error.message)
        }
    }
}
