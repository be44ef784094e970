import CaissonDockerfile
import CaissonShell

/// ADD of a URL should have --checksum.
///
/// ## Why it matters
///
/// What a URL gives may change, by accident or by an attacker. `ADD --checksum=sha256:…` refuses anything else.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// ADD https://example.com/app.tar.gz /app/
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// ADD --checksum=sha256:24454f830cdb https://example.com/app.tar.gz /app/
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum AddRemoteWithoutChecksum {
    static let rule = Rule("AddRemoteWithoutChecksum", .warning) { check in
        for step in check.facts.steps(.add) where step.instruction.flag("checksum") == nil {
            for source in check.facts.sources(of: step) where AddSource.isDownload(source.unquoted) {
                check.report("\(source.text) may change; pin it with --checksum=sha256:…", at: source.span, step)
            }
        }
    }
}
