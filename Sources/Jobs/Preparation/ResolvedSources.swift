import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// A build whose files are there and whose standard input is known.
struct ResolvedSources: Sendable {
    /// The build.
    var request: BuildRequest
    /// The tar on standard input, when the context is one.
    var tar: StandardInput?

    /// No more names of a directory are looked at to find one that is near.
    static let mostNames = 10_000

    /// Looks up what a request names and reads standard input as far as it must; each thing that isn't there is a usage
    /// error that names it and what is near.
    init(_ request: BuildRequest, input: BorrowedDescriptor?) throws(BuildError) {
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
        guard !address.contains("://"), PathFacts.kind(of: address) == .directory else { return }
        request.context = .directory(address)
        if case .inContext(let path?) = request.dockerfile { request.dockerfile = .file(path) }
    }

    // MARK: Standard input

    private mutating func readContext(from descriptor: BorrowedDescriptor?) throws(BuildError) {
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
            if case .text = request.dockerfile {
                throw BuildError(
                    .usage,
                    "standard input is no tar, and the Dockerfile is given by \(field: .dockerfile); send a tar, or name a directory"
                )
            }
            if case .inContext(let path?) = request.dockerfile {
                throw BuildError(
                    .usage,
                    """
                    standard input is no tar, so it is taken for the Dockerfile, but \(field: .dockerfile) \(path.quoted) names \
                    another
                    """
                )
            }
            request.context = .empty
            request.dockerfile = .text(try input.text())
        }
    }

    private mutating func readDockerfile(from descriptor: BorrowedDescriptor?) throws(BuildError) {
        let input = try StandardInput.open(descriptor)
        switch input.content {
        case .text:
            request.dockerfile = .text(try input.text())
        case .nothing:
            throw BuildError(.usage, "\(field: .dockerfile) -: standard input is empty; send a Dockerfile")
        case .tar, .unsupported:
            throw BuildError(.usage, "\(field: .dockerfile) -: standard input is an archive, not a Dockerfile")
        }
    }
}

// MARK: - The context's directory

extension ResolvedSources {
    private static func checkDirectory(_ path: String) throws(BuildError) {
        switch PathFacts.kind(of: path) {
        case .directory:
            if let refusal = PathFacts.refusal(of: path, R_OK | X_OK) {
                throw BuildError(.usage, "can't read the context directory \(path.quoted): \(refusal)")
            }
        case .regular, .stream:
            throw BuildError(
                .usage,
                """
                the context \(path.quoted) is a file, not a directory; for a Dockerfile say \(field: .dockerfile) \(path) \
                DIRECTORY, for a tar - < \(path)
                """
            )
        case .missing(let reason) where reason.number == ENOENT:
            throw BuildError(.usage, "no such context directory: \(path.quoted)\(nearby(path))")
        case .missing(let reason):
            throw BuildError(.usage, "can't look into the context directory \(path.quoted): \(reason)")
        }
    }

    private static func nearby(_ path: String) -> String {
        let (parent, name) = PathFacts.split(path)
        let directories = DirectoryNames.sorted(in: parent, limit: mostNames).filter {
            PathFacts.kind(of: PathFacts.join(parent, $0)) == .directory
        }
        guard PathFacts.kind(of: parent) == .directory else { return "; \(parent.quoted) isn't there either" }
        guard let near = nearest(to: name, among: directories) else { return "" }
        return "; did you mean \(PathFacts.join(parent, near))?"
    }
}
