import CaissonDockerfile
import CaissonShell

/// Pin versions in go install.
///
/// ## Why it matters
///
/// Without a version, or with @latest, the image changes with the module.
///
/// ## Bad
///
/// ```dockerfile
/// FROM golang:1.23
/// RUN go install example.com/tool@latest
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM golang:1.23
/// RUN go install example.com/tool@v1.2.3
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3062
enum DL3062 {
    static let rule = Rule("DL3062", .warning) { check in
        check.eachCommand("go") { check, run, command in
            let words = command.plainArguments(valued: PackageFlags.go)
            guard let verb = words.first?.text, ["install", "get", "run"].contains(verb) else { return }
            let targets = verb == "run" ? Array(words.dropFirst().prefix(1)) : Array(words.dropFirst())
            check.reportUnpinned(
                targets.filter { !GoPackage.isPinned($0.text) },
                "go \(verb)",
                "@version",
                run,
                command
            )
        }
    }
}
