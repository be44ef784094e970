import CaissonBuildModel
import CaissonDockerfile
import CaissonText

extension Remedy {
    /// The engine's disk is full.
    static func space(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard failure.says("no space left on device", "disk quota exceeded") else { return nil }
        return Remedy(advice: "the engine's disk is full: \(message: pruning)")
    }

    private static let pruning: FieldMessage =
        "‘docker builder prune’ or ‘buildctl prune’ removes what its cache can spare"

    /// A step whose output says that a disk is full; it may be a small one of the step's own.
    private static func fullDisk(_ failure: FailureText) -> FieldMessage? {
        guard let line = failure.fullDisk else { return nil }
        if line.contains("/dev/shm") || failure.step.contains("/dev/shm") {
            return "the step's /dev/shm is full: give it more with \(field: .shmSize) SIZE"
        }
        let mounts = StepName(failure.step).flags.filter { $0.hasPrefix("--mount=type=tmpfs") }
        if mounts.contains(where: { $0.contains(",size=") || $0.contains(",tmpfs-size=") }) {
            return
                "no space is left: give the tmpfs mount a larger size=, if that is what is full, or the engine's disk"
        }
        return "the engine's disk is full, as the step's output says: \(message: pruning)"
    }

    /// A step's program can't be started: it isn't there, or isn't for this platform.
    static func program(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard let name = unstarted(failure) else { return nil }
        if failure.says("exec format error") {
            return Remedy(
                cause:
                    "\(name.quoted) can't be run: it was built for another platform, or is a script without a line “#!”",
                advice: request.platforms.isEmpty
                    ? "build for its platform with \(field: .platforms), or take a program for this one"
                    : "take a program for this platform, or give the engine an emulator: ‘docker run --privileged --rm tonistiigi/binfmt --install all’"
            )
        }
        guard failure.says("no such file or directory", "executable file not found") else { return nil }
        if name == "/bin/sh" {
            return Remedy(
                cause: "the stage has no shell, /bin/sh, to run the step with",
                advice: "begin with an image that has one, or name the program itself: RUN [\"PROGRAM\", \"ARGUMENT\"]"
            )
        }
        return Remedy(
            cause: "there is no program \(name.quoted) in the stage",
            advice: "look at its path, and whether its interpreter or loader is there, too"
        )
    }

    /// The program that a runtime couldn't start; nil where it did, or nobody said.
    private static func unstarted(_ failure: FailureText) -> String? {
        let message = failure.message
        if let end = message.ranges(of: ": exec format error").last?.lowerBound,
            let start = message[..<end].ranges(of: ": exec ").last?.upperBound
        {
            let name = message[start..<end].filter { $0 != "\"" }
            if !name.isEmpty, !name.contains(" ") { return name }
        }
        guard let begin = message.ranges(of: "unable to start container process: ").last?.upperBound,
            let start = message[begin...].ranges(of: "exec: \"").first?.upperBound
        else { return nil }
        let name = String(message[start...].prefix { $0 != "\"" })
        return name.isEmpty ? nil : name
    }

    /// The user that a step is to run as isn't in the stage.
    static func missingUser(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        let begins = ["unable to find user ", "unknown user error looking up user \""]
        guard let start = begins.lazy.compactMap({ failure.message.ranges(of: $0).last?.upperBound }).first else {
            return nil
        }
        let name = String(failure.message[start...].prefix { $0 != ":" && $0 != "\"" })
        guard !name.isEmpty, !name.contains(" ") else { return nil }
        return Remedy(
            cause: FieldMessage("the stage has no user \(name.quoted)"),
            advice: FieldMessage("make it in a step before, such as RUN adduser \(name), or name a user that is there")
        )
    }

    /// A step's process ended badly: which one, where, and what a shell means by its exit status.
    static func exitStatus(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard let code = failure.exitCode else { return nil }
        let cause = failedProcess(failure, code)
        let advice =
            fullDisk(failure) ?? unreadList(failure, code) ?? missingOptionalSecret(failure, request) ?? emptyVariable(
                failure,
                request
            )
            ?? meaning(ofStatus: code)
        return cause == nil && advice == nil ? nil : Remedy(cause: cause, advice: advice)
    }

    /// The failure in one line, in the place of the engine's words where those say only how the process ended: they
    /// quote its whole command.
    private static func failedProcess(_ failure: FailureText, _ code: Int) -> FieldMessage? {
        guard !failure.step.isEmpty else { return nil }
        let isPodmans =
            failure.message.hasPrefix("building at STEP \"")
            && failure.message.hasSuffix("while running runtime: exit status \(code)")
        guard failure.message.hasSuffix("exit code: \(code)") || isPodmans else { return nil }
        let begins = ["process \"", "executor failed running ["]
        let message = failure.message.ranges(of: ": ").reversed().map(\.upperBound) + [failure.message.startIndex]
        guard
            isPodmans
                || message.contains(where: { start in begins.contains { failure.message[start...].hasPrefix($0) } })
        else {
            return nil
        }
        let place = failure.place.map { " (\($0))" } ?? ""
        return FieldMessage("\(shortened(failure.step)) failed with exit code \(code)\(place)")
    }

    /// A step's name cut to what fits in a line beside the rest.
    private static func shortened(_ step: String) -> String {
        let limit = 72
        return step.count > limit ? step.prefix(limit - 1) + "…" : step
    }

    private static func meaning(ofStatus code: Int) -> FieldMessage? {
        switch code {
        case 126:
            "126 is for a program that can't be run: make it executable, with COPY --chmod=755 or RUN chmod +x, or take one for this platform"
        case 127:
            "127 is for a program that isn't there, as the step's output says: install it in a step before, or name its path"
        case 137:
            "137 is for a process that was killed, mostly as memory ran out: run less at once in the step, or give its engine more"
        default: nil
        }
    }

    // MARK: What the step itself shows

    /// A list that is no JSON is run by the shell as it stands, brackets and quotes included.
    private static func unreadList(_ failure: FailureText, _ code: Int) -> FieldMessage? {
        let step = StepName(failure.step)
        guard code == 127, step.verb == "RUN", let first = step.arguments.first,
            ["['", "[\"", "[‘", "[“"].contains(where: first.hasPrefix)
        else { return nil }
        return
            "what follows RUN is no JSON list, so a shell ran it as it stands: write it as [\"PROGRAM\", \"ARGUMENT\"]"
    }

    /// A step that does without a secret mostly fails for that.
    private static func missingOptionalSecret(_ failure: FailureText, _ request: BuildRequest) -> FieldMessage? {
        let given = request.secrets.map(\.id)
        for flag in StepName(failure.step).flags where flag.hasPrefix("--mount=type=secret,") {
            let fields = flag.split(separator: ",").dropFirst().map { String($0).cut(at: "=") }
            let id = fields.first { ["id", "source", "src"].contains($0?.head) } ?? nil
            guard let id = id?.tail, !given.contains(id) else { continue }
            return
                "it mounts the secret \(id.quoted), which this build doesn't have: \(field: .secrets) id=\(id),src=FILE"
        }
        return nil
    }

    /// A variable that is empty in the step, as its ARG stands before FROM.
    private static func emptyVariable(_ failure: FailureText, _ request: BuildRequest) -> FieldMessage? {
        guard let line = failure.line, let file = dockerfile(of: request) else { return nil }
        return file.outerArgumentUses.first { $0.line == line }.map { FieldMessage($0.explanation) }
    }
}
