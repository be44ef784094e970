import BuildContext
import BuildKit
import BuildModel
import Glibc

/// The files of a build, ready to be served: which trees the engine may read, and what the front end is told of them.
struct BuildInputs: Sendable {
    /// Trees by the names the front end knows.
    var trees: [String: SyncedTree] = [:]
    /// Options of the front end that say where context and Dockerfile come from.
    var attributes: [String: String] = [:]
    /// The upload that the context's archive comes by.
    var upload: UploadService?
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
