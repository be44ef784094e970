import CaissonBuildModel
import CaissonContainerJobs
import CaissonText
import CaissonYAML

// Where the tree comes from, and what it is configured by.

extension KernelJobReader {
    mutating func readSource(_ value: YAMLValue) {
        for entry in fields.entries(value, "source", keys: ["git", "archive", "image", "path", "patches", "keepGit"]) {
            if entry.key == "patches" || entry.key == "keepGit" {
                if entry.key == "patches" { readPatches(entry.value) } else { readKept(entry) }
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

    private mutating func readKept(_ entry: YAMLEntry) { job.keepsHistory = fields.flag(entry) ?? job.keepsHistory }

    private mutating func readPatches(_ value: YAMLValue) {
        for item in value.list ?? [value] {
            if item.entries == nil {
                if let path = fields.text(item, "a patch") { addPatch(KernelJob.Patch(path), item.place) }
                continue
            }
            var patch = KernelJob.Patch("")
            for entry in fields.entries(item, "a patch", keys: ["path", "sha256", "strip"]) {
                switch entry.key {
                case "path": patch.path = fields.name(entry) ?? ""
                case "sha256": patch.digest = digest(entry)
                default: patch.strip = Int(fields.number(entry, in: 0...20) ?? 1)
                }
            }
            addPatch(patch, item.place)
        }
    }

    mutating func addPatch(_ patch: KernelJob.Patch, _ place: TextPlace?) {
        guard !patch.path.isEmpty else { return fields.note("source.patches", place, "a patch needs a path") }
        guard job.patches.count < 1000 else {
            return fields.note("source.patches", place, "there are more than 1000 patches")
        }
        job.patches.append(patch)
    }

    private mutating func digest(_ entry: YAMLEntry) -> ContentDigest? {
        guard let hex = fields.name(entry) else { return nil }
        let digest = try? ContentDigest(parsing: "sha256:\(hex)")
        if digest == nil {
            fields.note("sha256.length", entry.value.place, "sha256 has 64 digits of 0-9a-f, not \(hex.quoted)")
        }
        return digest
    }

    private mutating func readArchive(_ value: YAMLValue) {
        var (path, digest) = (String?.none, ContentDigest?.none)
        for entry in fields.entries(value, "archive", keys: ["path", "sha256", "stripComponents"]) {
            switch entry.key {
            case "path": path = fields.name(entry)
            case "sha256": digest = self.digest(entry)
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
                } else if !Self.isImageFolder(text) {
                    fields.note("path.outside", entry.value.place, "subdir: \(text.quoted) isn't a folder of the image")
                } else {
                    folder = text.begins(with: "/") ? text : "/" + text
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
            case "ref": git.reference = fields.name(entry).flatMap { name(ofReference: $0, entry.value.place) }
            case "commit": git.commit = commit(entry)
            case "depth": git.depth = Int(fields.number(entry, in: 0...1_000_000) ?? 1)
            case "submodules": git.hasSubmodules = fields.flag(entry) ?? false
            case "auth":
                let given = fields.entries(entry.value, "auth", keys: ["secret", "ssh"])
                git.secret = given.first { $0.key == "secret" }.flatMap { mountID($0) }
                git.ssh = given.first { $0.key == "ssh" }.flatMap { mountID($0) }
            default: readKept(entry)
            }
        }
        if value["url"] == nil { fields.note("source.git", value.place, "git needs a url") }
        job.source = .git(git)
    }

    /// The id of a secret or an agent, which becomes a part of an instruction.
    private mutating func mountID(_ entry: YAMLEntry) -> String? {
        guard let id = fields.name(entry) else { return nil }
        if Self.isMountID(id) { return id }
        fields.note("auth.id", entry.value.place, "\(id.quoted) can't name a secret: letters, digits, and . _ -")
        return nil
    }

    static func isMountID(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.allSatisfy { $0.isAlphanumeric || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    mutating func address(_ entry: YAMLEntry) -> String? {
        fields.name(entry).flatMap { address($0, entry.value.place) }
    }

    /// The address of a repository, which must have no password in it.
    mutating func address(_ url: String, _ place: TextPlace?) -> String? {
        let schemes = ["https", "http", "git", "ssh", "file"]
        guard let (scheme, rest) = url.cut(at: ":"), rest.begins(with: "//"), schemes.contains(scheme) else {
            let all = schemes.map { $0 + "://" }.joined(separator: ", ")
            fields.note("url.scheme", place, "a url begins with one of \(all)")
            return nil
        }
        let host = rest.utf8.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
        if let at = host.lastIndex(of: UInt8(ascii: "@")), scheme != "ssh" || host[..<at].contains(UInt8(ascii: ":")) {
            // What stands there is told to nobody.
            fields.note("url.credentials", place, "the url has a user or a password in it: use auth with a secret")
            return nil
        }
        if url.hasBlankOrControl { fields.note("url.character", place, "the url has blanks in it") }
        return url
    }

    /// A branch or tag, or another name of git's.
    mutating func name(ofReference text: String, _ place: TextPlace?) -> String? {
        let isWrong =
            text.begins(with: "-") || text.hasBlankOrControl || text.pieces(at: ".").dropFirst().dropLast().contains("")
            || text.utf8.contains { ":^~?*[\\+".utf8.contains($0) }
        guard isWrong else { return text }
        fields.note("git.ref", place, "\(text.quoted) can't be a branch or tag")
        return nil
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
        if text.begins(with: "file:") { return .file(String(Substring(text.utf8.dropFirst(5)))) }
        if text.has("/") { return .file(text) }
        guard StepMarker.isName(text) else {
            fields.note("config.name", place, "\(text.quoted) is no target such as defconfig, and no file:PATH")
            return nil
        }
        return .tree(text)
    }

    /// A symbol's value.
    mutating func set(_ name: String, _ value: String, _ place: TextPlace?) {
        let symbol = name.begins(with: "CONFIG_") ? name : "CONFIG_" + name
        guard KernelBuild.isSymbol(symbol) else {
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
        if text.begins(with: "0x"), text.utf8.dropFirst(2).allSatisfy(\.isHexDigit), text.utf8.count > 2 { return text }
        guard text.begins(with: "\""), text.ends(with: "\""), text.utf8.count >= 2, !text.utf8.contains(0x0A) else {
            return nil
        }
        return text
    }
}
