import CaissonText

/// How a step of a kernel job ended.
package struct KernelStepResult: Sendable, Hashable {
    /// The states that the scripts write.
    package enum State: String, Sendable, Hashable {
        /// It ended well.
        case pass = "PASS"
        /// It failed.
        case fail = "FAIL"
        /// There was nothing to do, or something else failed before.
        case skip = "SKIP"
        /// It ended well enough.
        case warn = "WARN"
    }

    /// The step, such as `image` or `modules`.
    package var name: String
    /// How it ended.
    package var state: State
    /// How long it took.
    package var seconds: Double

    /// Makes a result.
    package init(_ name: String, _ state: State, seconds: Double) {
        self.name = name
        self.state = state
        self.seconds = seconds
    }
}

/// How a target of TuxMake's ended.
package struct TuxMakeTargetResult: Sendable, Hashable {
    /// The target.
    package var name: String
    /// How it ended, in TuxMake's words.
    package var status: Status
    /// How long it took.
    package var seconds: Double

    /// TuxMake's words for the states.
    package enum Status: String, Sendable, Hashable {
        /// It ended well.
        case pass = "PASS"
        /// It failed.
        case fail = "FAIL"
        /// There was nothing to do, or something else failed before.
        case skip = "SKIP"
        /// It ended well, but something in it failed.
        case warning = "WARNING"

        init(_ state: KernelStepResult.State) {
            self =
                switch state {
                case .pass: .pass
                case .fail: .fail
                case .skip: .skip
                case .warn: .warning
                }
        }
    }
}

extension TuxMakeTargetResult {
    /// The results of targets by those of a job's steps.
    ///
    /// Of the targets that TuxMake has and a job makes in its step `image`, `default` takes the step's time and failure;
    /// the others then have nothing left to do. A target without a step is skipped, as one behind a failure is.
    ///
    /// - Parameters:
    ///   - targets: The targets, such as `TuxMakeTargets.expanded` gives them.
    ///   - isInPlace: Whether the kernel is one that runs where it is stored, so that `xipkernel` and not `kernel` is made.
    package static func results(
        of targets: [String],
        steps: [KernelStepResult],
        isInPlace: Bool = false
    ) -> [TuxMakeTargetResult] {
        let steps = Dictionary(steps.map { ($0.name, $0) }) { _, last in last }
        return targets.map { target in
            let step = steps[stepName(of: target)]
            let status = step.map { Status($0.state) } ?? .skip
            guard ["kernel", "xipkernel", "debugkernel"].contains(target) else {
                return TuxMakeTargetResult(name: target, status: status, seconds: step?.seconds ?? 0)
            }
            let isOther = target == "kernel" && isInPlace || target == "xipkernel" && !isInPlace
            let isMade = !isOther && (status == .pass || status == .warning)
            return TuxMakeTargetResult(name: target, status: isMade ? .pass : .skip, seconds: 0)
        }
    }

    private static func stepName(of target: String) -> String {
        switch target {
        case "default", "kernel", "xipkernel", "debugkernel": "image"
        default: target.begins(with: "make:") ? String(Substring(target.utf8.dropFirst("make:".utf8.count))) : target
        }
    }
}
