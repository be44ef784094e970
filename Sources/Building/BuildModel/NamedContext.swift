import CaissonText

/// A source beside the build context that a Dockerfile may name: one `--build-context`.
public enum NamedContext: Sendable, Hashable {
    /// A directory on this machine, with its own ignore file.
    case directory(String)
    /// A git repository or an http(s) address, read by the engine.
    case remote(String)
    /// An image of a registry.
    case image(ImageReference)
    /// An image in an OCI layout on this machine; without tag or digest its `latest` or its only one.
    case layout(path: String, tag: String?, digest: String?)
    /// What another target of the same batch makes, by its name; see `BuildLinks`.
    case target(String)

    /// Reads `NAME=SOURCE`.
    ///
    /// - Returns: The name as a Dockerfile's `FROM` and `--from` are matched with, and the source.
    public static func pair(parsing text: String) throws(ParseError) -> (name: String, context: NamedContext) {
        guard let (rawName, source) = text.cut(at: "="), !rawName.isEmpty, !source.isEmpty else {
            throw wrong(text, "it has no name or no source")
        }
        let reference: ImageReference
        do {
            reference = try ImageReference(parsing: rawName.trimmed)
        } catch {
            throw wrong(text, "\(rawName.quoted) can't be a name: \(error.problem)")
        }
        let familiar = reference.familiar
        let name = familiar.hasSuffix(":latest") ? String(familiar.dropLast(7)) : familiar
        return (name, try NamedContext(source, of: text))
    }

    private init(_ source: String, of text: String) throws(ParseError) {
        guard !source.utf8.contains(0), source != "-" else {
            throw Self.wrong(text, "a named context is never standard input")
        }
        if let rest = source.rest(after: "docker-image://") {
            self = .image(try ImageReference(parsing: rest))
        } else if let rest = source.rest(after: "oci-layout://") {
            self = try Self.layout(rest, of: text)
        } else if source.hasPrefix("target:") {
            throw Self.wrong(text, "target: is for targets of a batch; name a stage of this Dockerfile by FROM")
        } else {
            switch try ContextSource(parsing: source) {
            case .remote(let address): self = .remote(address)
            default: self = .directory(source)
            }
        }
    }

    private static func layout(_ rest: String, of text: String) throws(ParseError) -> NamedContext {
        var path = rest
        var digest: String?
        if let (head, tail) = rest.cut(at: "@") {
            guard tail.hasPrefix("sha256:"), tail.utf8.count == 71 else {
                throw wrong(text, "digest \(tail.quoted) must be sha256: and 64 digits")
            }
            (path, digest) = (head, tail)
        }
        var tag: String?
        if let colon = path.utf8.lastIndex(of: UInt8(ascii: ":")), !path[colon...].utf8.contains(UInt8(ascii: "/")) {
            tag = String(path[path.utf8.index(after: colon)...])
            path = String(path[..<colon])
        }
        guard !path.isEmpty, tag?.isEmpty != true else { throw wrong(text, "the layout's directory or tag is empty") }
        return .layout(path: path, tag: tag, digest: digest)
    }

    private static func wrong(_ text: String, _ problem: String) -> ParseError {
        let (name, source) = text.cut(at: "=") ?? (text, "")
        let shown = source.isEmpty ? name : "\(name)=\(ContextSource.redacted(source))"
        return ParseError(
            "named context",
            shown,
            problem,
            expected: "NAME=DIRECTORY, a git or http(s) address, docker-image://NAME or oci-layout://DIRECTORY[:TAG]"
        )
    }
}

extension NamedContext: CustomStringConvertible {
    /// The source as the flag spells it.
    public var description: String {
        switch self {
        case .directory(let path): path
        case .remote(let address): address
        case .image(let reference): "docker-image://\(reference)"
        case .layout(let path, let tag, let digest):
            "oci-layout://\(path)" + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
        case .target(let name): "target:\(name)"
        }
    }
}

extension String {
    /// What follows a prefix; nil where the text doesn't begin with it.
    package func rest(after prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
