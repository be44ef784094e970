import CaissonBuildContext
import CaissonBuildModel
import CaissonText
import Glibc

/// A build whose files are there and whose standard input is known: ready for an engine.
struct BuildInputs: Sendable {
    /// The build.
    var request: BuildRequest
    /// The tar on standard input, when the context is one.
    var tar: StandardInput?

    /// Looks up what a request names and reads standard input as far as it must; each thing that isn't there is a usage
    /// error that names it and what is near.
    init(_ request: BuildRequest, input: Descriptor) throws(BuildError) {
        self.request = request
        if case .remote(let address) = request.context { preferDirectory(named: address) }
        switch self.request.context {
        case .tarOnInput: try readContext(from: input)
        case .directory(let path): try Self.checkDirectory(path)
        case .remote, .empty: break
        }
        switch self.request.dockerfile {
        case .text where request.dockerfile == .text([]): try readDockerfile(from: input)
        case .text: break
        case .file(let path): try checkFile(path)
        case .inContext(nil): try checkDefaultFile()
        case .inContext: break
        }
    }

    /// A directory wins over an address without scheme.
    private mutating func preferDirectory(named address: String) {
        guard !address.contains("://"), FileFacts.kind(of: address) == .directory else { return }
        request.context = .directory(address)
        if case .inContext(let path?) = request.dockerfile { request.dockerfile = .file(path) }
    }

    // MARK: Standard input

    private mutating func readContext(from descriptor: Descriptor) throws(BuildError) {
        let input = try StandardInput.open(descriptor)
        switch input.content {
        case .tar:
            tar = input
        case .unsupported(let name):
            throw BuildError(
                .usage,
                "standard input is \(name), which BuildKit doesn't take; send a tar: plain, gzip, bzip2 or xz"
            )
        case .nothing:
            throw BuildError(.usage, "standard input is empty; send a tar or a Dockerfile")
        case .text:
            if case .inContext(let path?) = request.dockerfile {
                throw BuildError(
                    .usage,
                    "standard input is no tar, so it is taken for the Dockerfile, but --file \(path.quoted) names another"
                )
            }
            request.context = .empty
            request.dockerfile = .text(try input.text())
        }
    }

    private mutating func readDockerfile(from descriptor: Descriptor) throws(BuildError) {
        let input = try StandardInput.open(descriptor)
        switch input.content {
        case .text:
            request.dockerfile = .text(try input.text())
        case .nothing:
            throw BuildError(.usage, "--file -: standard input is empty; send a Dockerfile")
        case .tar, .unsupported:
            throw BuildError(.usage, "--file -: standard input is an archive, not a Dockerfile")
        }
    }
}

// MARK: - The context's directory

extension BuildInputs {
    private static func checkDirectory(_ path: String) throws(BuildError) {
        switch FileFacts.kind(of: path) {
        case .directory:
            if let refusal = FileFacts.refusal(of: path, R_OK | X_OK) {
                throw BuildError(.usage, "can't read the context directory \(path.quoted): \(refusal)")
            }
        case .regular, .stream:
            throw BuildError(
                .usage,
                "the context \(path.quoted) is a file, not a directory; for a Dockerfile say --file \(path) DIRECTORY, "
                    + "for a tar - < \(path)"
            )
        case .missing(let reason) where reason.number == ENOENT:
            throw BuildError(.usage, "no such context directory: \(path.quoted)\(nearby(path))")
        case .missing(let reason):
            throw BuildError(.usage, "can't look into the context directory \(path.quoted): \(reason)")
        }
    }

    private static func nearby(_ path: String) -> String {
        let (parent, name) = FileFacts.split(path)
        let directories = FileFacts.names(in: parent).filter {
            FileFacts.kind(of: FileFacts.join(parent, $0)) == .directory
        }
        guard FileFacts.kind(of: parent) == .directory else { return "; \(parent.quoted) isn't there either" }
        guard let near = nearest(to: name, among: directories) else { return "" }
        return "; did you mean \(FileFacts.join(parent, near))?"
    }
}

// MARK: - The Dockerfile

extension BuildInputs {
    private func checkDefaultFile() throws(BuildError) {
        guard case .directory(let directory) = request.context, let path = ResolvedDockerfile(request)?.path else {
            return
        }
        guard case .missing(let reason) = FileFacts.kind(of: path), reason.number == ENOENT else {
            return try Self.checkReadable(path)
        }
        if let target = FileFacts.linkTarget(of: path) {
            throw BuildError(
                .usage,
                "the Dockerfile \(path.quoted) is a symbolic link to \(target.quoted), which isn't there"
            )
        }
        throw BuildError(
            .usage,
            "no Dockerfile in \(directory.quoted)\(Self.candidates(in: directory, like: "Dockerfile"))"
        )
    }

    private mutating func checkFile(_ path: String) throws(BuildError) {
        switch FileFacts.kind(of: path) {
        case .stream:
            request.dockerfile = .text(try Self.readStream(path))
        case .missing(let reason) where reason.number == ENOENT:
            throw BuildError(.usage, "no such Dockerfile: \(path.quoted)\(hint(forMissing: path))")
        default:
            try Self.checkReadable(path)
        }
    }

    private static func checkReadable(_ path: String) throws(BuildError) {
        switch FileFacts.kind(of: path) {
        case .directory:
            let name = FileFacts.join(path, "Dockerfile")
            let isThere = if case .regular = FileFacts.kind(of: name) { true } else { false }
            let hint = isThere ? "; did you mean \(name)?" : ""
            throw BuildError(.usage, "the Dockerfile \(path.quoted) is a directory\(hint)")
        case .missing(let reason):
            throw BuildError(.usage, "can't read the Dockerfile \(path.quoted): \(reason)")
        case .regular(size: 0):
            throw BuildError(.usage, "the Dockerfile \(path.quoted) is empty; it needs at least a FROM")
        case .regular(let size) where size > Int64(StandardInput.textLimit):
            throw BuildError(.usage, "the Dockerfile \(path.quoted) has \(size) bytes; BuildKit takes up to 16 MiB")
        case .regular, .stream:
            if let refusal = FileFacts.refusal(of: path, R_OK) {
                throw BuildError(.usage, "can't read the Dockerfile \(path.quoted): \(refusal)")
            }
        }
    }

    /// A pipe gives its bytes only once, so they are taken here.
    private static func readStream(_ path: String) throws(BuildError) -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw BuildError(.usage, "can't open the Dockerfile \(path.quoted): \(Errno(errno))") }
        defer { close(number) }
        let input = StandardInput(prefix: [], descriptor: Descriptor(number: number))
        let text = try input.text()
        guard !text.isEmpty else { throw BuildError(.usage, "the Dockerfile \(path.quoted) is empty") }
        return text
    }

    private func hint(forMissing path: String) -> String {
        let (parent, name) = FileFacts.split(path)
        if case .directory(let directory) = request.context, !path.hasPrefix("/") {
            let inside = FileFacts.join(directory, path)
            if case .regular = FileFacts.kind(of: inside) {
                return "; did you mean \(inside)? --file is relative to the current directory"
            }
        }
        return Self.candidates(in: parent, like: name)
    }

    /// The names in a directory that look like a Dockerfile's or like the one that was asked for.
    private static func candidates(in directory: String, like name: String) -> String {
        let names = FileFacts.names(in: directory).filter { candidate in
            let lower = candidate.lowercased()
            let looksRight = lower.contains("dockerfile") || lower.contains("containerfile")
            return (looksRight && !lower.hasSuffix(".dockerignore")) || editDistance(candidate, name, limit: 2) <= 2
        }.filter { FileFacts.kind(of: FileFacts.join(directory, $0)) != .directory }
        guard !names.isEmpty else { return "; name it with --file, or - to read it from standard input" }
        let shown = names.prefix(5).map { FileFacts.join(directory, $0) }.joined(separator: ", ")
        return "; near: \(shown)\(names.count > 5 ? ", …" : "") (choose with --file)"
    }
}
