import CaissonDockerfile
import CaissonShell

/// EXPOSE takes a port, without address or host port.
///
/// ## Why it matters
///
/// Where a port is published is decided when the container runs; BuildKit drops the rest and will refuse it in a
/// future release.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// EXPOSE 127.0.0.1:8080:80
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// EXPOSE 80
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/expose-invalid-format/
enum ExposeInvalidFormat {
    static let rule = Rule("ExposeInvalidFormat", .warning, fix: .safe) { check in
        for step in check.facts.steps(.expose) {
            for word in step.instruction.words where !word.text.holds("$") {
                guard let colon = word.text.lastIndex(of: ":") else { continue }
                let port = String(word.text[word.text.index(after: colon)...])
                check.report(
                    "\(word.text) names an address or a host port; EXPOSE takes \(port) alone",
                    at: word.span,
                    step,
                    fix: .safe("write \(port)", [Edit(word.span, port)])
                )
            }
        }
    }
}
