import CaissonDockerfile
import CaissonShell

/// All instructions should be written alike, in capitals or in small letters.
///
/// ## Why it matters
///
/// One style makes instructions easy to tell from their arguments.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// run make
/// CMD ["make"]
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// RUN make
/// CMD ["make"]
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/consistent-instruction-casing/
enum ConsistentInstructionCasing {
    static let rule = Rule("ConsistentInstructionCasing", .warning, fix: .safe) { check in
        let names = check.facts.steps.filter { !$0.isTrigger && $0.stage != nil && $0.keyword != nil }
        let lower = names.count { $0.instruction.name.text == $0.instruction.name.text.lowercased() }
        let upper = names.count { $0.instruction.name.text == $0.instruction.name.text.uppercased() }
        for step in names {
            let name = step.instruction.name
            let wanted = lower > upper ? name.text.lowercased() : name.text.uppercased()
            guard name.text != wanted else { continue }
            let message = "\(name.text) should be written like most instructions here: \(wanted)"
            check.report(message, at: name.span, step, fix: .safe("write \(wanted)", [Edit(name.span, wanted)]))
        }
    }
}
