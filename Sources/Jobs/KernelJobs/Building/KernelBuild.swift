package import CaissonBuildModel
package import CaissonContainerJobs
import CaissonSystem
import CaissonText

/// A kernel job as a build: its Dockerfile, the files that this carries, and the request for an engine.
package struct KernelBuild: Sendable {
    /// The job.
    package let job: KernelJob
    /// The Dockerfile.
    package let dockerfile: JobDockerfile
    /// What is asked of the engine, but for the Dockerfile.
    package private(set) var request: BuildRequest
    /// What the context's files are chosen by; nil where all of them are meant that the source has.
    package let ignoreFile: [UInt8]?
    /// The symbols that were asked for, with where they stand.
    package let requested: [RequestedSymbol]

    /// Where ccache has its files.
    static let cacheFolder = "/ccache"
    static let baseFile = "config/base"
    /// Larger configurations aren't carried; a whole one of a distribution has 300 KB.
    private static let configLimit = 4 << 20

    /// A symbol of the configuration that was asked for.
    package struct RequestedSymbol: Sendable, Hashable {
        /// The symbol, such as `CONFIG_CRC4`.
        package var name: String
        /// The value.
        package var value: String
        /// Where it was asked for.
        package var place: String
    }

    /// Makes a build.
    ///
    /// - Parameters:
    ///   - job: The job, whose paths are absolute.
    ///   - image: The image that has the tools.
    ///   - machine: The architecture of the engine's machine; nil where that isn't known.
    ///   - isVaried: Whether what a kernel must not depend on is otherwise than usual; see `KernelJob.Check`.
    /// - Throws: `BuildError` where a file of the configuration, or the source, can't be read.
    package init(
        _ job: KernelJob,
        run: BuildID,
        image: ImageReference,
        machine: TargetArchitecture?,
        isVaried: Bool = false
    ) throws(BuildError) {
        self.job = job
        let (config, requested) = try Self.configuration(job.config)
        self.requested = requested
        let source = try KernelSourceStage(job)
        let patches = try Self.patches(job.patches)
        let cross = job.toolchain.crossPrefix ?? (machine == job.architecture ? "" : job.architecture.crossPrefix)
        var environment = KernelEnvironment(job, crossPrefix: cross, source: KernelSourceStage.target)
        environment.set("KERNEL_PATCHES", patches.digest)
        environment.set("KERNEL_VARIED", isVaried ? "1" : "0")
        if isVaried { environment.set("BUILD", "/build-again") }
        let files =
            KernelScripts.files + config + patches.files + [
                JobFile("environment", environment.text),
                JobFile("make-arguments", Self.lines(job.make.arguments)),
                JobFile("dtbs", Self.lines(job.deviceTrees)),
                JobFile("patterns", job.results.patterns.texts.flatMap { Self.findable($0.pathBytes) + [0x0A] }),
            ]
        var dockerfile = JobDockerfile(
            run: run,
            image: image.description,
            files: files,
            command: ["sh", "\(JobDockerfile.Folder.files)/run.sh"]
        )
        dockerfile.stages = source.lines
        dockerfile.mounts = [source.mount] + source.further + Self.caches(of: job)
        dockerfile.fetch = source.fetch
        self.dockerfile = dockerfile
        ignoreFile = source.ignoreFile
        var request = BuildRequest(context: source.context)
        request.network = NetworkMode.none
        request.id = run
        self.request = request
    }

    /// The run of the steps.
    ///
    /// - Parameter path: Where the Dockerfile has been written, with the ignore file beside it.
    package func jobRun(_ path: String) -> JobRun {
        var request = request
        request.dockerfile = .file(path)
        var run = JobRun(dockerfile, request, titled: "kernel")
        run.timeout = job.timeout
        return run
    }

    /// Writes the Dockerfile into a folder, with the ignore file beside it, and returns where.
    ///
    /// - Throws: `BuildError` where it can't be written.
    package func write(to folder: String) throws(BuildError) -> String {
        let path = PathFacts.join(folder, "Dockerfile")
        do throws(Errno) {
            try AtomicFile.replace(path, with: Array(dockerfile.text.utf8), .usual)
            if let ignoreFile { try AtomicFile.replace(path + ".dockerignore", with: ignoreFile, .usual) }
        } catch {
            throw BuildError(.output, "can't write \(path.quoted): \(error)")
        }
        return path
    }

    /// Gives the build what it may read its source by: what was given, and what the job names besides.
    package mutating func take(secrets: [SecretSpec], ssh: [SSHSpec]) {
        (request.secrets, request.ssh) = (secrets, ssh)
        guard case .git(let git) = job.source else { return }
        if let id = git.secret, !secrets.contains(where: { $0.id == id }) { request.secrets.append(SecretSpec(id: id)) }
        if let id = git.ssh, !ssh.contains(where: { $0.id == id }) { request.ssh.append(SSHSpec(id: id)) }
    }

    private static func caches(of job: KernelJob) -> [JobDockerfile.Mount] {
        var mounts: [JobDockerfile.Mount] = []
        if let id = job.keptFolder {
            let name = "caisson-kernel-\(id.isEmpty ? job.name : id)-\(job.architecture.name)"
            mounts.append(.cache(id: name, target: "/build", isLocked: true))
        }
        if let wrapper = job.toolchain.wrapper {
            mounts.append(.cache(id: "caisson-\(wrapper)", target: cacheFolder, isLocked: false))
        }
        return mounts
    }

    /// The job's patches with a list of them, and the digest of all.
    private static func patches(_ patches: [KernelJob.Patch]) throws(BuildError) -> (files: [JobFile], digest: String) {
        var (files, list) = ([JobFile](), "")
        let all = DigestHasher()
        for (number, patch) in patches.enumerated() {
            let bytes: [UInt8]
            do throws(BoundedFile.Failure) {
                bytes = try BoundedFile.read(patch.path, limit: configLimit)
            } catch {
                throw BuildError(.usage, "the patch \(patch.path.quoted) \(error.explanation)")
            }
            let own = DigestHasher()
            own.update(bytes)
            let digest = own.finish()
            guard patch.digest == nil || patch.digest == digest else {
                let text = "checksum mismatch: \(patch.path.quoted) has the SHA-256 \(digest.hex)"
                throw BuildError(.usage, text + ", and \(patch.digest?.hex ?? "") is expected")
            }
            files.append(JobFile("patches/\(number).patch", bytes))
            // The name is only told; a line is a patch.
            list += "\(patch.strip) \(number).patch \(PathFacts.split(patch.path).name.quoted)\n"
            all.update(Array("\(patch.strip) \(digest.hex)\n".utf8))
        }
        files.append(JobFile("patches/list", list))
        return (files, patches.isEmpty ? "" : all.finish().hex)
    }

    /// The files of a configuration, and the symbols in them; the base's own aren't asked for, as it may be any target.
    private static func configuration(
        _ config: KernelJob.Config
    ) throws(BuildError) -> (files: [JobFile], symbols: [RequestedSymbol]) {
        var (files, lines, symbols) = ([JobFile](), [String](), [RequestedSymbol]())
        if case .file(let path) = config.base { files.append(JobFile(baseFile, try read(path))) }
        for (number, part) in config.fragments.enumerated() {
            switch part {
            case .tree(let target): lines.append("tree:\(target)")
            case .file(let path):
                let bytes = try read(path)
                files.append(JobFile("config/\(number).config", bytes))
                lines.append("file:\(JobDockerfile.Folder.files)/config/\(number).config")
                symbols += Self.symbols(bytes, of: path)
            }
        }
        if !config.symbols.isEmpty {
            let text = config.symbols.sorted { $0.key < $1.key }
                .map { $1 == "n" ? "# \($0) is not set" : "\($0)=\($1)" }
            files.append(JobFile("config/set.config", Self.lines(text)))
            lines.append("file:\(JobDockerfile.Folder.files)/config/set.config")
            symbols += config.symbols.sorted { $0.key < $1.key }
                .map { RequestedSymbol(name: $0, value: $1, place: "the job") }
        }
        files.append(JobFile("fragments", Self.lines(lines)))
        return (files, symbols)
    }

    private static func read(_ path: String) throws(BuildError) -> [UInt8] {
        do throws(BoundedFile.Failure) {
            return try BoundedFile.read(path, limit: configLimit)
        } catch {
            throw BuildError(.usage, "the configuration \(path.quoted) \(error.explanation)")
        }
    }

    /// The symbols of a fragment.
    static func symbols(_ bytes: [UInt8], of path: String) -> [RequestedSymbol] {
        var symbols: [RequestedSymbol] = []
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            let place = "\(path):\(number + 1)"
            let text = String(decoding: line, as: UTF8.self).trimmingBlanks
            let (unset, end) = ("# ", " is not set")
            if let (name, value) = text.cut(at: "="), isSymbol(name) {
                symbols.append(RequestedSymbol(name: name, value: value, place: place))
            } else if text.begins(with: unset), text.ends(with: end),
                text.utf8.count > unset.utf8.count + end.utf8.count
            {
                let name = String(Substring(text.utf8.dropFirst(unset.utf8.count).dropLast(end.utf8.count)))
                if isSymbol(name) { symbols.append(RequestedSymbol(name: name, value: "n", place: place)) }
            }
        }
        return symbols
    }

    /// Whether a text is a symbol's name, such as `CONFIG_CRC4`.
    static func isSymbol(_ text: String) -> Bool {
        text.begins(with: "CONFIG_") && text.utf8.count > "CONFIG_".utf8.count
            && text.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
    }

    private static func lines(_ texts: [String]) -> String { texts.map { $0 + "\n" }.joined() }

    /// A pattern as `find` has it, which finds more: there a star stands for slashes, too.
    static func findable(_ pattern: [UInt8]) -> [UInt8] {
        let (slash, star, blank) = (UInt8(ascii: "/"), UInt8(ascii: "*"), UInt8(ascii: " "))
        var found: [UInt8] = []
        // As a whole part, `**` may stand for nothing, and so may the slash behind it.
        let parts = pattern.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
        for (place, part) in parts.enumerated() {
            let isLast = place + 1 == parts.count
            if part.elementsEqual("**".utf8) {
                found.append(star)
            } else {
                found += Array(part) + (isLast ? [] : [slash])
            }
        }
        if pattern.last == slash, parts.last?.elementsEqual("**".utf8) != true { found += [slash, star] }
        // The shell that reads the line takes blanks at the ends of a word away.
        if found.first == blank { found[0] = UInt8(ascii: "?") }
        if found.last == blank {
            while let last = found.last, last == blank || last == UInt8(ascii: "\\") { found.removeLast() }
            found.append(star)
        }
        return Array((pattern.contains(slash) ? "path " : "name ").utf8) + found
    }
}

extension String {
    /// The text without white space of ASCII at its end.
    fileprivate var trimmingBlanks: String {
        let end = utf8.lastIndex { $0 != 0x20 && !(9...13).contains($0) }
        return end.map { String(Substring(utf8[...$0])) } ?? ""
    }
}
