import CaissonDockerfile
import CaissonShell

/// A label should be a URL.
///
/// ## Why it matters
///
/// The configuration says so: its `label-schema`, or `--require-label`, makes this label a URL.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// LABEL site="not a url"
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// LABEL site=https://example.com/a
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3052
enum DL3052 {
    static let rule = Rule("DL3052", .warning) { check in
        check.eachLabel(.url, isValid: LabelValue.isURL, "a URL")
    }
}
