package import CaissonBuildModel
import CaissonHTTPClient
package import CaissonPlanning
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

/// A definition at the address of a git repository, of an archive or of a single file.
///
/// The engine reads repositories and archives, as it reads them for builds; a single file is fetched here.
package struct RemoteDefinition: Sendable {
    /// The address.
    private let address: String
    private let environment: [String: String]

    /// Takes an address, and where proxies and the tokens of git servers are named.
    package init(_ address: String, environment: [String: String]) {
        self.address = address
        self.environment = environment
    }

    /// Where the contexts of the definition begin; a single file says nothing of where it is from.
    package func base(isSingleFile: Bool) -> BatchBase {
        guard !isSingleFile else { return BatchBase() }
        return BatchBase(address: address, isArchive: !isGit, secrets: tokens)
    }

    /// The file at the address; nil where it is a repository or an archive.
    ///
    /// - Throws: `BuildError` with code `usage` where there is nothing, and `deadlineExceeded`; or `CancellationError`.
    package func singleFile() async throws -> BakeFile? {
        guard !isGit, address.hasPrefix("http://") || address.hasPrefix("https://") else { return nil }
        let file = try RemoteFile(address, environment: environment)
        guard let bytes = try await file.text(of: "definition", limit: BakeFile.largest) else { return nil }
        return BakeFile(name: address, bytes: bytes)
    }

    /// Reads the files of a repository or archive.
    ///
    /// - Parameters:
    ///   - names: The files that are meant; the default ones where none is.
    ///   - build: Runs a build on the engine.
    /// - Throws: `BuildError` with code `usage` where there is none; what `build` throws.
    package func files(
        _ names: [String],
        build: (BuildRequest) async throws -> Void
    ) async throws -> [BakeFile] {
        let directory: String
        do throws(TemporaryDirectory.Failure) {
            directory = try TemporaryDirectory.make(for: "definition", environment)
        } catch {
            throw BuildError(.output, "\(error)")
        }
        defer { try? FileManager.default.removeItem(atPath: directory) }
        do {
            try await build(request(names, into: directory))
        } catch let error as BuildError where error.code == .step && !names.isEmpty {
            let named = names.map(\.quoted).joined(separator: " or ")
            throw BuildError(.usage, "there is no definition \(named) at \(shown)")
        }
        let found = names.isEmpty ? Self.found(in: directory) : names
        guard !found.isEmpty else {
            let known = Self.defaultNames.joined(separator: ", ")
            throw BuildError(.usage, "there is no definition at \(shown) (\(known)); name one")
        }
        var files: [BakeFile] = []
        for name in found {
            do throws(BoundedFile.Failure) {
                let bytes = try BoundedFile.read("\(directory)/\(Self.flat(name))", limit: BakeFile.largest)
                files.append(BakeFile(name: name, bytes: bytes))
            } catch {
                throw BuildError(.usage, "the definition \(name.quoted) at \(shown) \(error.explanation)")
            }
        }
        return files
    }

    /// The build that makes the files an output.
    private func request(_ names: [String], into directory: String) -> BuildRequest {
        let copies =
            names.isEmpty
            // A pattern that matches nothing is no mistake, as a name is.
            ? ["COPY " + Self.defaultNames.map { "\($0.dropLast())[\($0.suffix(1))] " }.joined() + "/"]
            : names.map { "COPY \(Self.words([Self.pattern($0), "/" + Self.flat($0)]))" }
        let text = (["FROM scratch"] + copies).map { $0 + "\n" }.joined()
        var request = BuildRequest(context: .remote(address), dockerfile: .text(Array(text.utf8)))
        request.exports = [.local(directory: directory, attributes: [:])]
        request.attestations = [Attestation(kind: .provenance, isDisabled: true)]
        request.secrets = tokens
        let keys = (environment["BUILDX_BAKE_GIT_SSH"] ?? "").pieces(at: ",").filter { !$0.isEmpty }
        if BatchBase.isOverSSH(address) { request.ssh = [SSHSpec(id: "default", paths: keys)] }
        return request
    }

    private var isGit: Bool {
        let path = address.cut(at: "#")?.head ?? address
        if path.hasPrefix("http://") || path.hasPrefix("https://") {
            return (path.cut(at: "?")?.head ?? path).hasSuffix(".git") || address.contains("#")
        }
        return true
    }

    /// The address without a user's name and password.
    private var shown: String { ContextSource.redacted(address) }

    /// The secrets that the engine gives to the git server, from buildx's variables (docker/buildx bake/gitauth.go).
    private var tokens: [SecretSpec] {
        guard isGit, let host = BatchBase.host(of: address) else { return [] }
        let variables = [
            ("GIT_AUTH_TOKEN", "BUILDX_BAKE_GIT_AUTH_TOKEN"), ("GIT_AUTH_HEADER", "BUILDX_BAKE_GIT_AUTH_HEADER"),
        ]
        return variables.compactMap { id, variable in
            environment[variable] == nil ? nil : SecretSpec(id: "\(id).\(host)", source: .environment(variable))
        }
    }

    /// A name in which nothing stands for other names.
    private static func pattern(_ name: String) -> String {
        name.map { "*?[\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// The name of the file in the output, which has no directories.
    private static func flat(_ name: String) -> String { name.map { $0 == "/" ? "_" : String($0) }.joined() }

    /// Words as a Dockerfile has them in brackets.
    private static func words(_ words: [String]) -> String {
        let quoted = words.map { word in
            "\"" + word.map { "\"\\".contains($0) ? "\\\($0)" : String($0) }.joined() + "\""
        }
        return "[\(quoted.joined(separator: ", "))]"
    }

    private static let defaultNames = Manifest.defaultNames + BakeFile.defaultNames

    /// What is read without a name: a manifest of ours, else all that bake would read.
    private static func found(in directory: String) -> [String] {
        func isThere(_ name: String) -> Bool {
            if case .regular = PathFacts.kind(of: "\(directory)/\(name)") { true } else { false }
        }
        return Manifest.defaultNames.first(where: isThere).map { [$0] } ?? BakeFile.defaultNames.filter(isThere)
    }
}
