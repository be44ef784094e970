package import CaissonBuildModel

/// The Dockerfile of a job: its steps run in one container, and its results leave by a stage.
///
/// ```
/// toolchain ─▶ files   (scripts and inputs, by printf)
///     │          │ bind
///     ├──▶ fetched     RUN: what needs the network, into mounts; a solve of its own, and before the others
///     ├──▶ build ◀── source (bind)      RUN: all steps, in one container
///     │      ╰─▶ results  (FROM scratch, COPY /out)
///     ╰──▶ keeping ─▶ kept  (what the run's mount has, after a failure)
/// ```
/// All steps are one `RUN`, as what is in a cache mount isn't part of what BuildKit knows a step by: a step that was
/// cached would not see its files. That it runs each time is due to `CAISSON_RUN_ID`; `no-cache` starts a build with new,
/// empty mounts.
package struct JobDockerfile: Sendable, Hashable {
    /// A mount of the steps' container.
    package enum Mount: Sendable, Hashable {
        /// A stage's folder, which can only be read.
        case stage(String, folder: String, target: String)
        /// A folder that outlives the build, by its id; `isLocked` where only one build may have it at a time.
        case cache(id: String, target: String, isLocked: Bool)
        /// A secret, as a file.
        case secret(id: String, target: String)
        /// An SSH agent.
        case ssh(id: String)
    }

    /// What is brought from elsewhere before the steps run, which have no network: a run of its own, into mounts.
    package struct Fetch: Sendable, Hashable {
        /// The mounts beside those of files and the run.
        package var mounts: [Mount]
        /// The command.
        package var command: [String]

        /// Makes what is fetched.
        package init(mounts: [Mount], command: [String]) { (self.mounts, self.command) = (mounts, command) }
    }

    /// Where a job's folders are in its container.
    package enum Folder {
        /// Logs and facts, in a mount that outlives a failure.
        package static let job = "/job"
        /// The scripts and inputs.
        package static let files = "/caisson"
        /// What the job gives.
        package static let results = "/out"
    }

    /// The run, which names its mount.
    package var run: BuildID
    /// The image that the steps run in.
    package var image: String
    /// The scripts and inputs.
    package var files: [JobFile]
    /// Whole instructions of further stages, such as that of the source; a line each.
    package var stages: [String] = []
    /// The mounts beside those of files and the run.
    package var mounts: [Mount] = []
    /// The steps' environment.
    package var environment: [String: String] = [:]
    /// The command that runs the steps.
    package var command: [String]
    /// What is fetched before; nil where nothing is.
    package var fetch: Fetch?

    /// Makes the Dockerfile of a run.
    package init(run: BuildID, image: String, files: [JobFile], command: [String]) {
        (self.run, self.image, self.files, self.command) = (run, image, files, command)
    }

    /// The id of the run's mount.
    package var mount: String { "caisson-job-\(run)" }
    /// How the instruction of the steps begins, which is part of the name that BuildKit has for them.
    package var mark: String { "RUN --mount=type=cache,id=\(mount)," }
    /// How the instructions begin that write files; the mount is there only to tell them from others by their names.
    package static let filesMark = "RUN --mount=type=tmpfs,target=/.caisson-files"
    /// The stage of the results.
    package static let results = "results"
    /// The stage of what a run left that failed.
    package static let kept = "kept"
    /// The stage of what is fetched.
    package static let fetched = "fetched"

    private var runMount: String { "--mount=type=cache,id=\(mount),target=\(Folder.job)" }

    /// The text.
    package var text: String {
        var words = DockerfileWords()
        // Checks of front ends newer than the Dockerfile are turned off: nobody wrote it.
        words.append("# check=skip=all\nFROM \(image) AS toolchain\nFROM toolchain AS files\nUSER 0:0\n")
        words.append("WORKDIR \(Folder.files)\n")
        for command in JobFile.commands(writing: files, below: Folder.files) {
            words.endLine(Self.filesMark + " ", command: command)
        }
        for line in stages {
            words.append(line)
            words.endLine()
        }
        if let fetch { appendRun("fetched", "-fetched", fetch.mounts, fetch.command, to: &words) }
        appendRun("build", "", mounts, command, to: &words)
        words.append("FROM scratch AS \(Self.results)\nCOPY --from=build \(Folder.results)/ /\n")
        words.append("FROM toolchain AS keeping\nUSER 0:0\n")
        words.endLine("ENV CAISSON_RUN_ID=", value: run.description + "-kept")
        words.endLine("RUN \(runMount) ", command: ["sh", "-c", Self.keeping])
        words.append("FROM scratch AS \(Self.kept)\nCOPY --from=keeping \(Folder.results)/ /\n")
        return words.text
    }

    /// Writes a stage that runs a command with the run's mount.
    private func appendRun(
        _ stage: String,
        _ suffix: String,
        _ mounts: [Mount],
        _ command: [String],
        to words: inout DockerfileWords
    ) {
        words.append("FROM toolchain AS \(stage)\nUSER 0:0\n")
        let own = ["CAISSON_RUN_ID": run.description + suffix]
        for (name, value) in environment.merging(own, uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
            words.endLine("ENV \(name)=", value: value)
        }
        let all = [runMount, Self.text(.stage("files", folder: Folder.files, target: Folder.files))]
        words.endLine("RUN \((all + mounts.map(Self.text)).joined(separator: " ")) ", command: command)
    }

    private static let keeping =
        "mkdir -p \(Folder.results)/.caisson && cp -R \(Folder.job)/. \(Folder.results)/.caisson/"

    private static func text(_ mount: Mount) -> String {
        switch mount {
        case .stage(let stage, let folder, let target):
            "--mount=type=bind,from=\(stage),source=\(folder),target=\(target)"
        case .cache(let id, let target, let isLocked):
            "--mount=type=cache,id=\(id),target=\(target),sharing=\(isLocked ? "locked" : "shared")"
        case .secret(let id, let target): "--mount=type=secret,id=\(id),target=\(target),required=true"
        case .ssh(let id): "--mount=type=ssh,id=\(id),required=true"
        }
    }
}

extension DockerfileWords {
    /// Writes an instruction that ends in a command.
    fileprivate mutating func endLine(_ beginning: String, command words: [String]) {
        append(beginning)
        append(command: words)
        endLine()
    }

    /// Writes an instruction that ends in a value.
    package mutating func endLine(_ beginning: String, value: String) {
        append(beginning)
        append(value: value)
        endLine()
    }
}
