import CaissonDockerfile
import CaissonShell

/// Use images of trusted registries alone.
///
/// ## Why it matters
///
/// Where `trustedRegistries` lists registries, images from elsewhere are findings. `*` stands for any text at one
/// end.
///
/// ## Bad
///
/// ```dockerfile
/// FROM docker.io/library/debian:12
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM registry.example.com/debian:12
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3026
enum DL3026 {
    static let rule = Rule("DL3026", .error) { check in
        let trusted = check.facts.settings.trustedRegistries
        guard !trusted.isEmpty else { return }
        for use in check.facts.imageUses where !ImageName(use.name).isFrom(trusted) {
            check.report(
                "\(use.name) is not from a trusted registry (\(trusted.joined(separator: ", ")))",
                at: use.span,
                use.step
            )
        }
    }
}
