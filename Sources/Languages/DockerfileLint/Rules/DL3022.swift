import CaissonText
import CaissonDockerfile
import CaissonShell

/// COPY --from should name an earlier stage.
///
/// ## Why it matters
///
/// A name that no stage has is taken for an image, and one without tag or digest moves.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12 AS build
/// FROM debian:12
/// COPY --from=biuld /app /app
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12 AS build
/// FROM debian:12
/// COPY --from=build /app /app
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3022
enum DL3022 {
    static let rule = Rule("DL3022", .warning) { check in
        for step in check.facts.steps(.copy) {
            guard let stage = step.stage, let flag = step.instruction.flag("from"), let name = flag.value else {
                continue
            }
            let earlier = Array(check.facts.stages.prefix(stage))
            if name.holds(":") || Stage.find(name, among: earlier) != nil { continue }
            if let number = Int(name), number <= stage { continue }
            if name == check.facts.stages[stage].name?.text { continue }
            let near = Spelling.nearest(to: name, among: earlier.compactMap { $0.name?.text })
            let hint = near.map { "; did you mean \($0)?" } ?? ""
            check.report("no earlier stage is named \(name)\(hint)", at: flag.valueSpan, step)
        }
    }
}
