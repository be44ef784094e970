import CaissonDockerfile
import CaissonShell

/// Give CMD and ENTRYPOINT as a JSON list.
///
/// ## Why it matters
///
/// Without brackets the program runs under `/bin/sh -c`: it isn't process 1, doesn't get the signals that stop a
/// container, and is killed after the grace period. A stage that sets SHELL wants its shell, so BuildKit says
/// nothing there; hadolint does, and for HEALTHCHECK CMD as well.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// CMD /usr/bin/server --port 80
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// CMD ["/usr/bin/server", "--port", "80"]
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/json-args-recommended/
/// - https://github.com/hadolint/hadolint/wiki/DL3025
enum JSONArgsRecommended {
    static let rule = Rule("JSONArgsRecommended", .warning, aliases: ["DL3025"], fix: .unsafe) { check in
        for step in check.facts.steps(.cmd, .entrypoint, .healthcheck) {
            let instruction = step.instruction
            guard !instruction.isJSON, let word = instruction.words.first else { continue }
            let isHealth = step.keyword == .healthcheck
            if isHealth, instruction.healthcheckKind?.text.uppercased() != "CMD" { continue }
            let onlyThere = isHealth || check.facts.hasShell(at: step)
            check.report(
                "\(instruction.name.text) runs under a shell; write it as a JSON list so that the program gets the signals",
                at: word.span,
                step,
                fix: isHealth ? nil : check.facts.listFix(for: word, of: instruction),
                names: onlyThere ? .only("DL3025") : .all
            )
        }
    }
}
