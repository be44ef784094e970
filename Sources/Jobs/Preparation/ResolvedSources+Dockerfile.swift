import CaissonBuildContext
import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// The checks of a Dockerfile that lies on this machine.
extension ResolvedSources {
    func checkDefaultFile() throws(BuildError) {
        guard case .directory(let directory) = request.context, let path = ResolvedDockerfile(request)?.path else {
            return
        }
        guard case .missing(let reason) = PathFacts.kind(of: path), reason.number == ENOENT else {
            return try Self.checkReadable(path)
        }
        if let target = PathFacts.linkTarget(of: path) {
            throw BuildError(
                .usage,
                "the Dockerfile \(path.quoted) is a symbolic link to \(target.quoted), which isn't there"
            )
        }
        throw BuildError(
            .usage,
            "no Dockerfile in \(directory.quoted)\(message: Self.candidates(in: directory, like: "Dockerfile"))"
        )
    }

    mutating func checkFile(_ path: String) throws(BuildError) {
        switch PathFacts.kind(of: path) {
        case .stream:
            request.dockerfile = .text(try Self.readStream(path))
        case .missing(let reason) where reason.number == ENOENT:
            throw BuildError(.usage, "no such Dockerfile: \(path.quoted)\(message: hint(forMissing: path))")
        default:
            try Self.checkReadable(path)
        }
    }

    private static func checkReadable(_ path: String) throws(BuildError) {
        switch PathFacts.kind(of: path) {
        case .directory:
            let name = PathFacts.join(path, "Dockerfile")
            let isThere = if case .regular = PathFacts.kind(of: name) { true } else { false }
            let hint = isThere ? "; did you mean \(name)?" : ""
            throw BuildError(.usage, "the Dockerfile \(path.quoted) is a directory\(hint)")
        case .missing(let reason):
            throw BuildError(.usage, "can't read the Dockerfile \(path.quoted): \(reason)")
        case .regular(size: 0):
            throw BuildError(.usage, "the Dockerfile \(path.quoted) is empty; it needs at least a FROM")
        case .regular(let size) where size > Int64(ResolvedDockerfile.largest):
            throw BuildError(.usage, "the Dockerfile \(path.quoted) has \(size) bytes; BuildKit takes up to 16 MiB")
        case .regular, .stream:
            if let refusal = PathFacts.refusal(of: path, R_OK) {
                throw BuildError(.usage, "can't read the Dockerfile \(path.quoted): \(refusal)")
            }
        }
    }

    /// A pipe gives its bytes only once, so they are taken here.
    private static func readStream(_ path: String) throws(BuildError) -> [UInt8] {
        let number = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw BuildError(.usage, "can't open the Dockerfile \(path.quoted): \(Errno.last)") }
        defer { close(number) }
        let input = StandardInput(prefix: [], descriptor: BorrowedDescriptor(number: number))
        let text = try input.text()
        guard !text.isEmpty else { throw BuildError(.usage, "the Dockerfile \(path.quoted) is empty") }
        return text
    }

    private func hint(forMissing path: String) -> FieldMessage {
        let (parent, name) = PathFacts.split(path)
        if case .directory(let directory) = request.context, !path.hasPrefix("/") {
            let inside = PathFacts.join(directory, path)
            if case .regular = PathFacts.kind(of: inside) {
                return "; did you mean \(inside)? \(field: .dockerfile) is relative to the current directory"
            }
        }
        return Self.candidates(in: parent, like: name)
    }

    /// The names in a directory that look like a Dockerfile's or like the one that was asked for.
    private static func candidates(in directory: String, like name: String) -> FieldMessage {
        let names = DirectoryNames.sorted(in: directory, limit: mostNames).filter { candidate in
            let lower = candidate.lowercased()
            let looksRight = lower.contains("dockerfile") || lower.contains("containerfile")
            return (looksRight && !lower.hasSuffix(".dockerignore")) || editDistance(candidate, name, limit: 2) <= 2
        }.filter { PathFacts.kind(of: PathFacts.join(directory, $0)) != .directory }
        guard !names.isEmpty else { return "; name it with \(field: .dockerfile), or - to read it from standard input" }
        let shown = names.prefix(5).map { PathFacts.join(directory, $0) }.joined(separator: ", ")
        return "; near: \(shown)\(names.count > 5 ? ", …" : "") (choose with \(field: .dockerfile))"
    }
}
