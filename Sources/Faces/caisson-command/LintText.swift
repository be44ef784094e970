import CaissonText
import CaissonBuildModel
import CaissonDockerfileLint

/// What `caisson lint --list` and `--explain` print.
enum LintText {
    /// A line a rule.
    static func list() -> String {
        let width = Rules.all.map(\.id.utf8.count).max() ?? 0
        return Rules.all.map { rule in
            let name = rule.id + String(repeating: " ", count: width - rule.id.utf8.count)
            let severity = rule.severity.name + String(repeating: " ", count: 7 - rule.severity.name.utf8.count)
            let fix = rule.fix.map { $0 == .safe ? "fix   " : "unsafe" } ?? "      "
            let also = rule.aliases.isEmpty ? "" : " (\(rule.aliases.joined(separator: ", ")))"
            return
                "\(name)  \(severity)  \(fix)  \(rule.summary)\(also)\(rule.isOptional ? "; off unless asked for" : "")\n"
        }.joined()
    }

    /// The manual of a rule, by any of its names.
    static func manual(of name: String) throws(BuildError) -> String {
        guard let rule = Rules.named(name) else {
            let near = nearest(to: name, among: Rules.all.flatMap(\.names)).map { "; did you mean \($0)?" } ?? ""
            throw BuildError(.usage, "--explain: there is no rule \(name.quoted)\(near)")
        }
        let also = rule.aliases.isEmpty ? "" : " (\(rule.aliases.joined(separator: ", ")))"
        return "# \(rule.id)\(also)\n\n\(rule.manual)\n"
    }
}
