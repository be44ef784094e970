import CaissonText

// Told apart as docker and BuildKit do: an http(s) address, a git address (`git://`, `ssh://`, `user@host:path`,
// `github.com/…`), `-`, and all else is a directory. Whether a directory of that very name exists is for the caller to
// look up first, as a directory wins over `user@host:path` and `github.com/…`.

extension ContextSource {
    private static let form = "a directory, a git or http(s) address, or -"
    private static let schemes = ["http", "https", "git", "ssh"]

    /// Reads `PATH|URL|-`.
    ///
    /// An address with a user's name or password in it is refused: it would be sent to the engine and
    /// kept in its history.
    public init(parsing text: String) throws(ParseError) {
        guard !text.isEmpty else { throw ParseError("build context", text, "it is empty", expected: Self.form) }
        guard text != "-" else {
            self = .tarOnInput
            return
        }
        guard !text.utf8.contains(0) else {
            throw ParseError("build context", text, "it has a NUL character", expected: Self.form)
        }
        if let (scheme, rest) = Self.scheme(of: text) {
            self = .remote(try Self.address(text, scheme: scheme, rest: rest))
        } else if text.hasPrefix("github.com/") || Self.isSecureCopyForm(text) {
            guard !text.hasBlankOrControl else { throw Self.blank(text) }
            self = .remote(text)
        } else {
            self = .directory(text)
        }
    }

    /// The text with what stands before an `@` in an address replaced, fit to be shown.
    package static func redacted(_ text: String) -> String {
        guard let (scheme, rest) = scheme(of: text) else { return text }
        let authority = String(Substring(rest.utf8.prefix { !Self.endsAuthority($0) }))
        guard let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) else { return text }
        let host = String(authority[at...])
        return "\(scheme)://***\(host)" + String(Substring(rest.utf8.dropFirst(authority.utf8.count)))
    }

    private static func scheme(of text: String) -> (scheme: String, rest: String)? {
        guard let (head, tail) = text.cut(at: ":"), tail.hasPrefix("//") else { return nil }
        let isScheme = { (byte: UInt8) in byte.isAlphanumeric || [0x2B, 0x2D, 0x2E].contains(byte) }
        guard let first = head.utf8.first, first.isAlphanumeric, head.utf8.allSatisfy(isScheme) else { return nil }
        return (head.lowercased(), String(Substring(tail.utf8.dropFirst(2))))
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains(byte)
    }

    private static func address(_ text: String, scheme: String, rest: String) throws(ParseError) -> String {
        let shown = redacted(text)
        guard schemes.contains(scheme) else {
            throw ParseError("build context", shown, "unknown scheme \(scheme.quoted)", expected: form)
        }
        guard !text.hasBlankOrControl else { throw blank(shown) }
        let authority = String(Substring(rest.utf8.prefix { !endsAuthority($0) }))
        var host = authority
        if let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
            let user = String(authority[..<at])
            let isBareUser = !user.utf8.contains(UInt8(ascii: ":")) && !user.utf8.contains(UInt8(ascii: "@"))
            guard scheme == "ssh", isBareUser else { throw hasCredentials(shown) }
            host = String(authority[authority.utf8.index(after: at)...])
        }
        guard !host.isEmpty, !host.hasPrefix(":") else {
            throw ParseError("build context", shown, "the address has no host", expected: form)
        }
        return "\(scheme)://\(rest)"
    }

    private static func hasCredentials(_ shown: String) -> ParseError {
        ParseError(
            "build context",
            shown,
            "a user name, password or token in an address would be kept in the engine's history; "
                + "leave it out, and give the token as the secret GIT_AUTH_TOKEN"
        )
    }

    private static func blank(_ shown: String) -> ParseError {
        ParseError("build context", shown, "an address can't have blanks or control characters", expected: form)
    }

    /// `user@host:path`, as git and scp take it.
    private static func isSecureCopyForm(_ text: String) -> Bool {
        guard let (user, rest) = text.cut(at: "@"), let (host, path) = rest.cut(at: ":") else { return false }
        let isUser = user.utf8.allSatisfy { $0.isAlphanumeric || [0x2D, 0x5F].contains($0) }
        let isHost = host.utf8.allSatisfy { $0.isAlphanumeric || [0x2D, 0x2E].contains($0) }
        return !user.isEmpty && !host.isEmpty && !path.isEmpty && isUser && isHost
    }
}

extension ContextSource: CustomStringConvertible {
    /// The directory, the address, or `-`.
    public var description: String {
        switch self {
        case .directory(let path): path
        case .remote(let address): address
        case .tarOnInput, .empty: "-"
        }
    }
}
