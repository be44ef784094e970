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
    package let request: BuildRequest
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
    /// - Throws: `BuildError` where a file of the configuration, or the source, can't be read.
    package init(
        _ job: KernelJob,
        run: BuildID,
        image: ImageReference,
        machine: TargetArchitecture?
    ) throws(BuildError) {
        self.job = job
        let (config, requested) = try Self.configuration(job.config)
        self.requested = requested
        let source = try KernelSourceStage(job.source)
        let cross = job.toolchain.crossPrefix ?? (machine == job.architecture ? "" : job.architecture.crossPrefix)
        let environment = KernelEnvironment(job, crossPrefix: cross, source: KernelSourceStage.target)
        let files =
            KernelScripts.files + config + [
                JobFile("environment", environment.text),
                JobFile("make-arguments", Self.lines(job.make.arguments)),
                JobFile("dtbs", Self.lines(job.deviceTrees)),
                JobFile("patterns", Self.lines(job.results.patterns.texts.map(Self.findable))),
            ]
        var dockerfile = JobDockerfile(
            run: run,
            image: image.description,
            files: files,
            command: ["sh", "\(JobDockerfile.Folder.files)/run.sh"]
        )
        dockerfile.stages = source.lines
        dockerfile.mounts = [source.mount] + Self.caches(of: job)
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
        for (number, line) in String(decoding: bytes, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        .enumerated() {
            let place = "\(path):\(number + 1)"
            if line.hasPrefix("CONFIG_"), let (name, value) = String(line).cut(at: "=") {
                symbols.append(RequestedSymbol(name: name, value: value.trimmingBlanks, place: place))
            } else if line.hasPrefix("# CONFIG_"), line.hasSuffix(" is not set") {
                symbols.append(RequestedSymbol(name: String(line.dropFirst(2).dropLast(11)), value: "n", place: place))
            }
        }
        return symbols
    }

    private static func lines(_ texts: [String]) -> String { texts.map { $0 + "\n" }.joined() }

    /// A pattern as `find` has it, which finds more: there a star stands for slashes, too.
    static func findable(_ pattern: String) -> String {
        guard pattern.contains("/") else { return "name \(pattern)" }
        var pattern = pattern
        while pattern.hasPrefix("./") { pattern.removeFirst(2) }
        // `**/` may stand for nothing.
        pattern = pattern.replacing("**/", with: "*").replacing("**", with: "*")
        return "path \(pattern.hasSuffix("/") ? pattern + "*" : pattern)"
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
