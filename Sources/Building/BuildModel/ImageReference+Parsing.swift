import CaissonText

// The grammar and the normalisation are those of github.com/distribution/reference, which docker and BuildKit use:
//   reference = [domain "/"] path [":" tag] ["@" digest], "debian" meaning "docker.io/library/debian:latest".

extension ImageReference {
    private static let form = "[REGISTRY[:PORT]/]REPOSITORY[:TAG][@DIGEST]"

    /// Reads a reference in full or familiar form; `latest` stands in where neither tag nor digest is given.
    public init(parsing text: String) throws(ParseError) {
        func wrong(_ problem: String) -> ParseError {
            ParseError("image reference", text, problem, expected: Self.form)
        }
        guard !text.isEmpty else { throw wrong("it is empty") }
        guard text.utf8.count <= 1024 else { throw wrong("it is too long") }
        if text.utf8.count == 64, text.utf8.allSatisfy({ $0.isDigit || (0x61...0x66).contains($0) }) {
            throw wrong("a name can't be 64 hexadecimal digits, which is the form of an image id")
        }
        let (domain, remainder) = Self.split(text)
        guard Self.isDomain(domain) else { throw wrong("\(domain.quoted) is no registry host") }
        let (named, digest) = remainder.cut(at: "@") ?? (remainder, nil)
        let (path, tag) = named.cut(at: ":") ?? (named, nil)
        guard !path.hasUppercaseASCII else {
            // Said of the name as it was written, without the `library/` that was put in front.
            let name = text.hasPrefix("library/") || !path.hasPrefix("library/") ? path : String(path.dropFirst(8))
            throw wrong("repository name \(name.quoted) must be lowercase, such as \(name.lowercased().quoted)")
        }
        if let problem = Self.problem(ofPath: path) { throw wrong(problem) }
        if let tag, let problem = Self.problem(ofTag: tag) { throw wrong(problem) }
        if let digest, let problem = Self.problem(ofDigest: digest) { throw wrong(problem) }
        self.init(domain: domain, path: path, tag: tag ?? (digest == nil ? "latest" : nil), digest: digest)
    }

    /// The name as people write it: without `docker.io/` and `library/`.
    public var familiar: String {
        guard domain == "docker.io" else { return description }
        let isOfficial = path.hasPrefix("library/") && path.utf8.dropFirst(8).contains(UInt8(ascii: "/")) == false
        return (isOfficial ? String(path.dropFirst(8)) : path) + suffix
    }

    private var suffix: String { (tag.map { ":" + $0 } ?? "") + (digest.map { "@" + $0 } ?? "") }

    private static func split(_ text: String) -> (domain: String, remainder: String) {
        var (domain, remainder) = ("docker.io", text)
        if let (head, tail) = text.cut(at: "/") {
            let looksLikeHost = head.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
            if head == "localhost" || looksLikeHost || head.hasUppercaseASCII { (domain, remainder) = (head, tail) }
        }
        if domain == "index.docker.io" { domain = "docker.io" }
        let isShort = !remainder.utf8.contains(UInt8(ascii: "/"))
        return (domain, domain == "docker.io" && isShort ? "library/" + remainder : remainder)
    }

    private static func isDomain(_ text: String) -> Bool {
        var host = text
        if text.hasPrefix("[") {
            guard let (address, rest) = String(text.dropFirst()).cut(at: "]") else { return false }
            guard !address.isEmpty, address.utf8.allSatisfy({ $0.isHexDigit || $0 == UInt8(ascii: ":") }) else {
                return false
            }
            return rest.isEmpty || (rest.hasPrefix(":") && isPort(String(rest.dropFirst())))
        }
        if let (head, port) = text.cut(at: ":") {
            guard isPort(port) else { return false }
            host = head
        }
        return host.pieces(at: ".").allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return first.isAlphanumeric && last.isAlphanumeric
                && label.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPort(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(\.isDigit) && UInt16(text) != nil
    }

    private static func problem(ofPath path: String) -> String? {
        guard !path.isEmpty else { return "the repository's name is missing" }
        guard path.utf8.count <= 255 else { return "the repository's name is longer than 255 characters" }
        for component in path.pieces(at: "/") where !isPathComponent(component) {
            return "\(component.quoted) can't be part of a repository's name, "
                + "which is a-z and 0-9 with single '.', '_', '__' or '-' between them"
        }
        return nil
    }

    /// `[a-z0-9]+` with `.`, `_`, `__` or any number of `-` between.
    private static func isPathComponent(_ text: String) -> Bool {
        var separator: [UInt8] = []
        var isFirst = true
        for byte in text.utf8 {
            if byte.isDigit || byte.isLowercase {
                let isFine =
                    separator.isEmpty || separator == [UInt8(ascii: ".")] || separator == [UInt8(ascii: "_")]
                    || separator == [UInt8(ascii: "_"), UInt8(ascii: "_")]
                    || separator.allSatisfy { $0 == UInt8(ascii: "-") }
                guard isFine else { return false }
                separator = []
                isFirst = false
            } else {
                guard !isFirst else { return false }
                separator.append(byte)
            }
        }
        return separator.isEmpty && !isFirst
    }

    private static func problem(ofTag tag: String) -> String? {
        guard let first = tag.utf8.first else { return "the tag after ':' is empty" }
        guard tag.utf8.count <= 128 else { return "the tag is longer than 128 characters" }
        let isWord = { (byte: UInt8) in byte.isAlphanumeric || byte == UInt8(ascii: "_") }
        let isFine = tag.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        return isWord(first) && isFine ? nil : "tag \(tag.quoted) may only have letters, digits, '_', '.' and '-'"
    }

    private static func problem(ofDigest digest: String) -> String? {
        guard let (algorithm, hex) = digest.cut(at: ":"),
            let length = ["sha256": 64, "sha384": 96, "sha512": 128][algorithm]
        else { return "digest \(digest.quoted) must begin with sha256:, sha384: or sha512:" }
        let isFine = hex.utf8.count == length && hex.utf8.allSatisfy { $0.isHexDigit && !$0.isUppercase }
        return isFine ? nil : "the digest must have \(length) lower-case hexadecimal digits"
    }
}

extension ImageReference: CustomStringConvertible {
    /// The full form, such as `docker.io/library/debian:12`.
    public var description: String { "\(domain)/\(path)\(suffix)" }
}
