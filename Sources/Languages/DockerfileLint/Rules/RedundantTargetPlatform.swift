import CaissonDockerfile
import CaissonShell

/// FROM --platform=$TARGETPLATFORM is already the default.
///
/// ## Why it matters
///
/// The target platform is the default of FROM.
///
/// ## Bad
///
/// ```dockerfile
/// FROM --platform=$TARGETPLATFORM alpine:3.20
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/redundant-target-platform/
/// - https://github.com/hadolint/hadolint/wiki/DL3065
enum RedundantTargetPlatform {
    static let rule = Rule("RedundantTargetPlatform", .warning, aliases: ["DL3065"], fix: .safe) { check in
        for stage in check.facts.stages {
            let step = check.facts.fromStep(of: stage)
            guard let flag = step.instruction.flag("platform"), let value = flag.value else { continue }
            // It always has a value, so that a default for it is none.
            let isPlain = value == "$TARGETPLATFORM" || value == "${TARGETPLATFORM}"
            guard isPlain || hasDefault(value) else { continue }
            let fix = Fix.safe("take the flag out", [Edit(flag.span.lowerBound..<(flag.span.upperBound + 1), "")])
            check.report(
                "\(value) is the default platform; leave the flag out",
                at: flag.span,
                step,
                fix: fix,
                names: isPlain ? .all : .own
            )
        }
    }

    private static func hasDefault(_ value: String) -> Bool {
        guard value.hasSuffix("}"), value.dropFirst().utf8.allSatisfy({ $0 != 0x24 }) else { return false }
        return value.hasPrefix("${TARGETPLATFORM:-") || value.hasPrefix("${TARGETPLATFORM-")
    }
}
