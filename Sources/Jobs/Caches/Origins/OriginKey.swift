import CaissonBuildModel
import CaissonText

/// What the description of a record and the name of the step that made it have in common.
///
/// Seen on dockerd 20.10 (BuildKit 0.8), 26.1 (0.13) and 28 (0.23):
///
///     record                                              step
///     mount / from exec /bin/sh -c echo $V                [build 2/7] RUN --mount=… echo 1   a value for each variable
///     mount / from exec /bin/sh -c echo a\necho b\n       [build 2/7] RUN <<E (echo a...)    a heredoc's first line
///     mount / from exec cat a b                           [build 2/7] RUN ["cat", "a b"]
///     cached mount /c from exec … with id "/go"           the step that had the mount first
///     fileop target                                       [build 5/7] COPY src src           before BuildKit 0.12
///     [build 5/7] COPY src src                            [build 5/7] COPY src src           since then
///     local source for context                            [internal] load build context
///     pulled from docker.io/library/a:1@sha256:…          [build 1/7] FROM docker.io/library/a:1@sha256:…
///     http url https://a.example/x                        [build 7/7] ADD https://a.example/x /
///
/// An image that the engine itself made keeps the records of its steps: nothing is pulled then.
struct OriginKey: Hashable {
    enum Kind: UInt8, Hashable {
        /// A command, without the shell before it.
        case command
        /// A script of several lines, of which a step's name has the first.
        case script
        /// Any `ADD`, `COPY` or `WORKDIR`.
        case fileTarget
        case localSource
        case image
        /// An address, without what follows `#`.
        case remoteSource
        /// The step's whole name.
        case name
    }

    var kind: Kind
    var text: String

    /// Its text as a pattern; nil where it has no variables, or none are looked for.
    var pattern: CommandPattern? {
        switch kind {
        case .command, .script: CommandPattern(text)
        case .fileTarget, .localSource, .image, .remoteSource, .name: nil
        }
    }

    /// Whether several steps of a build may well have it, so that one of them isn't surely meant.
    var isCommon: Bool { kind == .script || kind == .fileTarget }
}

extension OriginKey {
    /// What a record tells; nil where that is nothing.
    init?(_ record: CacheRecord) {
        let text = record.description
        guard !text.isEmpty else { return nil }
        let isMount = text.hasPrefix("mount ") || text.hasPrefix("cached mount ")
        if isMount, let (_, command) = text.cut(atFirst: " from exec ") {
            self.init(command: OriginKey.withoutMountID(command, of: record).withoutShell)
        } else if text == "fileop target" {
            self.init(kind: .fileTarget, text: "")
        } else if let name = text.after("local source for ") {
            self.init(kind: .localSource, text: name)
        } else if let name = text.after("pulled from ") {
            self.init(kind: .image, text: name.withoutDigest)
        } else if let address = text.after("http url ") ?? text.after("git snapshot for ")
            ?? text.after("shared git repo for ")
        {
            self.init(kind: .remoteSource, text: address.cut(at: "#")?.head ?? address)
        } else {
            self.init(kind: .name, text: text)
        }
    }

    /// What a command that ran is recognised by; of several lines the first.
    private init(command: String) {
        let text = command.trimmed
        let first = text.cut(at: "\n")?.head
        self.init(kind: first == nil ? .command : .script, text: first?.trimmed ?? text)
    }

    private static func withoutMountID(_ command: String, of record: CacheRecord) -> String {
        guard record.mountID != nil else { return command }
        return command.cut(atLast: " with id \"")?.head ?? command
    }
}

extension OriginKey {
    /// What the records of a step are recognised by.
    static func keys(ofStep name: String) -> [OriginKey] {
        var keys = [OriginKey(kind: .name, text: name)]
        if let source = internalSources(name) { return keys + source }
        let instruction = name.hasPrefix("[") ? name.cut(atFirst: "] ")?.tail ?? name : name
        if let rest = instruction.after("RUN ") {
            keys.append(command(ofRun: rest))
        } else if let rest = instruction.after("FROM ") ?? instruction.after("docker-image://") {
            keys.append(OriginKey(kind: .image, text: rest.withoutDigest))
        } else if ["ADD ", "COPY ", "WORKDIR "].contains(where: instruction.hasPrefix) {
            keys.append(OriginKey(kind: .fileTarget, text: ""))
        }
        if instruction.hasPrefix("ADD ") || instruction.utf8.count == name.utf8.count {
            keys += instruction.pieces(at: " ").prefix(64).filter { $0.cut(atFirst: "://") != nil }
                .map { OriginKey(kind: .remoteSource, text: $0.cut(at: "#")?.head ?? $0) }
        }
        return keys
    }

    /// The names of local sources are the front end's: `context`, `dockerfile`, or of a named context.
    private static func internalSources(_ name: String) -> [OriginKey]? {
        func sources(_ names: String...) -> [OriginKey] { names.map { OriginKey(kind: .localSource, text: $0) } }
        if name == "[internal] load build context" { return sources("context") }
        if name.hasPrefix("[internal] load build definition from ") { return sources("dockerfile") }
        // A file beside the Dockerfile is read from there.
        if name.hasPrefix("[internal] load ."), name.hasSuffix("dockerignore") {
            return sources("context", "dockerfile")
        }
        if let rest = name.after("[context "), let (context, action) = rest.cut(atFirst: "] ") {
            return action == "load from client" ? sources(context) : nil
        }
        guard let address = name.after("[internal] load git source ") else { return nil }
        return [OriginKey(kind: .remoteSource, text: address.cut(at: "#")?.head ?? address)]
    }

    private static func command(ofRun text: String) -> OriginKey {
        let rest = text.trimmed.withoutFlags
        if let words = ExecForm.words(rest) {
            return OriginKey(command: words.joined(separator: " ").withoutShell)
        }
        if rest.hasPrefix("<<"), rest.hasSuffix(")"), let (_, summary) = rest.cut(atFirst: " (") {
            let line = String(summary.dropLast())
            guard line.hasSuffix("...") else { return OriginKey(command: line) }
            return OriginKey(kind: .script, text: String(line.dropLast(3)).trimmed)
        }
        return OriginKey(command: rest)
    }
}
