import CaissonDockerfile
import CaissonShell

/// Don't pipe a download into a shell.
///
/// ## Why it matters
///
/// Whoever controls the server, or the line to it, runs commands in the build. Download a fixed version, check
/// its checksum, run it then.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// SHELL ["/bin/bash", "-o", "pipefail", "-c"]
/// RUN curl -fsSL https://example.com/install.sh | sh
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN curl -fsSLo i.sh https://example.com/v1/install.sh && echo "abc  i.sh" | sha256sum -c && sh i.sh
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum CurlPipeShell {
    static let rule = Rule("CurlPipeShell", .warning) { check in
        for run in check.facts.runs {
            for (index, command) in run.commands.enumerated() {
                guard ["curl", "wget"].contains(command.name), let runner = PipedShell.runner(of: index, in: run) else {
                    continue
                }
                check.report(
                    "\(runner) runs what \(command.name) gets, whatever it is; check it against a checksum first",
                    at: command.span,
                    run.step
                )
            }
        }
    }
}
