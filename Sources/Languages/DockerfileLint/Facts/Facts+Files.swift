import CaissonText
import CaissonDockerfile
import CaissonShell

extension Facts {
    /// Whether an archive that a COPY brings is unpacked by a later RUN of its stage.
    func isUnpacked(_ source: Word, copiedBy step: Step) -> Bool {
        var names = [PathText.lastName(source.unquoted)]
        if let target = step.instruction.words.last?.unquoted, !target.hasSuffix("/") {
            names.append(PathText.lastName(target))
        }
        return runs.contains { run in
            guard run.step.stage == step.stage, run.step.index > step.index else { return false }
            return run.commands.contains { command in
                ArchiveName.unpacks(command)
                    && command.arguments.contains { names.contains(PathText.lastName($0.text)) }
            }
        }
    }

    /// A file with a secret that a later layer deletes.
    struct DeletedSecret {
        var path: String
        var span: Range<Int>
        var step: Step
        var deletedIn: Int
    }

    /// The secrets that one instruction brings and a later RUN of the stage deletes.
    var deletedSecrets: [DeletedSecret] {
        var found: [DeletedSecret] = []
        for (index, step) in steps.enumerated() where !step.isTrigger && step.stage != nil {
            for (path, span) in secretFiles(of: step, run(at: index)) {
                guard let line = deletion(of: path, after: step) else { continue }
                found.append(DeletedSecret(path: path, span: span, step: step, deletedIn: line))
            }
        }
        return found
    }

    private func secretFiles(of step: Step, _ run: Run?) -> [(String, Range<Int>)] {
        if step.keyword == .copy || step.keyword == .add, step.instruction.flag("from") == nil {
            guard let target = step.instruction.words.last?.unquoted else { return [] }
            return sources(of: step).compactMap { source in
                let name = PathText.lastName(source.unquoted)
                let path = target.hasSuffix("/") || target == "." ? PathText.joined(target, name) : target
                return SecretName.isFile(name) || SecretName.isFile(PathText.lastName(target))
                    ? (path, source.span) : nil
            }
        }
        guard let run else { return [] }
        return run.commands.flatMap { command in
            command.shell.redirections.compactMap { redirection in
                guard redirection.symbol == ">" || redirection.symbol == ">>",
                    SecretName.isFile(PathText.lastName(redirection.target.text))
                else { return nil }
                return (redirection.target.text, command.span(redirection.target))
            }
        }
    }

    private func deletion(of path: String, after step: Step) -> Int? {
        let name = PathText.lastName(path)
        for run in runs where run.step.stage == step.stage && run.step.index > step.index {
            for command in run.commands where ["rm", "shred", "unlink"].contains(command.name) {
                let isIt = command.plainArguments().contains { word in
                    PathText.lastName(word.text) == name || path.hasPrefix(word.text + "/")
                }
                if isIt { return run.step.line }
            }
        }
        return nil
    }
}

/// Paths in the text of an instruction.
enum PathText {
    /// Whether a path doesn't depend on the working directory, as far as that can be known.
    static func isAbsolute(_ path: String) -> Bool {
        let bytes = Array(path.utf8.prefix(2))
        guard let first = bytes.first else { return false }
        if first == UInt8(ascii: "/") || first == UInt8(ascii: "$") || first == UInt8(ascii: "\\") { return true }
        return bytes.count > 1 && Ascii.isLetter(first) && bytes[1] == UInt8(ascii: ":")
    }

    /// The path without `.`, `..` and empty parts.
    static func cleaned(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        let joined = parts.joined(separator: "/")
        if path.hasPrefix("/") { return joined.isEmpty ? "/" : joined }
        return joined.isEmpty ? "." : joined
    }

    /// What follows the last `/`.
    static func lastName(_ path: String) -> String {
        path.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? path
    }

    /// Two parts with a `/` between.
    static func joined(_ one: String, _ other: String) -> String {
        one.hasSuffix("/") ? one + other : "\(one)/\(other)"
    }
}

/// The names of archives, and the commands that unpack them.
enum ArchiveName {
    private static let endings = [
        ".tar", ".Z", ".bz2", ".gz", ".lz", ".lzma", ".tZ", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz", ".txz",
        ".xz", ".tar.zst", ".tzst",
    ]
    private static let programs: Set<String> = [
        "unzip", "gunzip", "bunzip2", "unlzma", "unxz", "zgz", "uncompress", "zcat", "gzcat",
    ]

    /// Whether a name ends like an archive's.
    static func isArchive(_ name: String) -> Bool { endings.contains { name.hasSuffix($0) } }

    /// Whether a command unpacks something.
    static func unpacks(_ command: Command) -> Bool {
        if command.name == "tar" {
            return command.hasFlag("x", "extract", "get") || command.arguments.first?.text.hasPrefix("x") == true
        }
        return programs.contains(command.name)
    }
}

/// What ADD can do that COPY can't.
enum AddSource {
    /// An archive or a URL.
    static func isSpecial(_ source: String) -> Bool {
        ArchiveName.isArchive(source) || isURL(source) || isGit(source)
    }

    /// Whether a source is a Git repository.
    private static func isGit(_ source: String) -> Bool {
        let place = source.prefix { $0 != "#" }
        return ["git@", "git://", "ssh://"].contains(where: source.hasPrefix) || place.hasSuffix(".git")
    }

    private static func isURL(_ source: String) -> Bool { source.hasPrefix("http://") || source.hasPrefix("https://") }

    /// Whether COPY can't take the source, or perhaps can't.
    static func mayBeRemote(_ source: String) -> Bool {
        source.holds("$") || source.hasPrefix("git@") || source.holds("://") || source.hasSuffix(".git")
    }

    /// Whether a source is a directory, or a file whose ending says that it is something other than an archive.
    static func isHardlyAnArchive(_ source: String) -> Bool {
        if source.hasSuffix("/") || source == "." || source == ".." { return true }
        let name = source.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
        let ending = name[name.index(after: dot)...].lowercased()
        return plainEndings.contains(ending)
    }

    /// Endings of texts, programs and what is packed in ways that ADD doesn't unpack.
    private static let plainEndings: Set<String> = [
        "c", "cc", "cfg", "conf", "config", "cpp", "crt", "cs", "css", "csproj", "csv", "deb", "env", "go", "gradle",
        "h",
        "hpp", "html", "ini", "jar", "java", "js", "json", "jsx", "key", "kts", "list", "lock", "lua", "md", "mjs",
        "mod",
        "pem", "php", "pl", "properties", "proto", "pub", "py", "rb", "repo", "rpm", "rs", "service", "sh", "sql",
        "sum",
        "toml", "ts", "tsx", "txt", "vim", "war", "whl", "xml", "yaml", "yml", "zip",
    ]

    /// Whether it is a URL of a file; a Git repository needs no checksum, since it has its commit.
    static func isDownload(_ source: String) -> Bool {
        guard isURL(source) else { return false }
        return !(source.hasSuffix(".git") || source.holds(".git#"))
    }
}

/// File modes.
enum FileMode {
    /// Whether everyone may write, and no sticky bit protects the files of others.
    static func isWorldWritable(_ mode: String) -> Bool {
        if mode.utf8.allSatisfy({ Ascii.isDigit($0) }), mode.utf8.count == 3 || mode.utf8.count == 4 {
            guard let last = mode.last?.wholeNumberValue, last & 2 != 0 else { return false }
            return mode.utf8.count == 3 || (mode.first?.wholeNumberValue ?? 0) & 1 == 0
        }
        return mode.split(separator: ",").contains { part in
            guard let plus = part.firstIndex(where: { $0 == "+" || $0 == "=" }) else { return false }
            let who = part[..<plus]
            return (who.holds("o") || who.holds("a")) && part[plus...].holds("w")
                && who.allSatisfy { "ugoa".contains($0) }
        }
    }
}
