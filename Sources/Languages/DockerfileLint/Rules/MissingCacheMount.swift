import CaissonDockerfile
import CaissonShell

/// A package manager without a cache mount.
///
/// ## Why it matters
///
/// `RUN --mount=type=cache` keeps downloads from build to build without putting them into the image.
///
/// ## Bad
///
/// ```dockerfile
/// # syntax=docker/dockerfile:1
/// FROM golang:1.23
/// RUN go build ./...
/// ```
///
/// ## Good
///
/// ```dockerfile
/// # syntax=docker/dockerfile:1
/// FROM golang:1.23
/// RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build go build ./...
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum MissingCacheMount {
    static let rule = Rule("MissingCacheMount", .style) { check in
        // Without a `# syntax=` line, the front end may be one that has no mounts.
        guard check.file.directive("syntax") != nil else { return }
        for run in check.facts.runs where !run.mounts.contains(where: { $0.type == "cache" }) && run.isPosix {
            guard let (command, target) = CacheTarget.first(in: run) else { continue }
            check.report(
                "a cache mount would keep what \(command.name) downloads: --mount=type=cache,target=\(target)",
                at: command.span,
                run.step
            )
        }
    }
}
