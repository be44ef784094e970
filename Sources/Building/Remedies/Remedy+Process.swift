import CaissonBuildModel
import CaissonText

extension Remedy {
    /// The engine's disk is full.
    static func space(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard failure.says("no space left on device", "disk quota exceeded") else { return nil }
        return Remedy(
            advice:
                "the engine's disk is full: ‘docker builder prune’ or ‘buildctl prune’ removes what its cache can spare"
        )
    }

    /// A step's program can't be started: it isn't there, or isn't for this platform.
    static func program(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard let begin = failure.message.ranges(of: "unable to start container process: ").last?.upperBound,
            let start = failure.message[begin...].ranges(of: "exec: \"").first?.upperBound
        else { return nil }
        let name = String(failure.message[start...].prefix { $0 != "\"" })
        guard !name.isEmpty else { return nil }
        if failure.says("exec format error") {
            return Remedy(
                cause:
                    "\(name.quoted) can't be run: it was built for another platform, or is a script without a line “#!”",
                advice: "build for its platform with \(field: .platforms), or take a program for this one"
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

    /// A step's process ended badly: which one, where, and what a shell means by its exit status.
    static func exitStatus(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard let code = failure.exitCode else { return nil }
        let cause = failedProcess(failure, code)
        let advice = meaning(ofStatus: code)
        return cause == nil && advice == nil ? nil : Remedy(cause: cause, advice: advice)
    }

    /// The failure in one line, in the place of the engine's words where those say only how the process ended: they
    /// quote its whole command.
    private static func failedProcess(_ failure: FailureText, _ code: Int) -> FieldMessage? {
        guard !failure.step.isEmpty, failure.message.hasSuffix("exit code: \(code)") else { return nil }
        let begins = ["process \"", "executor failed running ["]
        let message = failure.message.ranges(of: ": ").reversed().map(\.upperBound) + [failure.message.startIndex]
        guard message.contains(where: { start in begins.contains { failure.message[start...].hasPrefix($0) } }) else {
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
        case 126: "126 is for a program that can't be run: not executable, or built for another platform"
        case 127: "127 is for a program that isn't there: not installed in this stage, or not in its PATH"
        case 137:
            "137 is for a process that was killed, mostly as memory ran out: run less at once in the step, or give its engine more"
        default: nil
        }
    }
}
