import CaissonText
import CaissonBuildModel
import CaissonHTTPClient

/// The parts of an `http` or `https` URL to which a registry sends us.
struct Location: Sendable, Hashable {
    /// `http` or `https`.
    var scheme: String
    /// The host; an IPv6 address without brackets.
    var host: String
    /// The port.
    var port: UInt16
    /// The path and query, from the first `/` on.
    var target: String

    /// Reads an absolute URL; nil if its scheme is another one, if it has a user, or if it isn't printable ASCII.
    init?(_ text: String) {
        guard text.utf8.count <= 32 << 10, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        guard let (scheme, rest) = text.cut(at: ":"), rest.hasPrefix("//") else { return nil }
        self.scheme = scheme.lowercased()
        guard self.scheme == "http" || self.scheme == "https" else { return nil }
        let body = rest.dropFirst(2).prefix { $0 != "#" }
        let authority = body.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@"), let parsed = Authority(String(authority)) else { return nil }
        host = parsed.host
        port = parsed.port ?? (self.scheme == "https" ? 443 : 80)
        let path = body[authority.endIndex...]
        target = path.hasPrefix("/") ? String(path) : "/" + path
    }

    /// Reads a `Location` header in the answer to a request.
    init?(_ text: String, from request: HTTPRequest) {
        if let absolute = Location(text) {
            self = absolute
            return
        }
        guard case .tcp(let host, let port, let tls) = request.endpoint, text.utf8.count <= 32 << 10 else { return nil }
        guard !text.contains("://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        self.scheme = tls == nil ? "http" : "https"
        self.host = host
        self.port = port
        let plain = text.prefix { $0 != "#" }
        if plain.hasPrefix("//") {
            guard let other = Location("\(scheme):\(plain)") else { return nil }
            self = other
        } else if plain.hasPrefix("/") {
            target = String(plain)
        } else {
            let folder = request.target.prefix { $0 != "?" }
            let end = folder.lastIndex(of: "/") ?? folder.startIndex
            target = String(folder[...end]) + plain
        }
    }

    /// The host and port as URLs have them; the port only if it isn't the scheme's own.
    var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (scheme == "https" ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Whether this location is at that endpoint.
    func isAt(_ endpoint: Endpoint) -> Bool {
        guard case .tcp(let host, let port, let tls) = endpoint else { return false }
        return host.lowercased() == self.host && port == self.port && (tls != nil) == (scheme == "https")
    }

    /// The target with further query parameters.
    func adding(_ parameters: [(String, String)]) -> String {
        let query = parameters.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
        guard !query.isEmpty else { return target }
        return target + (target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + query
    }

    /// A text as it is written in a query or a form.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if byte.isAlphanumeric || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte) {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
