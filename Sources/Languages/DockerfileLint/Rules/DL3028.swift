import CaissonDockerfile
import CaissonShell

/// Pin versions in gem install.
///
/// ## Why it matters
///
/// Without a version the image changes with rubygems.org.
///
/// ## Bad
///
/// ```dockerfile
/// FROM ruby:3.3
/// RUN gem install bundler
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM ruby:3.3
/// RUN gem install bundler:2.5.17
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3028
enum DL3028 {
    static let rule = Rule("DL3028", .warning) { check in
        check.eachCommand("gem") { check, run, command in
            guard command.argument(["install", "i"]) != nil, !command.hasFlag("v", "version") else { return }
            let end = command.arguments.first { $0.text == "--" }?.range.lowerBound ?? .max
            let words = command.plainArguments(valued: PackageFlags.gem).filter {
                $0.range.lowerBound < end && $0.text != "install" && $0.text != "i"
            }
            let open = words.filter { !$0.contains(":") && !$0.hasSuffix(".gem") }
            check.reportUnpinned(open, "gem install", ":version", run, command)
        }
    }
}
