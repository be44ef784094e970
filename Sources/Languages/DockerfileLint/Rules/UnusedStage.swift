import CaissonDockerfile
import CaissonShell

/// A stage that the last one doesn't need.
///
/// ## Why it matters
///
/// BuildKit doesn't build it unless `--target` names it. A stage that is likely there for that is passed over, with the
/// stages that it needs: one named like that (test, dev, lint and the like), with `CMD` or `ENTRYPOINT`, or from `scratch`.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12 AS tools
/// RUN make tools
/// FROM debian:12
/// CMD ["server"]
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12 AS tools
/// RUN make tools
/// FROM debian:12
/// COPY --from=tools /tools /tools
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum UnusedStage {
    static let rule = Rule("UnusedStage", .info) { check in
        for stage in check.facts.unusedStages {
            let step = check.facts.fromStep(of: stage)
            let name = stage.name?.text ?? "number \(stage.index)"
            check.report("nothing needs the stage \(name)", at: stage.name?.span ?? step.instruction.name.span, step)
        }
    }
}
