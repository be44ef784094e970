import CaissonBuildModel

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
    /// A directory that the steps share.
    enum Mount: String, CaseIterable {
        case workspace, artifacts

        /// Where steps find it.
        var path: String { self == .workspace ? TaskDirectory.workspace : TaskDirectory.artifacts }
    }

    let run: BuildID

    /// What the names of the run's mounts begin with.
    var mountPrefix: String { "caisson-task-\(run)" }

    /// How the RUN of every Dockerfile of the run begins.
    ///
    /// It is part of the name that BuildKit has for the step.
    var mark: String { "RUN --mount=type=cache,id=\(mountPrefix)-" }

    // Checks of front ends newer than the Dockerfile are turned off: nobody wrote it.
    private static let beginning = """
        # check=skip=all
        FROM scratch AS workspace-root
        WORKDIR /root/0
        FROM scratch AS workspace
        COPY --chmod=0777 --from=workspace-root /root/ /

        """

    private func mount(_ mount: Mount) -> String {
        "--mount=type=cache,id=\(mountPrefix)-\(mount.rawValue),from=workspace,source=/0,"
            + "target=\(mount.path),sharing=shared"
    }

    /// The Dockerfile that runs a step.
    func text(of step: TaskJob.Step, in task: String) -> String {
        var words = DockerfileWords()
        words.append(Self.beginning + "FROM \(step.image) AS step\n")
        if Self.needsNewline(step) { words.append("ARG \(DockerfileWords.newline)\n") }
        let own = [
            ("ARTIFACT_DIR", TaskDirectory.artifacts), ("CAISSON_RUN_ID", run.description),
            ("CAISSON_STEP_ID", step.id), ("CAISSON_TASK_ID", task), ("WORKSPACE", TaskDirectory.workspace),
        ]
        for (name, value) in step.environment.sorted(by: { $0.key < $1.key }) + own {
            words.endLine("ENV \(name)=", value: value)
        }
        words.endLine("WORKDIR ", value: step.workingDirectory)
        words.append("RUN \(Mount.allCases.map(mount).joined(separator: " ")) ")
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
    func text(collecting directory: Mount, with image: ImageReference) -> String {
        // Files of the image can't be in a directory of this name.
        let out = "/.\(mountPrefix)"
        var words = DockerfileWords()
        words.append(Self.beginning + "FROM \(image) AS collect\nUSER 0:0\n")
        words.endLine("ENV CAISSON_RUN_ID=", value: run.description)
        words.append("WORKDIR \(out)\nRUN \(mount(directory)) ")
        words.append(command: ["cp", "-a", directory.path + "/.", out + "/"])
        words.append("\nFROM scratch\nCOPY --from=collect \(out)/ /\n")
        return words.text
    }
}

extension DockerfileWords {
    /// Writes an instruction that ends in a value.
    fileprivate mutating func endLine(_ beginning: String, value: String) {
        append(beginning)
        append(value: value)
        endLine()
    }
}
