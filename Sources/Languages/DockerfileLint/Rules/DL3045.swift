import CaissonDockerfile
import CaissonShell

/// COPY to a relative destination needs a WORKDIR.
///
/// ## Why it matters
///
/// Without WORKDIR in the stage it goes where the base image happens to be.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// COPY app app
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// WORKDIR /srv
/// COPY app app
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3045
enum DL3045 {
    static let rule = Rule("DL3045", .warning) { check in
        var set: Set<Int> = []
        for step in check.facts.steps(.from, .workdir, .copy) {
            guard let stage = step.stage else { continue }
            switch step.keyword {
            case .from:
                if case .stage(let parent) = check.facts.stages[stage].base, set.contains(parent) { set.insert(stage) }
            case .workdir: set.insert(stage)
            default:
                guard !set.contains(stage), let last = step.instruction.words.last, step.instruction.words.count > 1,
                    !PathText.isAbsolute(check.facts.known(last.text, at: step) ?? last.unquoted)
                else { continue }
                check.report("\(last.text) is relative, and this stage has no WORKDIR", at: last.span, step)
            }
        }
    }
}
