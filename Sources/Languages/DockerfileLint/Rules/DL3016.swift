import CaissonDockerfile
import CaissonShell

/// Pin versions in npm install.
///
/// ## Why it matters
///
/// Without versions the image changes with the registry. `npm ci` takes them from the lock file.
///
/// ## Bad
///
/// ```dockerfile
/// FROM node:22
/// RUN npm install -g pnpm
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM node:22
/// RUN npm install -g pnpm@9.7.0
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3016
enum DL3016 {
    static let rule = Rule("DL3016", .warning) { check in
        check.eachCommand("npm") { check, run, command in
            let words = command.plainArguments(valued: PackageFlags.npm)
            guard words.first?.text == "install" else { return }
            check.reportUnpinned(
                words.dropFirst().filter { !NpmPackage.isPinned($0.text) },
                "npm install",
                "@version",
                run,
                command
            )
        }
    }
}
