import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel
import Glibc

/// The files of a build, ready to be served: which trees the engine may read, and what the front end is told of them.
struct BuildInputs: Sendable {
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

    /// Opens what the request names.
    ///
    /// - Parameter input: Where the next bytes of standard input come from.
    /// - Throws: `BuildError` with code `usage` that names what isn't there.
    init(_ request: BuildRequest, input: UploadService.Source?) throws(BuildError) {
        switch request.context {
        case .directory(let path):
            let source = try BuildInputs.open(path)
            trees["context"] = .directory(source)
            sharedKey = source.sharedKey()
        case .remote(let address):
            attributes["context"] = address
        case .tarOnInput:
            guard let input else { throw BuildError(.usage, "no standard input was given for the build context") }
            let upload = UploadService(id: Session.makeID(), source: input)
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
        case .directory(let path):
            // The names of the build's own trees stay theirs.
            let tree = ["context", "dockerfile"].contains(name) ? "_\(name)" : name
            let source = try BuildInputs.open(path)
            trees[tree] = .directory(source)
            attributes[key] = "local:\(tree)"
            attributes["sharedkey:localdir:\(name)"] = source.sharedKey()
        case .layout(let path, let tag, let digest):
            let store = Session.makeID()
            do {
                let layout = try ImageLayout.open(path)
                let found =
                    try digest ?? layout.digest(ofTag: tag ?? "latest") ?? (tag == nil ? layout.onlyDigest() : nil)
                guard let found, try layout.blob(found) != nil else {
                    throw BuildError(
                        .usage,
                        "--build-context \(name)=\(context) isn't there: the layout has no such image"
                    )
                }
                stores["oci:\(store)"] = ServedLayout(layout, isWritable: false)
                attributes[key] = "oci-layout://\(store)@\(found)"
            } catch let error as BuildError {
                throw error
            } catch {
                throw BuildError(.usage, "--build-context \(name)=\(context) can't be read: \(error)")
            }
        }
    }

    private mutating func addDockerfile(_ request: BuildRequest) throws(BuildError) {
        switch request.dockerfile {
        case .inContext(let name):
            attributes["filename"] = name ?? "Dockerfile"
            guard case .directory(let context)? = trees["context"], case .directory(let root) = request.context else {
                return
            }
            try addLocal(Array((name ?? "Dockerfile").utf8), in: context, root: root, mayBeLowercase: name == nil)
        case .file(let path):
            let (directory, name) = BuildInputs.split(path)
            trees["dockerfile"] = .directory(try BuildInputs.open(directory))
            attributes["filename"] = name
            attributes["dockerfilekey"] = "dockerfile"
        case .text(let text):
            trees["dockerfile"] = .files([MemoryFile(name: "Dockerfile", content: text)])
            attributes["filename"] = "Dockerfile"
            attributes["dockerfilekey"] = "dockerfile"
        }
    }

    /// The Dockerfile's directory is a tree of its own, as the ignore file that belongs to it lies beside it.
    private mutating func addLocal(
        _ name: [UInt8],
        in context: DirectorySource,
        root: String,
        mayBeLowercase: Bool
    ) throws(BuildError) {
        guard name.contains(UInt8(ascii: "/")) else {
            trees["dockerfile"] = .directory(context)
            if mayBeLowercase, access("\(root)/Dockerfile", F_OK) != 0, access("\(root)/dockerfile", F_OK) == 0 {
                attributes["filename"] = "dockerfile"
            }
            return
        }
        let (directory, last) = BuildInputs.split("\(root)/\(String(decoding: name, as: UTF8.self))")
        trees["dockerfile"] = .directory(try BuildInputs.open(directory))
        attributes["filename"] = last
    }

    /// Puts another text in the Dockerfile's place; the ignore file that belongs to it stays.
    mutating func replaceDockerfile(_ text: [UInt8], of request: BuildRequest) {
        var files = [MemoryFile(name: "Dockerfile", content: text)]
        let path: String? =
            switch (request.dockerfile, request.context) {
            case (.file(let path), _): path
            case (.inContext(let name), .directory(let root)): "\(root)/\(name ?? "Dockerfile")"
            default: nil
            }
        if let path, let ignore = DockerfileText.read(path: "\(path).dockerignore") {
            files.append(MemoryFile(name: "Dockerfile.dockerignore", content: ignore.data))
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

    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        return (directory, String(path[path.index(after: slash)...]))
    }
}
