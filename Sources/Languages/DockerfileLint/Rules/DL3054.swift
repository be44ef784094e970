import CaissonDockerfile
import CaissonShell

/// A label should be an SPDX license.
///
/// ## Why it matters
///
/// The configuration says so: its `label-schema`, or `--require-label`, makes this label an SPDX license.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// LABEL license="my own"
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// LABEL license=Apache-2.0
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3054
enum DL3054 {
    static let rule = Rule("DL3054", .warning) { check in
        check.eachLabel(.spdx, isValid: LabelValue.isLicense, "an SPDX license")
    }
}
