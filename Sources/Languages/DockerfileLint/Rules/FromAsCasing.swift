import CaissonDockerfile
import CaissonShell

/// AS should be written like its FROM.
///
/// ## Why it matters
///
/// `FROM ... as` and `from ... AS` mix two styles in one line.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20 as builder
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
/// - https://docs.docker.com/reference/build-checks/from-as-casing/
enum FromAsCasing {
    static let rule = Rule("FromAsCasing", .warning, fix: .safe) { check in
        for stage in check.facts.stages {
            guard let word = stage.asWord, stage.name != nil else { continue }
            let step = check.facts.fromStep(of: stage)
            let name = step.instruction.name.text
            let isLower = name == name.lowercased()
            guard isLower || name == name.uppercased() else { continue }
            let wanted = isLower ? word.text.lowercased() : word.text.uppercased()
            guard word.text != wanted else { continue }
            let fix = Fix.safe("write \(wanted)", [Edit(word.span, wanted)])
            check.report(
                "\(word.text) and \(name) are written differently: write \(wanted)",
                at: word.span,
                step,
                fix: fix
            )
        }
    }
}
