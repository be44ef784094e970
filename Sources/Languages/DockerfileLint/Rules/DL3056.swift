import CaissonDockerfile
import CaissonShell

/// A label should be a semantic version.
///
/// ## Why it matters
///
/// The configuration says so: its `label-schema`, or `--require-label`, makes this label a semantic version.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// LABEL version=one
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// LABEL version=1.2.3
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3056
enum DL3056 {
    static let rule = Rule("DL3056", .warning) { check in
        check.eachLabel(.semver, isValid: LabelValue.isVersion, "a semantic version")
    }
}
