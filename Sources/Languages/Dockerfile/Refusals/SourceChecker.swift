import CaissonText

/// Checks the sources of COPY and ADD that are no paths: repositories and files on the web.
struct SourceChecker {
    /// Whether the instruction is ADD, which takes them.
    let isAdd: Bool
    /// The value of `--checksum`; nil where there is none or it isn't known.
    let checksum: String?
    /// The value of `--keep-git-dir`.
    let keepsGitDirectory: Bool?

    /// Why BuildKit refuses a source.
    func complaint(_ source: String) -> String? {
        if let repository = Repository(source) {
            if let problem = repository.problem { return problem }
            if !repository.isLikeLocal { return complaint(repository) }
        }
        guard Self.isWeb(source) else { return nil }
        guard isAdd else { return "source can't be a URL for COPY" }
        return checksum.flatMap { $0.isEmpty ? nil : Values.complaint(ofDigest: $0) }
    }

    private func complaint(_ repository: Repository) -> String? {
        guard isAdd else { return "source can't be a git ref for COPY" }
        if let own = keepsGitDirectory, let other = repository.keepsGitDirectory, own != other {
            return "inconsistent keep-git-dir configuration"
        }
        if let own = checksum, let other = repository.checksum, !own.isEmpty, !other.isEmpty, own != other {
            return "checksum mismatch \(quoted(own)) != \(quoted(other))"
        }
        return nil
    }

    /// Why `--checksum` can't stand with these sources.
    static func complaint(checksumOf sources: [String]) -> String? {
        if sources.count != 1 { return "checksum can't be specified for multiple sources" }
        let isRemote = isWeb(sources[0]) || Repository(sources[0]).map { $0.problem == nil } == true
        return isRemote ? nil : "checksum requires HTTP(S) or Git sources"
    }

    private static func isWeb(_ source: String) -> Bool {
        source.hasPrefix("http://") || source.hasPrefix("https://")
    }
}

/// A git repository as a source of ADD.
struct Repository {
    /// Whether the text could be a path as well: `github.com/…`.
    private(set) var isLikeLocal = false
    /// What is wrong with the text after `?`.
    private(set) var problem: String?
    private(set) var keepsGitDirectory: Bool?
    private(set) var checksum: String?
    private var values: [String: [String]] = [:]

    /// Nil where the text is no repository's.
    init?(_ text: String) {
        if text.hasPrefix("./") || text.hasPrefix("../") { return nil }
        let (address, fragment) = text.cut(at: "#") ?? (text, "")
        let (location, query) = address.cut(at: "?") ?? (address, "")
        if text.hasPrefix("github.com/") {
            isLikeLocal = true
        } else if let scheme = Self.scheme(of: text) {
            guard Self.isRepository(scheme, location) else { return nil }
        } else if !Self.isSecureCopy(address, location) {
            return nil
        }
        read(query)
        for key in values.keys.sorted() where problem == nil { problem = complaint(key) }
        problem = problem ?? referenceComplaint(fragment)
    }

    private static func scheme(of text: String) -> String? {
        guard let colon = text.utf8.firstIndex(of: 0x3A), text[colon...].hasPrefix("://") else { return nil }
        let name = text[..<colon]
        return !name.isEmpty && name.utf8.allSatisfy(\.isAlphanumeric) ? name.lowercased() : nil
    }

    private static func isRepository(_ scheme: String, _ location: String) -> Bool {
        let rest = String(location.dropFirst(scheme.utf8.count + 3))
        let (authority, path) = rest.cut(at: "/") ?? (rest, "")
        guard isHost(authority.pieces(at: "@").last ?? ""), isEscaped(path) else { return false }
        switch scheme {
        case "git", "ssh": return true
        case "http", "https": return path.hasSuffix(".git")
        default: return false
        }
    }

    /// Whether Go's `url.Parse` takes a host, with or without a port.
    private static func isHost(_ text: String) -> Bool {
        let wrong: [UInt8] = Array(" `^{|}\\%".utf8)
        guard !text.utf8.contains(where: { wrong.contains($0) || $0 < 0x20 || $0 == 0x7F }) else { return false }
        let port = text.pieces(at: "]").last?.cut(at: ":")?.tail ?? ""
        return port.utf8.allSatisfy(\.isDigit)
    }

    /// Whether each `%` of a path stands before two digits.
    private static func isEscaped(_ path: String) -> Bool {
        path.pieces(at: "%").dropFirst().allSatisfy { part in
            part.utf8.count >= 2 && part.utf8.prefix(2).allSatisfy(\.isHexDigit)
        }
    }

    /// `user@host:path`.
    private static func isSecureCopy(_ address: String, _ location: String) -> Bool {
        guard let (user, rest) = location.cut(at: "@"), let (host, _) = rest.cut(at: ":") else { return false }
        let isUser = { (byte: UInt8) in byte.isAlphanumeric || byte == 0x2D || byte == 0x5F }
        let isName = { (byte: UInt8) in byte.isAlphanumeric || byte == 0x2D || byte == 0x2E }
        return !user.isEmpty && user.utf8.allSatisfy(isUser) && !host.isEmpty && host.utf8.allSatisfy(isName)
    }

    private mutating func read(_ query: String) {
        for part in query.pieces(at: "&") where !part.isEmpty && !part.utf8.contains(0x3B) {
            let (key, value) = part.cut(at: "=") ?? (part, "")
            values[key, default: []].append(value)
        }
    }

    private mutating func complaint(_ key: String) -> String? {
        let texts = values[key] ?? []
        if texts.count > 1 { return "query \(quoted(key)) has multiple values" }
        let text = texts.first ?? ""
        let isFlag = key == "keep-git-dir" || key == "submodules"
        if text.isEmpty, !isFlag { return "query \(quoted(key)) has no value" }
        switch key {
        case "ref", "tag", "branch", "subdir": return nil
        case "checksum", "commit":
            checksum = text
            return nil
        case "keep-git-dir", "submodules":
            let flag = text.isEmpty ? true : GoBoolean.parse(text)
            if key == "keep-git-dir" { keepsGitDirectory = flag }
            return flag == nil ? "invalid \(key) value: \(quoted(text))" : nil
        default: return "unexpected query \(quoted(key))"
        }
    }

    /// What contradicts what, in `?ref=…`, `?tag=…`, `?branch=…` and `#REF:DIRECTORY`.
    private func referenceComplaint(_ fragment: String) -> String? {
        let (own, directory) = fragment.cut(at: ":") ?? (fragment, "")
        if let other = values["subdir"]?.first, !directory.isEmpty, other != directory {
            return "subdir conflicts: \(quoted(directory)) vs \(quoted(other))"
        }
        var reference = own
        for (key, prefix) in [("ref", ""), ("tag", "refs/tags/"), ("branch", "refs/heads/")] {
            guard let value = values[key]?.first else { continue }
            if key == "branch", values["tag"] != nil { return "branch conflicts with tag" }
            let other = value.hasPrefix(prefix) ? value : prefix + value
            if !reference.isEmpty, reference != other {
                return "ref conflicts: \(quoted(reference)) vs \(quoted(other))"
            }
            reference = other
        }
        return nil
    }
}
