import CaissonBuildModel
import CaissonContainerJobs
import CaissonSystem
import CaissonText

/// The stage that has the tree, and what it is made of.
struct KernelSourceStage {
    /// The instructions.
    let lines: [String]
    /// How the steps see it.
    let mount: JobDockerfile.Mount
    /// The context.
    let context: ContextSource
    /// What the context's files are chosen by.
    let ignoreFile: [UInt8]?

    /// Where the steps find the tree.
    static let target = "/src"

    /// - Throws: `BuildError` where the source isn't there, or can't be built from yet.
    init(_ source: KernelJob.Source) throws(BuildError) {
        var (folder, stage) = ("/", "source")
        switch source {
        case .path(let path):
            guard case .directory = PathFacts.kind(of: path) else {
                throw BuildError(.usage, "the source \(path.quoted) is no folder")
            }
            lines = ["FROM scratch AS source", "COPY . /"]
            context = .directory(path)
            ignoreFile = try Self.ignoreFile(of: path)
        case .archive(let path, let digest):
            try Self.check(path, digest)
            let (parent, name) = PathFacts.split(path)
            var words = DockerfileWords()
            words.append("ADD ")
            // A name is taken for a pattern, as with Go's `filepath.Match`.
            words.append(command: [name.escapingPattern, "/"])
            lines = ["FROM scratch AS source", words.text]
            context = .directory(parent)
            // Whatever is beside the archive isn't sent, nor can it leave the archive out.
            ignoreFile = Array("*\n!\(name.escapingPattern)\n".utf8)
        case .image(let image, let path):
            (folder, stage) = (path, "source")
            lines = ["FROM \(image.description) AS source"]
            context = .empty
            ignoreFile = nil
        case .git:
            throw BuildError(
                .unsupported,
                "a git repository isn't fetched by Caisson yet: clone it, and give the folder as the source"
            )
        }
        mount = .stage(stage, folder: folder, target: Self.target)
    }

    /// The ignore file of a tree, and what is never meant: its history may be gigabytes large.
    private static func ignoreFile(of path: String) throws(BuildError) -> [UInt8] {
        let file = PathFacts.join(path, ".dockerignore")
        guard case .regular = PathFacts.kind(of: file) else { return Array(".git\n".utf8) }
        do throws(BoundedFile.Failure) {
            return try BoundedFile.read(file, limit: 1 << 20) + Array("\n.git\n".utf8)
        } catch {
            throw BuildError(.usage, "\(file.quoted) \(error.explanation)")
        }
    }

    private static func check(_ path: String, _ digest: ContentDigest?) throws(BuildError) {
        let found: ContentDigest
        do throws(Errno) {
            let hasher = DigestHasher()
            try LogFile.read(path) { bytes throws(Errno) in if digest != nil { hasher.update(bytes) } }
            found = hasher.finish()
        } catch {
            throw BuildError(.usage, "the archive \(path.quoted) can't be read: \(error)")
        }
        guard let digest, digest != found else { return }
        throw BuildError(
            .usage,
            "checksum mismatch: \(path.quoted) has the SHA-256 \(found.hex), and \(digest.hex) is expected"
        )
    }
}

extension String {
    /// The text as a pattern that matches it alone.
    fileprivate var escapingPattern: String {
        var text = ""
        for scalar in unicodeScalars {
            if "*?[]\\".unicodeScalars.contains(scalar) { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
