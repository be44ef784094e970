import CaissonBuildModel

extension Remedy {
    /// The engine's disk is full.
    static func space(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard failure.says("no space left on device", "disk quota exceeded") else { return nil }
        return Remedy(
            advice:
                "the engine's disk is full: ‘docker builder prune’ or ‘buildctl prune’ removes what its cache can spare"
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
