import CaissonDockerfile
import CaissonShell

/// Use COPY for files and directories.
///
/// ## Why it matters
///
/// ADD also unpacks and downloads; where that isn't wanted, COPY says so.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// ADD app /app
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// COPY app /app
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3020
enum DL3020 {
    static let rule = Rule("DL3020", .error, fix: .unsafe) { check in
        for step in check.facts.steps(.add) {
            let sources = check.facts.sources(of: step)
            let plain = sources.filter { source in
                // What isn't known may be an archive or a URL.
                guard let text = check.facts.known(source.text, at: step) else { return false }
                return !AddSource.isSpecial(text)
            }
            guard let first = plain.first else { continue }
            let name = step.instruction.name
            var fix: Fix?
            if plain.count == sources.count,
                step.instruction.flags.allSatisfy({ ["chown", "chmod", "link", "exclude"].contains($0.name) }),
                !sources.contains(where: { AddSource.mayBeRemote($0.unquoted) })
            {
                // ADD unpacks what is an archive by its content, whatever its name.
                let isSafe = sources.allSatisfy { AddSource.isHardlyAnArchive($0.unquoted) }
                let edits = [Edit(name.span, name.text == "add" ? "copy" : "COPY")]
                fix = isSafe ? .safe("use COPY", edits) : .unsafe("use COPY", edits)
            }
            check.report("use COPY for \(first.text): ADD is for archives and URLs", at: name.span, step, fix: fix)
        }
    }
}
