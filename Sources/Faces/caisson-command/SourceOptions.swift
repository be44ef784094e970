import ArgumentParser
import CaissonBuildModel
import CaissonPreparation
import CaissonText

/// Where a build's files and its Dockerfile come from.
struct SourceOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "The Dockerfile (default: PATH/Dockerfile); an http(s) address, or - for standard input.",
            valueName: "path|url"
        )
    )
    var file: String?

    @Argument(
        help: ArgumentHelp(
            "The directory with the files, a git or http(s) address, or - for a tar or a Dockerfile on standard input.",
            valueName: "path|url|-"
        )
    )
    var context: String

    /// The sources as the words say, before anything is looked up: standard input is a tar until it is read, and the text
    /// of a Dockerfile from there is empty.
    func sources() throws(BuildError) -> (context: ContextSource, dockerfile: DockerfileSource) {
        let source = try FlagValue.of("the build context") { () throws(ParseError) in
            try ContextSource(parsing: context)
        }
        return (source, try dockerfile(for: source))
    }

    /// The address that the Dockerfile is at; nil where it is here or in the context.
    var dockerfileAddress: String? {
        guard let file, file.hasPrefix("http://") || file.hasPrefix("https://") else { return nil }
        return file
    }

    private func dockerfile(for source: ContextSource) throws(BuildError) -> DockerfileSource {
        // As with docker, an empty name is none: scripts pass `-f "$FILE"`.
        guard let file, !file.isEmpty else { return .inContext(nil) }
        guard file != "-" else { return .text([]) }
        guard !file.utf8.contains(0) else { throw BuildError(.usage, "--file \(file.quoted) has a NUL character") }
        // What is fetched takes this place; see `dockerfileAddress`.
        guard dockerfileAddress == nil else { return .inContext(nil) }
        switch source {
        case .directory, .empty: return .file(file)
        case .remote: return file.hasPrefix("/") ? .file(file) : .inContext(file)
        case .tarOnInput: return .inContext(file)
        }
    }
}

/// Names the flag in the error of its value.
enum FlagValue {
    /// What `parse` makes of the value of `flag`.
    static func of<Value>(_ flag: String, _ parse: () throws(ParseError) -> Value) throws(BuildError) -> Value {
        do {
            return try parse()
        } catch {
            throw BuildError(.usage, flag.hasPrefix("--") ? "\(flag): \(error)" : error.description)
        }
    }

    /// What `parse` makes of each value of `flag`.
    static func each<Value>(
        _ flag: String,
        _ texts: [String],
        _ parse: (String) throws(ParseError) -> Value
    ) throws(BuildError) -> [Value] {
        var values: [Value] = []
        for text in texts { values.append(try of(flag) { () throws(ParseError) in try parse(text) }) }
        return values
    }
}

/// The work trees that contexts are in, as far as git was asked; nil for a context that is in none.
struct KnownWorkTrees {
    fileprivate var byContext: [ContextSource: WorkTree?] = [:]
}

extension BuildRequest {
    /// Adds where the context stands in version control, as buildx's variables say: to the provenance unless
    /// `BUILDX_GIT_INFO` is off, and to the labels where `BUILDX_GIT_LABELS` is on; the user's own labels stay.
    ///
    /// - Parameter known: The work trees of builds before this one; git is asked once a directory.
    mutating func describeSource(asSaidBy environment: [String: String], _ known: inout KnownWorkTrees) async throws {
        func isOn(_ name: String) -> Bool? { GoBoolean.parse(environment[name] ?? "") }
        let wantsLabels = environment["BUILDX_GIT_LABELS"] == "full" || isOn("BUILDX_GIT_LABELS") == true
        // Nobody reads it where there is no provenance; and each question starts git.
        let asked = attestations.filter { $0.kind == .provenance }
        let isKept = asked.isEmpty ? !exportsFilesOnly : asked.contains { !$0.isDisabled }
        let hasProvenance = provenanceDetail != .none || isKept
        let wantsRevision = isOn("BUILDX_GIT_INFO") != false && hasProvenance
        guard wantsLabels || wantsRevision else { return }
        let tree: WorkTree?
        if let found = known.byContext[context] {
            tree = found
        } else {
            tree = try await WorkTree.around(
                self,
                environment: environment,
                looksForChanges: isOn("BUILDX_GIT_CHECK_DIRTY") == true
            )
            known.byContext.updateValue(tree, forKey: context)
        }
        guard let tree else { return }
        if wantsLabels { labels.merge(tree.labels(for: self)) { own, _ in own } }
        if wantsRevision { revision = tree.revision(of: self) }
    }

    /// The same for a build by itself.
    mutating func describeSource(asSaidBy environment: [String: String]) async throws {
        var trees = KnownWorkTrees()
        try await describeSource(asSaidBy: environment, &trees)
    }
}

/// What steps may use and nobody may see.
struct SecretOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            A secret for RUN --mount=type=secret,id=NAME: id=NAME[,src=FILE|,env=VARIABLE], or NAME for the environment \
            variable or else the file of that name. With rotate=true a changed value rebuilds the steps after \
            ARG CAISSON_SECRET_NAME. Repeatable.
            """,
            valueName: "secret"
        )
    )
    var secret: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            An SSH agent for RUN --mount=type=ssh: default, or ID[=SOCKET|KEY[,KEY…]]: the agent of SSH_AUTH_SOCK, another \
            one, one of its own for private keys, or the user's narrowed to public keys. Steps can only list keys and sign. \
            Repeatable.
            """,
            valueName: "agent"
        )
    )
    var ssh: [String] = []

    @Flag(help: "Show the values of secrets in output and errors, where they are replaced by *** otherwise.")
    var noMask = false

    /// Puts the options into a request.
    func apply(to request: inout BuildRequest) throws(BuildError) {
        let given = secret.filter { !$0.isEmpty }
        request.secrets = try FlagValue.each("--secret", given) { (text) throws(ParseError) in
            try SecretSpec(parsing: text)
        }
        request.ssh = try FlagValue.each("--ssh", ssh.filter { !$0.isEmpty }) { (text) throws(ParseError) in
            try SSHSpec(parsing: text)
        }
        request.masksSecrets = !noMask
    }
}
