package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// The git work tree that a build's context is in, as git itself tells it.
package struct WorkTree: Sendable {
    /// Its root, an absolute path without links.
    package var root: String
    /// The commit; nil before the first.
    package var commit: String?
    /// The address of the remote that the branch follows, else of `origin`, else of `upstream`.
    package var remote: String?

    /// The names of the labels that say where an image's source is.
    private static let labels = (
        revision: "org.opencontainers.image.revision", source: "org.opencontainers.image.source",
        entry: "com.docker.image.source.entrypoint"
    )

    /// Asks git about a request's context; nil where that is no directory of a work tree, or there is no git.
    ///
    /// - Parameter looksForChanges: Whether a work tree with changes has `-dirty` at the end of its commit.
    package static func around(
        _ request: BuildRequest,
        environment: [String: String],
        looksForChanges: Bool
    ) async throws -> WorkTree? {
        guard case .directory(let path) = request.context, let context = canonical(path), isBelowGit(context),
            let git = Git(in: context, environment)
        else { return nil }
        // Each question starts git, so these are several in two, side by side.
        async let configuration = git.remotes()
        // Before the first commit it answers the first question alone.
        let answers = try await git.lines("rev-parse", "--show-toplevel", "HEAD", "--symbolic-full-name", "HEAD")
        guard let first = answers.first, first.hasPrefix("/"), let root = canonical(first) else { return nil }
        var tree = WorkTree(root: root)
        if answers.count == 3 { tree.commit = answers[1] }
        if looksForChanges, let commit = tree.commit, try await git.hasChanges() { tree.commit = commit + "-dirty" }
        var names = ["origin", "upstream"]
        let remotes = try await configuration
        if answers.count == 3, answers[2].hasPrefix("refs/heads/"),
            let followed = remotes.remote(followedBy: String(answers[2].dropFirst("refs/heads/".count)))
        {
            names.insert(followed, at: 0)
        }
        tree.remote = names.lazy.compactMap(remotes.address).first.map(withoutCredentials)
        return tree
    }

    /// What the engine is told for the provenance.
    package func revision(of request: BuildRequest) -> SourceRevision {
        var revision = SourceRevision()
        (revision.source, revision.commit) = (remote, commit)
        guard case .directory(let path) = request.context, let context = Self.canonical(path) else { return revision }
        revision.context = below(context)
        revision.dockerfile = Self.dockerfile(of: request, context).flatMap { below(PathFacts.split($0).directory) }
        return revision
    }

    /// The labels that `BUILDX_GIT_LABELS` asks for.
    package func labels(for request: BuildRequest) -> [String: String] {
        var labels: [String: String] = [:]
        labels[Self.labels.revision] = commit
        labels[Self.labels.source] = remote
        if case .directory(let path) = request.context, let context = Self.canonical(path) {
            labels[Self.labels.entry] = Self.dockerfile(of: request, context).flatMap(below)
        }
        return labels
    }

    private func below(_ path: String) -> String? {
        if path == root { return "." }
        let prefix = root == "/" ? root : root + "/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
    }

    private static func dockerfile(of request: BuildRequest, _ context: String) -> String? {
        switch request.dockerfile {
        case .text: return nil
        case .inContext(let name): return "\(context)/\(name ?? "Dockerfile")"
        case .file(let path):
            let (directory, name) = PathFacts.split(path)
            return canonical(directory).map { "\($0)/\(name)" }
        }
    }

    private static func canonical(_ path: String) -> String? {
        guard let found = realpath(path.cPath, nil) else { return nil }
        defer { free(found) }
        return String(validatingCString: found)
    }

    /// Whether a directory or one above it has `.git`: without it, git isn't worth its start.
    private static func isBelowGit(_ path: String) -> Bool {
        var place = path
        while true {
            if access((place + "/.git").cPath, F_OK) == 0 { return true }
            guard place != "/", place.contains("/") else { return false }
            place = PathFacts.split(place).directory
        }
    }

    /// An address without the user and password that may stand in it: a user may be a token, and images are public.
    static func withoutCredentials(_ address: String) -> String {
        guard let (scheme, rest) = address.cut(at: ":"), rest.hasPrefix("//") else { return address }
        let authority = rest.dropFirst(2).prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return address }
        return scheme + "://" + rest[rest.index(after: at)...]
    }
}

/// The program, in one directory.
private struct Git {
    let program: String
    let directory: String
    let environment: [String]

    init?(in directory: String, _ environment: [String: String]) {
        let places = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        guard let found = places.map({ String($0) + "/git" }).first(where: { access($0, X_OK) == 0 }) else {
            return nil
        }
        program = found
        self.directory = directory
        var variables = environment
        // Its own words are read; and a status doesn't refresh the index of a tree that somebody works in.
        variables["LC_ALL"] = "C"
        variables["GIT_OPTIONAL_LOCKS"] = "0"
        self.environment = variables.map { $0.key + "=" + $0.value }
    }

    /// The lines that it says, empty ones left out.
    func lines(_ words: String...) async throws -> [String] {
        let output = try await run(words)?.output ?? []
        return output.split(separator: 0x0A).compactMap { String(validating: $0, as: UTF8.self) }
    }

    /// What its configuration says of remotes.
    func remotes() async throws -> RemoteSettings {
        RemoteSettings(try await run(["config", "-z", "--get-regexp", RemoteSettings.pattern])?.output ?? [])
    }

    /// Whether there is anything but what is committed, ignored files too, as buildx asks.
    func hasChanges() async throws -> Bool {
        guard let outcome = try await run(["status", "--porcelain", "--ignored"]) else { return true }
        return outcome.status != 0 || !outcome.output.isEmpty
    }

    private func run(_ words: [String]) async throws -> HelperProgram.Outcome? {
        var call = HelperProgram(
            executable: program,
            arguments: ["-c", "log.showSignature=false", "-C", directory] + words,
            environment: environment
        )
        call.outputLimit = 16 << 20
        call.deadline = .seconds(10)
        do {
            return try await call.run()
        } catch is HelperProgram.Failure {
            return nil
        }
    }
}
