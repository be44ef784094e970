import CaissonDockerfile
import CaissonShell

/// The protocol in EXPOSE should be in small letters.
///
/// ## Why it matters
///
/// Tools that read the image's configuration compare it as it is written.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// EXPOSE 80/TCP
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// EXPOSE 80/tcp
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/expose-proto-casing/
enum ExposeProtoCasing {
    static let rule = Rule("ExposeProtoCasing", .warning, fix: .safe) { check in
        for step in check.facts.steps(.expose) {
            for word in step.instruction.words {
                guard let slash = word.text.lastIndex(of: "/") else { continue }
                let fixed = word.text[..<slash] + word.text[slash...].lowercased()
                guard fixed != word.text, !word.text[slash...].holds("$") else { continue }
                check.report(
                    "write the protocol in small letters: \(fixed)",
                    at: word.span,
                    step,
                    fix: .safe("write \(fixed)", [Edit(word.span, String(fixed))])
                )
            }
        }
    }
}
