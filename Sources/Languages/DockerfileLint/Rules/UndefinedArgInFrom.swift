import CaissonText
import CaissonDockerfile
import CaissonShell

/// FROM may only use arguments that an ARG before the first FROM declares.
///
/// ## Why it matters
///
/// An argument that isn't declared there is empty in FROM, whatever `--build-arg` says.
///
/// ## Bad
///
/// ```dockerfile
/// ARG VERSION=3.20
/// FROM alpine:$VERSON
/// ```
///
/// ## Good
///
/// ```dockerfile
/// ARG VERSION=3.20
/// FROM alpine:$VERSION
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/undefined-arg-in-from/
enum UndefinedArgInFrom {
    static let rule = Rule("UndefinedArgInFrom", .warning, fix: .unsafe) { check in
        let declared = check.facts.globalArguments
        let known = declared.map(\.name) + ArgumentScope.platformNames
        for stage in check.facts.stages {
            let step = check.facts.fromStep(of: stage)
            for use in check.facts.fromUses(step) where !known.contains(use.name) {
                let near = Spelling.nearest(to: use.name, among: known)
                let hint = near.map { " (did you mean \($0)?)" } ?? ""
                let fix = near.map { Fix.unsafe("write \($0)", [Edit(use.nameSpan, $0)]) }
                check.report(
                    "\(use.name) is not declared by an ARG before the first FROM\(hint)",
                    at: use.span,
                    step,
                    fix: fix
                )
            }
        }
    }
}
