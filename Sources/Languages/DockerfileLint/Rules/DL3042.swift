import CaissonDockerfile
import CaissonShell

/// Use --no-cache-dir with pip install.
///
/// ## Why it matters
///
/// pip's cache of downloads stays in the layer otherwise. `ENV PIP_NO_CACHE_DIR=1` or a cache mount do as well.
///
/// ## Bad
///
/// ```dockerfile
/// FROM python:3.12
/// RUN pip install flask==3.0.3
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
/// - https://github.com/hadolint/hadolint/wiki/DL3042
enum DL3042 {
    static let rule = Rule("DL3042", .warning, fix: .unsafe) { check in
        check.eachCommand { check, run, command in
            guard PipInstall.isInstall(command), !command.hasFlag("no-cache-dir"), !run.hasMount(".cache/pip"),
                !check.facts.hasNoPipCache(run, command),
                !run.commands.contains(where: {
                    Cleaning.ofPip($0) && $0.nameSpan.lowerBound > command.nameSpan.lowerBound
                })
            else { return }
            check.reportMissing("--no-cache-dir", "pip install", ["install"], run, command)
        }
    }
}
