/// Where a peer listens: a Unix socket, or a TCP port with or without TLS.
package enum Endpoint: Sendable, Hashable {
    /// A Unix socket; the path may be of any length.
    case unix(path: String)
    /// A TCP port; an IPv6 address stands without brackets.
    case tcp(host: String, port: UInt16, tls: TLSOptions?)

    /// Reads `unix:///path`, `tcp://host[:port]`, `http://host[:port]` and `https://host[:port]`.
    ///
    /// `tls` makes a `tcp://` address a TLS one and sets the options of an `https://` one.
    package init(parsing text: String, tls: TLSOptions? = nil) throws(HTTPClientError) {
        let (scheme, rest) = try Self.splitScheme(text)
        if scheme == "unix" {
            guard !rest.isEmpty else { throw Self.invalid(text, "has no path: write unix:///path/to/socket") }
            guard !rest.utf8.contains(0) else { throw Self.invalid(text, "has a NUL in its path") }
            self = .unix(path: rest)
            return
        }
        guard let defaults = Self.defaults(of: scheme, tls: tls) else { throw Self.unsupported(text, scheme) }
        let authority = rest.hasSuffix("/") ? String(rest.dropLast()) : rest
        self = try Self.parseAuthority(authority, of: text, defaults)
    }

    /// What a TCP scheme implies.
    struct Defaults {
        /// The port where none is written.
        var port: UInt16
        /// The TLS options, when the scheme or the caller wants TLS.
        var tls: TLSOptions?
    }

    /// Splits `scheme://rest`.
    static func splitScheme(_ text: String) throws(HTTPClientError) -> (scheme: String, rest: String) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"), colon != text.startIndex else {
            let hint = text.hasPrefix("/") ? "write unix://\(text)" : "write unix:///path or tcp://host:port"
            throw invalid(text, "has no scheme: \(hint)")
        }
        return (text[..<colon].lowercased(), String(text[text.index(colon, offsetBy: 3)...]))
    }

    /// The defaults of a TCP scheme; nil for every other one.
    static func defaults(of scheme: String, tls: TLSOptions?) -> Defaults? {
        switch scheme {
        case "tcp": Defaults(port: tls == nil ? 2375 : 2376, tls: tls)
        case "http": Defaults(port: 80, tls: nil)
        case "https": Defaults(port: 443, tls: tls ?? TLSOptions())
        default: nil
        }
    }

    /// Reads `host[:port]` or `[v6address][:port]`.
    static func parseAuthority(
        _ authority: String,
        of text: String,
        _ defaults: Defaults
    ) throws(HTTPClientError) -> Endpoint {
        guard !authority.contains("@") else {
            throw invalid(redacted(text), "holds a user name or password: those don't belong into an address")
        }
        var host = authority[...]
        var port: Substring?
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<end]
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw invalid(text, "has text after its IPv6 address") }
            guard !host.isEmpty, host.utf8.allSatisfy(isAddressByte) else {
                throw invalid(text, "has no valid IPv6 address in its brackets")
            }
            port = after.isEmpty ? nil : after.dropFirst()
        } else {
            if let colon = authority.lastIndex(of: ":") {
                host = authority[..<colon]
                port = authority[authority.index(after: colon)...]
            }
            guard !host.isEmpty, host.utf8.allSatisfy(isNameByte) else {
                throw invalid(text, "has no valid host: write \(scheme(text))://host:port")
            }
        }
        guard let port else { return .tcp(host: String(host), port: defaults.port, tls: defaults.tls) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port), number > 0 else {
            throw invalid(text, "has no valid port: it must be 1 to 65535")
        }
        return .tcp(host: String(host), port: number, tls: defaults.tls)
    }

    /// The words before `://`.
    private static func scheme(_ text: String) -> Substring { text.prefix { $0 != ":" } }

    /// The address without what stands before the `@`, which may be a password.
    private static func redacted(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        return "\(scheme(text))://…\(text[at...])"
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }

    static func invalid(_ text: String, _ why: String) -> HTTPClientError {
        HTTPClientError(.invalidEndpoint, "the address \(text) \(why)")
    }

    static func unsupported(_ text: String, _ scheme: String) -> HTTPClientError {
        HTTPClientError(
            .unsupportedScheme,
            "the scheme \(scheme):// of the address \(text) is not supported — use unix://, tcp://, http:// or https://"
        )
    }
}

extension Endpoint: CustomStringConvertible {
    /// The address as it is written on a command line.
    package var description: String {
        switch self {
        case .unix(let path): "unix://\(path)"
        case .tcp(let host, let port, let tls): "\(tls == nil ? "tcp" : "https")://\(Self.bracketed(host)):\(port)"
        }
    }

    /// The host as it stands in a URL.
    static func bracketed(_ host: String) -> String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host }
}
