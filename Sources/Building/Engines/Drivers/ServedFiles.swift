import CaissonBuildContext
import CaissonBuildKit
package import CaissonBuildModel
import CaissonText

/// The files of a build, ready to be served: which trees the engine may read, and what the front end is told of them.
struct ServedFiles: Sendable {
    /// Trees by the names the front end knows.
    var trees: [String: SyncedTree] = [:]
    /// Options of the front end that say where context and Dockerfile come from.
    var attributes: [String: String] = [:]
    /// The upload that the context's archive comes by.
    var upload: UploadService?
    /// Image layouts by the names that the engine asks for them.
    var stores: [String: ServedLayout] = [:]
    /// The same for every build of one context directory.
    var sharedKey = ""
    /// The same for the directories of contexts, by the names of their trees.
    var keys: [String: String] = [:]

    /// Opens what the request names.
    ///
    /// - Throws: `BuildError` with code `usage` that names what isn't there.
    init(_ request: BuildRequest) throws(BuildError) {
        switch request.context {
        case .directory(let path):
            let source = try ServedFiles.open(path)
            trees["context"] = .directory(source)
            sharedKey = source.sharedKey()
            keys["context"] = sharedKey
        case .remote(let address):
            attributes["context"] = address
        case .tarOnInput:
            guard let input = request.input else {
                throw BuildError(.usage, "no standard input was given for the build context")
            }
            let upload = UploadService(id: Session.makeID(), source: input.next)
            attributes["context"] = upload.address
            self.upload = upload
        case .empty:
            trees["context"] = .files([])
        }
        try addDockerfile(request)
        for (name, context) in request.contexts { try add(context, named: name) }
    }

    private mutating func add(_ context: NamedContext, named name: String) throws(BuildError) {
        let key = "context:\(name)"
        switch context {
        case .remote(let address): attributes[key] = address
        case .image(let reference): attributes[key] = "docker-image://\(reference)"
        case .target: break
        case .directory(let path):
            // The names of the build's own trees stay theirs.
            let tree = ["context", "dockerfile"].contains(name) ? "_\(name)" : name
            let source = try ServedFiles.open(path)
            trees[tree] = .directory(source)
            attributes[key] = "local:\(tree)"
            keys[tree] = source.sharedKey()
            attributes["sharedkey:localdir:\(name)"] = keys[tree]
        case .layout(let path, let tag, let digest):
            let store = Session.makeID()
            do {
                let layout = try ImageLayout.open(path)
                let found =
                    try digest ?? layout.digest(ofTag: tag ?? "latest") ?? (tag == nil ? layout.onlyDigest() : nil)
                guard let found, try layout.blob(found) != nil else {
                    throw BuildError(
                        .usage,
                        "\(field: .contexts) \(name)=\(context) isn't there: the layout has no such image"
                    )
                }
                stores["oci:\(store)"] = ServedLayout(layout, isWritable: false)
                attributes[key] = "oci-layout://\(store)@\(found)"
            } catch let error as BuildError {
                throw error
            } catch {
                throw BuildError(.usage, "\(field: .contexts) \(name)=\(context) can't be read: \(error)")
            }
        }
    }

    private mutating func addDockerfile(_ request: BuildRequest) throws(BuildError) {
        let resolved = ResolvedDockerfile(request)
        if let resolved, resolved.name.hasRawBytes {
            // Engines are told its name, which has to be UTF-8.
            do throws(BuildContextError) {
                return replaceDockerfile(try resolved.text(), of: request)
            } catch {
                throw BuildError(.usage, error.message)
            }
        }
        switch request.dockerfile {
        case .inContext(let name):
            attributes["filename"] = name ?? "Dockerfile"
            guard let resolved, case .directory(let context)? = trees["context"] else { return }
            // The Dockerfile's directory is a tree of its own, as the ignore file that belongs to it lies beside it.
            let isBelow = name?.contains("/") ?? false
            trees["dockerfile"] = .directory(isBelow ? try ServedFiles.open(resolved.directory ?? ".") : context)
            attributes["filename"] = resolved.name
        case .file(let path):
            trees["dockerfile"] = .directory(try ServedFiles.open(resolved?.directory ?? "."))
            attributes["filename"] = resolved?.name ?? path
            attributes["dockerfilekey"] = "dockerfile"
        case .text(let text):
            trees["dockerfile"] = .files([MemoryFile(name: "Dockerfile", content: text)])
            attributes["filename"] = "Dockerfile"
            attributes["dockerfilekey"] = "dockerfile"
        }
    }

    /// Puts another text in the Dockerfile's place; the ignore file that belongs to it stays.
    mutating func replaceDockerfile(_ text: [UInt8], of request: BuildRequest) {
        var files = [MemoryFile(name: "Dockerfile", content: text)]
        if let ignore = ResolvedDockerfile(request)?.ownIgnoreFile {
            files.append(MemoryFile(name: "Dockerfile.dockerignore", content: ignore))
        }
        trees["dockerfile"] = .files(files)
        attributes["filename"] = "Dockerfile"
        attributes["dockerfilekey"] = "dockerfile"
    }

    private static func open(_ path: String) throws(BuildError) -> DirectorySource {
        do {
            return try DirectorySource(path: path)
        } catch {
            throw BuildError(.usage, error.message)
        }
    }
}

extension BuildRequest {
    /// What names the directories of its contexts in snapshots, by the contexts' names.
    ///
    /// - Throws: `BuildError` that names what isn't there.
    package func contextDirectories() throws(BuildError) -> [String: String] { try ServedFiles(self).keys }

    /// The files of a context as they are now, in the selection that a snapshot is of; nil where it isn't of a directory that
    /// is known to hold it.
    ///
    /// - Throws: `BuildError` where a file can't be read; `CancellationError`.
    package func snapshot(like earlier: ContextSnapshot) async throws -> ContextSnapshot? {
        guard case .directory(let source)? = try ServedFiles(self).trees[earlier.name] else { return nil }
        return try await withTaskExecutorPreference(FileExecutor.shared) {
            try ContextScan.snapshot(of: source, like: earlier)
        }
    }
}
