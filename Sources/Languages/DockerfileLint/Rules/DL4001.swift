import CaissonDockerfile
import CaissonShell

/// Use wget or curl, not both.
///
/// ## Why it matters
///
/// Each brings its own libraries into the image.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN wget -q https://example.com/a
/// RUN curl -fsS https://example.com/b
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN curl -fsS https://example.com/a
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL4001
enum DL4001 {
    static let rule = Rule("DL4001", .warning) { check in
        var used: [Int: Set<String>] = [:]
        for run in check.facts.runs where run.isPosix {
            let stage = run.step.stage ?? -1
            let tools = run.commands.filter { $0.name == "wget" || $0.name == "curl" }
            guard let last = tools.last else { continue }
            used[stage, default: []].formUnion(tools.map(\.name))
            guard used[stage]?.count == 2 else { continue }
            let other = last.name == "wget" ? "curl" : "wget"
            check.report("this stage uses \(last.name) and \(other); one of them will do", at: last.nameSpan, run.step)
        }
    }
}
