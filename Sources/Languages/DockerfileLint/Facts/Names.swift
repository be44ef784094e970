import CaissonText
import CaissonDockerfile

/// The parts of an image's name.
struct ImageName {
    /// The registry's host; nil for Docker Hub's short names.
    var registry: String?
    /// The tag.
    var tag: String?
    /// The digest.
    var digest: String?

    init(_ text: String) {
        var rest = Substring(text)
        if let at = rest.firstIndex(of: "@") {
            digest = String(rest[rest.index(after: at)...])
            rest = rest[..<at]
        }
        let lastSlash = rest.lastIndex(of: "/")
        if let colon = rest.lastIndex(of: ":"), lastSlash.map({ colon > $0 }) ?? true {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        if let slash = rest.firstIndex(of: "/") {
            let host = rest[..<slash]
            if host.holds(".") || host.holds(":") || host == "localhost" { registry = String(host) }
        }
    }

    /// Whether it comes from one of the registries; `*` at one end of a registry stands for any text.
    func isFrom(_ trusted: [String]) -> Bool {
        trusted.contains { pattern in
            let hosts = registry.map { [$0] } ?? ["docker.io", "hub.docker.com"]
            return hosts.contains { host in
                if pattern == "*" { return true }
                if pattern.hasPrefix("*") { return host.hasSuffix(pattern.dropFirst()) }
                if pattern.hasSuffix("*") { return host.hasPrefix(pattern.dropLast()) }
                return host == pattern
            }
        }
    }

    /// Whether a text can be an image's name: `[host/]path[:tag][@digest]`.
    static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, !first.isEmpty else { return false }
        if parts.count == 2, !isDigest(parts[1]) { return false }
        var name = first
        let lastSlash = name.lastIndex(of: "/")
        if let colon = name.lastIndex(of: ":"), lastSlash.map({ colon > $0 }) ?? true {
            let tag = name[name.index(after: colon)...]
            guard !tag.isEmpty, tag.utf8.count <= 128, tag.first != ".", tag.first != "-",
                tag.utf8.allSatisfy({ Ascii.isNameByte($0) || $0 == 0x2E || $0 == 0x2D })
            else { return false }
            name = name[..<colon]
        }
        return isPath(name)
    }

    /// `algorithm:hexadecimal`, with the right length if the algorithm is known.
    private static func isDigest(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].utf8.first, Ascii.isLetter(first) else { return false }
        let digits = parts[1].utf8
        guard digits.allSatisfy({ Ascii.isDigit($0) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x66) }) else { return false }
        let lengths = ["sha256": 64, "sha384": 96, "sha512": 128]
        return lengths[String(parts[0])].map { $0 == digits.count } ?? (digits.count >= 32)
    }

    private static func isPath(_ name: Substring) -> Bool {
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, let host = parts.first, host.holds(".") || host.holds(":") || host == "localhost" {
            guard host.utf8.allSatisfy({ Ascii.isNameByte($0) || [0x2E, 0x2D, 0x3A, 0x5B, 0x5D].contains($0) }) else {
                return false
            }
            parts.removeFirst()
        }
        return parts.allSatisfy { part in
            guard let first = part.utf8.first, let last = part.utf8.last else { return false }
            func isAlphanumeric(_ byte: UInt8) -> Bool { Ascii.isDigit(byte) || (byte >= 0x61 && byte <= 0x7A) }
            return isAlphanumeric(first) && isAlphanumeric(last)
                && part.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F }
        }
    }
}

/// Names of variables and files that hold secrets.
enum SecretName {
    private static let tokens: Set<String> = [
        "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token",
    ]
    private static let harmless: Set<String> = ["public", "file", "version"]
    private static let parts = ["api_key", "client_key", "password", "private", "secret", "token", "username"]
    private static let wellKnown: Set<String> = ["AWS_ACCESS_KEY_ID"]

    /// Whether BuildKit takes the name for a secret's, because of one of its words between underscores.
    static func isBuildKits(_ name: String) -> Bool {
        let words = name.lowercased().split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        return words.contains(where: tokens.contains) && !words.contains(where: harmless.contains)
    }

    /// Whether hadolint takes the name for a secret's, because of a text anywhere in it.
    static func isHadolints(_ name: String) -> Bool {
        if wellKnown.contains(name) { return true }
        let lower = name.lowercased()
        return parts.contains(where: lower.holds)
    }

    /// Whether a file's name, in small letters, says that everyone may see it: public keys, certificates, the keys by
    /// which packages are checked, texts and code about secrets.
    private static func isPublic(_ lower: String) -> Bool {
        let words = lower.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let harmless: Set<String> = [
            "archive", "apt", "ca", "cacert", "cacerts", "cert", "certificate", "certificates", "certs", "chain",
            "fullchain", "gpg", "keyring", "pub", "public", "pubkey", "release", "repo", "repository", "root", "rpm",
            "signing", "bundle", "yum", "dnf", "dearmor", "asc", "tokenizer", "tokenizers", "rootca", "gpgkey",
        ]
        let isPrivate = words.contains { ["private", "privkey", "secret", "secrets", "priv"].contains($0) }
        let codeEndings = [".py", ".js", ".ts", ".go", ".rb", ".java", ".rs", ".c", ".h", ".md", ".example", ".sample"]
        if codeEndings.contains(where: lower.hasSuffix) { return true }
        return !isPrivate && words.contains(where: harmless.contains)
    }

    /// Whether a file of this name usually holds a secret.
    static func isFile(_ name: String) -> Bool {
        let exact = [
            ".netrc", ".npmrc", ".pypirc", ".git-credentials", ".dockerconfigjson", ".pgpass", ".htpasswd", "_netrc",
        ]
        let starts = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"]
        let ends = [".pem", ".key", ".p12", ".pfx", ".jks", ".kdbx"]
        let lower = name.lowercased()
        if lower.hasSuffix(".pub") || isPublic(lower) { return false }
        return exact.contains(lower) || starts.contains(where: lower.hasPrefix) || ends.contains(where: lower.hasSuffix)
            || lower == "credentials" || lower.holds("secret") || lower.holds("token")
    }
}
