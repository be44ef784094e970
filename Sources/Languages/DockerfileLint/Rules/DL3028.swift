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
            let end = command.arguments.firstIndex { $0.text == "--" } ?? command.arguments.endIndex
            let words = command.arguments[..<end].filter {
                !$0.text.hasPrefix("-") && $0.text != "install" && $0.text != "i"
            }
            check.reportUnpinned(words.filter { !$0.contains(":") }, "gem install", ":version", run, command)
        }
    }
}
