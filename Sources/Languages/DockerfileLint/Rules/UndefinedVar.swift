import CaissonText
import CaissonDockerfile
import CaissonShell

/// Variables should be defined before they are used.
///
/// ## Why it matters
///
/// A variable that no ARG or ENV of the stage defines is empty: often it is a typing error, or an ARG that stands
/// before FROM and was not declared again. What a base image sets is not known here, so names such as `JAVA_HOME`
/// that images set are passed over.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// ARG version=1
/// COPY app-$verison.tar /app/
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// ARG version=1
/// COPY app-$version.tar /app/
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/undefined-var/
enum UndefinedVar {
    static let rule = Rule("UndefinedVar", .warning, fix: .unsafe) { check in
        for use in check.facts.undefinedVariables {
            let near = Spelling.nearest(to: use.name, among: use.known)
            let unless = use.mayBeImages ? ", unless the base image sets it" : ""
            let hint = near.map { " (did you mean $\($0)?)" } ?? unless
            let fix = near.map { Fix.unsafe("write \($0)", [Edit(use.nameSpan, $0)]) }
            check.report("the variable $\(use.name) is not defined here\(hint)", at: use.span, use.step, fix: fix)
        }
    }
}
