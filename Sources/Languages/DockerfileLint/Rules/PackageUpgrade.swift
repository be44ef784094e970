import CaissonDockerfile
import CaissonShell

/// Don't upgrade the packages of the base image.
///
/// ## Why it matters
///
/// The result changes from day to day and the old files stay in the layers below; take a newer base image.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10 && rm -rf /var/lib/apt/lists/*
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum PackageUpgrade {
    static let rule = Rule("PackageUpgrade", .warning) { check in
        check.eachCommand { check, run, command in
            let verbs = PackageManager.upgradeVerbs[command.name, default: []]
            guard !verbs.isEmpty, let verb = command.plainArguments().first, verbs.contains(verb.text),
                !command.has("--help"),
                command.plainArguments().count == 1
            else { return }
            check.report(
                "\(command.name) \(verb.text) changes the base image from day to day; take a newer one",
                at: command.span,
                run.step
            )
        }
    }
}
