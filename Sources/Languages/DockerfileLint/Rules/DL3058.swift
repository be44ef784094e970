import CaissonDockerfile
import CaissonShell

/// A label should be an e-mail address.
///
/// ## Why it matters
///
/// The configuration says so: its `label-schema`, or `--require-label`, makes this label an e-mail address.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// LABEL author=jane
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// LABEL author=jane@example.com
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3058
enum DL3058 {
    static let rule = Rule("DL3058", .warning) { check in
        check.eachLabel(.email, isValid: LabelValue.isAddress, "an e-mail address")
    }
}
