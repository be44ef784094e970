import CaissonDockerfile
import CaissonShell

/// FROM --platform should not be a constant.
///
/// ## Why it matters
///
/// A fixed platform makes the image one of that platform, whatever `--platform` the build is given. A stage that
/// is meant for one platform says so by its name.
///
/// ## Bad
///
/// ```dockerfile
/// FROM --platform=linux/amd64 alpine:3.20
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM --platform=$BUILDPLATFORM alpine:3.20
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/from-platform-flag-const-disallowed/
/// - https://github.com/hadolint/hadolint/wiki/DL3029
enum FromPlatformFlagConstDisallowed {
    static let rule = Rule("FromPlatformFlagConstDisallowed", .warning, aliases: ["DL3029"], fix: .unsafe) { check in
        for stage in check.facts.stages {
            let step = check.facts.fromStep(of: stage)
            guard let flag = step.instruction.flag("platform"), let value = flag.value,
                !value.holds("BUILDPLATFORM"), !value.holds("TARGETPLATFORM")
            else { continue }
            let isConstant = !value.holds("$")
            let isNamed = check.facts.isNamed(stage, after: value)
            let fix = Fix.unsafe("take the flag out", [Edit(flag.span.lowerBound..<(flag.span.upperBound + 1), "")])
            check.report(
                "the platform is fixed to \(value); leave the flag out, or use $BUILDPLATFORM",
                at: flag.span,
                step,
                fix: fix,
                names: isConstant && !isNamed ? .all : .only("DL3029")
            )
        }
    }
}
