import CaissonDockerfile
import CaissonShell

/// Stage names should be in small letters.
///
/// ## Why it matters
///
/// BuildKit compares stage names without regard to case, people don't: `COPY --from=Builder` and `FROM ... AS
/// builder` look like two stages.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20 AS Builder
/// RUN make
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20 AS builder
/// RUN make
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/stage-name-casing/
enum StageNameCasing {
    static let rule = Rule("StageNameCasing", .warning, fix: .safe) { check in
        for stage in check.facts.stages {
            guard let name = stage.name, name.text != name.text.lowercased() else { continue }
            let step = check.facts.fromStep(of: stage)
            let edits = check.facts.uses(ofStage: stage).map { Edit($0, name.text.lowercased()) }
            let fix = Fix.safe("write \(name.text.lowercased())", [Edit(name.span, name.text.lowercased())] + edits)
            check.report("the stage name \(name.text) should be in small letters", at: name.span, step, fix: fix)
        }
    }
}
