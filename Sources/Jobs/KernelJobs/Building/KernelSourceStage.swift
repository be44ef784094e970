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
    /// What is fetched before the steps; nil where nothing is.
    var fetch: JobDockerfile.Fetch?
    /// Mounts that the steps need besides.
    var further: [JobDockerfile.Mount] = []

    /// Where the steps find the tree.
    static let target = "/src"

    /// - Throws: `BuildError` where the source isn't there, or can't be built from yet.
    init(_ job: KernelJob) throws(BuildError) {
        if case .git(let git) = job.source {
            self.init(git, of: job)
            return
        }
        let plain = try Self(job.source, keepsHistory: job.keepsHistory)
        self = job.patches.isEmpty ? plain : Self(patching: plain)
    }

    /// A tree that a run of its own brings into mounts, as a step that may use the network can't be known from its cache.
    private init(_ git: KernelJob.Git, of job: KernelJob) {
        let hasher = DigestHasher()
        hasher.update(Array(git.url.utf8))
        let repository = String(hasher.finish().hex.prefix(16))
        // The tree is the job's own, as another may want another commit; objects are shared.
        let id = "caisson-tree-\(repository)-\(job.name)-\(job.architecture.name)"
        let objects = JobDockerfile.Mount.cache(id: "caisson-git-\(repository)", target: "/git", isLocked: false)
        mount = .cache(id: id, target: Self.target, isLocked: true)
        (lines, context, ignoreFile) = ([], .empty, nil)
        var mounts = [mount, objects]
        if let secret = git.secret { mounts.append(.secret(id: secret, target: "/run/secrets/caisson-git")) }
        if let agent = git.ssh { mounts.append(.ssh(id: agent)) }
        fetch = JobDockerfile.Fetch(
            mounts: mounts,
            command: ["sh", "\(JobDockerfile.Folder.files)/run.sh", "fetch"]
        )
        if job.keepsHistory { further = [objects] }
    }

    /// The tree of another stage with the job's patches in it.
    private init(patching plain: KernelSourceStage) {
        guard case .stage(let stage, let folder, _) = plain.mount else {
            self = plain
            return
        }
        let files = JobDockerfile.Folder.files
        // Only the patches are mounted: another configuration patches no tree again.
        let mounts = ["patches", "patch.sh"].map {
            "--mount=type=bind,from=files,source=\(files)/\($0),target=\(files)/\($0)"
        }
        lines =
            plain.lines + [
                "FROM toolchain AS patched", "USER 0:0", "COPY --from=\(stage) \(folder) /tree/",
                "RUN \(mounts.joined(separator: " ")) [\"sh\", \"\(files)/patch.sh\"]",
            ]
        mount = .stage("patched", folder: "/tree", target: Self.target)
        (context, ignoreFile) = (plain.context, plain.ignoreFile)
    }

    private init(_ source: KernelJob.Source, keepsHistory: Bool) throws(BuildError) {
        var (folder, stage) = ("/", "source")
        switch source {
        case .path(let path):
            guard case .directory = PathFacts.kind(of: path) else {
                throw BuildError(.usage, "the source \(path.quoted) is no folder")
            }
            lines = ["FROM scratch AS source", "COPY . /"]
            context = .directory(path)
            ignoreFile = try keepsHistory ? nil : Self.ignoreFile(of: path)
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
        case .git: throw BuildError(.usage, "a git repository is fetched, not copied")
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
