import CaissonBuildModel
import CaissonContainerJobs
import CaissonText
import CaissonYAML

// Where the tree comes from, and what it is configured by.

extension KernelJobReader {
    mutating func readSource(_ value: YAMLValue) {
        for entry in fields.entries(value, "source", keys: ["git", "archive", "image", "path", "patches"]) {
            if entry.key == "patches" {
                fields.note("source.patches", entry.place, "patches aren't applied yet: give a tree that has them")
                continue
            }
            sources[entry.key] = entry.place
            switch entry.key {
            case "path": if let path = fields.name(entry) { job.source = .path(path) }
            case "archive": readArchive(entry.value)
            case "image": readImage(entry.value)
            default: readGit(entry.value)
            }
        }
        guard sources.count <= 1 else {
            let all = sources.keys.sorted().joined(separator: ", ")
            return fields.note(
                "source.ambiguous",
                value.place,
                "the source is one of git, archive, image and path, not \(all)"
            )
        }
    }

    private mutating func readArchive(_ value: YAMLValue) {
        var (path, digest) = (String?.none, ContentDigest?.none)
        for entry in fields.entries(value, "archive", keys: ["path", "sha256", "stripComponents"]) {
            switch entry.key {
            case "path": path = fields.name(entry)
            case "sha256":
                guard let hex = fields.name(entry) else { continue }
                digest = try? ContentDigest(parsing: "sha256:\(hex)")
                if digest == nil {
                    fields.note("sha256.length", entry.value.place, "sha256 has 64 digits of 0-9a-f, not \(hex.quoted)")
                }
            default: _ = fields.number(entry, in: 0...1)
            }
        }
        guard let path else { return fields.note("source.archive", value.place, "archive needs a path") }
        job.source = .archive(path, digest: digest)
    }

    private mutating func readImage(_ value: YAMLValue) {
        var (image, folder) = (ImageReference?.none, "/")
        if value.entries == nil, let name = fields.text(value, "image") {
            image = reference(name, value.place)
        } else {
            for entry in fields.entries(value, "image", keys: ["ref", "subdir"]) {
                guard let text = fields.name(entry) else { continue }
                if entry.key == "ref" {
                    image = reference(text, entry.value.place)
                } else if text.split(separator: "/").contains("..") || text.contains(",") || text.hasBlankOrControl {
                    fields.note("path.outside", entry.value.place, "subdir: \(text.quoted) isn't a folder of the image")
                } else {
                    folder = text.hasPrefix("/") ? text : "/" + text
                }
            }
        }
        if let image { job.source = .image(image, folder: folder) }
    }

    private mutating func readGit(_ value: YAMLValue) {
        var git = KernelJob.Git("")
        let keys = ["url", "ref", "commit", "depth", "submodules", "auth", "keepGit"]
        for entry in fields.entries(value, "git", keys: keys) {
            switch entry.key {
            case "url": git.url = address(entry) ?? ""
            case "ref": git.reference = fields.text(entry)
            case "commit": git.commit = commit(entry)
            case "depth": git.depth = Int(fields.number(entry, in: 0...1_000_000) ?? 1)
            case "submodules": git.hasSubmodules = fields.flag(entry) ?? false
            case "auth":
                let given = fields.entries(entry.value, "auth", keys: ["secret", "ssh"])
                git.secret = given.first { $0.key == "secret" }.flatMap { fields.name($0) }
                git.ssh = given.first { $0.key == "ssh" }.flatMap { fields.name($0) }
            default: _ = fields.flag(entry)
            }
        }
        if value["url"] == nil { fields.note("source.git", value.place, "git needs a url") }
        job.source = .git(git)
    }

    /// The address of a repository, which must have no password in it.
    mutating func address(_ entry: YAMLEntry) -> String? {
        guard let url = fields.name(entry) else { return nil }
        let schemes = ["https", "http", "git", "ssh", "file"]
        guard let (scheme, rest) = url.cut(at: ":"), rest.hasPrefix("//"), schemes.contains(scheme) else {
            fields.note(
                "url.scheme",
                entry.value.place,
                "a url begins with one of \(schemes.map { $0 + "://" }.joined(separator: ", "))"
            )
            return nil
        }
        let host = rest.dropFirst(2).prefix { $0 != "/" }
        if let at = host.lastIndex(of: "@"), scheme != "ssh" || host[..<at].contains(":") {
            // What stands there is told to nobody.
            fields.note(
                "url.credentials",
                entry.value.place,
                "the url has a user or a password in it: use auth with a secret"
            )
            return nil
        }
        if url.hasBlankOrControl { fields.note("url.character", entry.value.place, "the url has blanks in it") }
        return url
    }

    /// A commit; `HEAD` is the branch's own last one.
    mutating func commit(_ entry: YAMLEntry) -> String? {
        guard let commit = fields.text(entry), commit != "HEAD", !commit.isEmpty else { return nil }
        guard commit.utf8.count == 40, commit.utf8.allSatisfy(\.isHexDigit) else {
            fields.note(
                "commit.length",
                entry.value.place,
                "a commit has 40 digits of 0-9a-f, and this has \(commit.utf8.count) characters"
            )
            return nil
        }
        return commit.lowercased()
    }

    // MARK: Configuration

    mutating func readConfig(_ value: YAMLValue) {
        if value.entries == nil, let base = fields.text(value, "config") {
            job.config.base = part(base, value.place) ?? job.config.base
            return
        }
        for entry in fields.entries(value, "config", keys: ["base", "fragments", "set", "strict"]) {
            switch entry.key {
            case "base":
                if let text = fields.name(entry) { job.config.base = part(text, entry.value.place) ?? job.config.base }
            case "fragments": job.config.fragments = fields.texts(entry).compactMap { part($0.text, $0.place) }
            case "set": for pair in fields.pairs(entry) { set(pair.name, pair.value, pair.place) }
            default: job.config.isStrict = fields.flag(entry) ?? true
            }
        }
    }

    /// A part of a configuration: `file:PATH`, or a target of the tree.
    mutating func part(_ text: String, _ place: TextPlace?) -> KernelJob.Part? {
        if text.hasPrefix("file:") { return .file(String(text.dropFirst(5))) }
        if text.contains("/") { return .file(text) }
        guard StepMarker.isName(text) else {
            fields.note("config.name", place, "\(text.quoted) is no target such as defconfig, and no file:PATH")
            return nil
        }
        return .tree(text)
    }

    /// A symbol's value.
    mutating func set(_ name: String, _ value: String, _ place: TextPlace?) {
        let symbol = name.hasPrefix("CONFIG_") ? name : "CONFIG_" + name
        guard symbol.utf8.count > 7, symbol.utf8.allSatisfy({ $0.isAlphanumeric || $0 == UInt8(ascii: "_") }) else {
            return fields.note("config.symbol", place, "\(name.quoted) is no symbol such as CONFIG_CRC4")
        }
        guard let value = Self.configValue(value) else {
            return fields.note("config.value", place, "\(symbol) is y, m, n, a number or a text in quotes")
        }
        job.config.symbols[symbol] = value
    }

    /// A value as a configuration has it; nil where it is none.
    static func configValue(_ text: String) -> String? {
        switch text {
        case "y", "m", "n": return text
        case "true": return "y"
        case "false": return "n"
        default: break
        }
        if Int64(text) != nil { return text }
        if text.hasPrefix("0x"), text.utf8.dropFirst(2).allSatisfy(\.isHexDigit), text.utf8.count > 2 { return text }
        guard text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count >= 2, !text.contains("\n") else { return nil }
        return text
    }
}
