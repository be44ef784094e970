import CaissonDockerfile
import CaissonShell

/// Pin versions in pip install.
///
/// ## Why it matters
///
/// Without versions the image changes with the index. A requirements file or a constraints file can hold them.
///
/// ## Bad
///
/// ```dockerfile
/// FROM python:3.12
/// RUN pip install --no-cache-dir flask
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM python:3.12
/// RUN pip install --no-cache-dir flask==3.0.3
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3013
enum DL3013 {
    static let rule = Rule("DL3013", .warning) { check in
        check.eachCommand { check, run, command in
            guard let words = PipInstall.unpinned(command) else { return }
            check.reportUnpinned(words, "pip install", "==version", run, command)
        }
    }
}
