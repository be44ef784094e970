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

    /// What a shell means by the exit status of a step.
    static func exitStatus(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        switch failure.exitCode {
        case 126:
            Remedy(advice: "126 is for a program that can't be run: not executable, or built for another platform")
        case 127:
            Remedy(advice: "127 is for a program that isn't there: not installed in this stage, or not in its PATH")
        case 137:
            Remedy(
                advice: """
                    137 is for a process that was killed, mostly as memory ran out: run less at once in the step, or give its engine \
                    more
                    """
            )
        default: nil
        }
    }
}
