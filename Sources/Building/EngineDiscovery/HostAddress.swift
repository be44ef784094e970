import CaissonSystem

/// An engine's address as people write it, checked and in one spelling.
package struct HostAddress: Sendable, Hashable, CustomStringConvertible {
    /// The scheme, in lower case.
    package var scheme: String
    /// What follows `://`.
    package var rest: String

    /// The one spelling, `scheme://rest`.
    package var description: String { scheme + "://" + rest }

    private static let schemes = ["unix", "tcp", "http", "https", "ssh", "docker-container", "kube-pod"]

    /// Understands an address; an absolute path is a Unix socket and a bare `host:port` is TCP.
    package init(parsing text: String) throws(EngineError) {
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }), text.utf8.count <= 4096, !text.isEmpty else {
            throw EngineError(.badAddress, "the address “\(Self.printable(text))” holds spaces or control characters")
        }
        if text.hasPrefix("/") {
            (scheme, rest) = ("unix", text)
        } else if let (head, tail) = Self.split(text) {
            (scheme, rest) = (head.lowercased(), tail)
        } else {
            (scheme, rest) = ("tcp", text)
        }
        guard Self.schemes.contains(scheme) else {
            throw EngineError(
                .badAddress,
                "the address “\(text)” has the unknown scheme “\(scheme)”; known are \(Self.schemes.joined(separator: ", "))"
            )
        }
        try check(text)
    }

    private func check(_ text: String) throws(EngineError) {
        guard !rest.isEmpty, !rest.hasPrefix("-") else {
            throw EngineError(.badAddress, "the address “\(text)” names no host or path")
        }
        switch scheme {
        case "unix":
            guard rest.hasPrefix("/") else {
                throw EngineError(.badAddress, "the address “\(text)” needs an absolute path, as in unix:///run/x.sock")
            }
            guard rest.utf8.count <= UnixSocket.longestPath else {
                throw EngineError(
                    .badAddress,
                    "the socket path “\(rest)” is longer than the \(UnixSocket.longestPath) bytes allowed"
                )
            }
        case "tcp":
            if let port, UInt16(port).map({ $0 > 0 }) != true {
                throw EngineError(.badAddress, "the address “\(text)” has the bad port “\(port)”; use 1 to 65535")
            }
        default:
            break
        }
    }

    /// The port of a TCP address, as written.
    package var port: String? {
        let authority = rest.prefix { $0 != "/" }
        guard let colon = authority.lastIndex(of: ":") else { return nil }
        // The colons inside [::1] are no ports.
        if let bracket = authority.lastIndex(of: "]"), bracket > colon { return nil }
        return String(authority[authority.index(after: colon)...])
    }

    /// The host of an address whose text is one.
    static func host(of text: String) -> String? {
        guard let address = try? HostAddress(parsing: text) else { return nil }
        let authority = address.rest.prefix { $0 != "/" }
        guard let port = address.port else { return String(authority) }
        return String(authority.dropLast(port.utf8.count + 1))
    }

    /// The same address with a port where it had none.
    package func withDefaultPort(_ port: Int) -> HostAddress {
        guard scheme == "tcp", self.port == nil else { return self }
        var copy = self
        let authority = rest.prefix { $0 != "/" }
        copy.rest = authority + ":\(port)" + rest.dropFirst(authority.count)
        return copy
    }

    private static func split(_ text: String) -> (String, String)? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix("://") {
                return (String(text[..<index]), String(text[text.index(index, offsetBy: 3)...]))
            }
            index = text.index(after: index)
        }
        return nil
    }

    private static func printable(_ text: String) -> String {
        String(text.unicodeScalars.prefix(200).map { $0.value <= 0x20 || $0.value == 0x7f ? "?" : Character($0) })
    }
}
