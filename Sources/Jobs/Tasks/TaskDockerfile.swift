import CaissonBuildModel
import CaissonContainerJobs

/// The Dockerfiles of a task's run: one runs a step, another carries a directory out.
///
/// The steps share a directory as BuildKit's cache mount, which has a name that no other run has. It begins as a copy
/// of a stage with one empty directory: a mount that begins with nothing belongs to root alone, whatever its `mode`
/// (the engine's umask is taken off), and images with a `USER` couldn't write into it. `COPY --chmod` gives all rights,
/// and needs no program.
///
/// That a step runs each time is due to `CAISSON_RUN_ID`, which is part of what BuildKit knows it by, as
/// `CAISSON_STEP_ID` is, so that two equal steps are two. The engine's `no-cache` can't be used: it starts a build with
/// a new, empty mount.
struct TaskDockerfile {
    let run: BuildID
    /// Directories that the workspace has from the beginning, below it.
    ///
    /// The engine would make the directory that a command runs in, but as one that belongs to root alone. Only those of
    /// steps that wait for no other are made: of the others an earlier step may want to make them itself.
    var directories: [String] = []
    /// So many directories are made at most: each Dockerfile of a run has them all.
    static let mostDirectories = 32

    /// What the names of the run's mounts begin with.
    var mountPrefix: String { "caisson-task-\(run)" }

    /// How the RUN of every Dockerfile of the run begins.
    ///
    /// It is part of the name that BuildKit has for the step.
    var mark: String { "RUN --mount=type=cache,id=\(mountPrefix)-" }

    init(run: BuildID) {
        self.run = run
    }

    init(run: BuildID, _ job: TaskJob) {
        self.init(run: run)
        let workspace = TaskDirectory.workspace + "/"
        let first = job.steps.filter { $0.dependencies.isEmpty && $0.workingDirectory.hasPrefix(workspace) }
        let names = Set(first.map { String($0.workingDirectory.dropFirst(workspace.count)) }).sorted()
        if names.count <= Self.mostDirectories { directories = names }
    }

    // Checks of front ends newer than the Dockerfile are turned off: nobody wrote it.
    private var beginning: String {
        var words = DockerfileWords()
        words.append("# check=skip=all\nFROM scratch AS workspace-root\nWORKDIR /root/0\n")
        for name in directories { words.endLine("WORKDIR ", value: "/root/1/\(name)") }
        words.append("FROM scratch AS workspace\nCOPY --chmod=0777 --from=workspace-root /root/ /\n")
        return words.text
    }

    private func mount(_ share: TaskShare) -> String {
        let source = share == .workspace && !directories.isEmpty ? 1 : 0
        return "--mount=type=cache,id=\(mountPrefix)-\(share.rawValue),from=workspace,source=/\(source),"
            + "target=\(share.path),sharing=shared"
    }

    /// The Dockerfile that runs a step.
    func text(of step: TaskJob.Step, in task: String) -> String {
        var words = DockerfileWords()
        words.append(beginning + "FROM \(step.image) AS step\n")
        if Self.needsNewline(step) { words.append("ARG \(DockerfileWords.newline)\n") }
        let own = [
            ("ARTIFACT_DIR", TaskDirectory.artifacts), ("CAISSON_RUN_ID", run.description),
            ("CAISSON_STEP_ID", step.id), ("CAISSON_TASK_ID", task), ("WORKSPACE", TaskDirectory.workspace),
        ]
        for (name, value) in step.environment.sorted(by: { $0.key < $1.key }) + own {
            words.endLine("ENV \(name)=", value: value)
        }
        words.endLine("WORKDIR ", value: step.workingDirectory)
        words.append("RUN \([TaskShare.workspace, .artifacts].map(mount).joined(separator: " ")) ")
        words.append(command: [step.command] + step.arguments)
        words.endLine()
        return words.text
    }

    /// The build arguments that the Dockerfile of a step needs.
    func arguments(of step: TaskJob.Step) -> [String: String] {
        Self.needsNewline(step) ? [DockerfileWords.newline: "\n"] : [:]
    }

    private static func needsNewline(_ step: TaskJob.Step) -> Bool {
        step.environment.values.contains { $0.utf8.contains(UInt8(ascii: "\n")) }
    }

    /// The Dockerfile whose result is what is in a directory that the steps share; `image` needs a `cp`.
    func text(collecting share: TaskShare, with image: ImageReference) -> String {
        // Files of the image can't be in a directory of this name.
        let out = "/.\(mountPrefix)"
        var words = DockerfileWords()
        words.append(beginning + "FROM \(image) AS collect\nUSER 0:0\n")
        words.endLine("ENV CAISSON_RUN_ID=", value: run.description)
        words.append("WORKDIR \(out)\nRUN \(mount(share)) ")
        words.append(command: ["cp", "-a", share.path + "/.", out + "/"])
        words.append("\nFROM scratch\nCOPY --from=collect \(out)/ /\n")
        return words.text
    }
}

extension TaskShare {
    /// Where steps find it.
    fileprivate var path: String { self == .workspace ? TaskDirectory.workspace : TaskDirectory.artifacts }
}
