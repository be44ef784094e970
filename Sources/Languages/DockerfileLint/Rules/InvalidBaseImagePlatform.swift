import CaissonDockerfile
import CaissonShell

/// The base image must be there for the platform that is built for.
///
/// ## Why it matters
///
/// An image of another platform runs emulated or not at all. This needs the image's registry, so it is checked
/// with `caisson lint --online` alone, for the machine's own platform or that of `--platform`.
///
/// ## Bad
///
/// ```dockerfile
/// FROM --platform=linux/s390x example.com/amd64-only:1
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum InvalidBaseImagePlatform {
    static let rule = Rule("InvalidBaseImagePlatform", .warning) { check in
        for stage in check.facts.stages {
            guard let image = stage.image, let wanted = check.facts.baseImage(of: stage),
                let platforms = check.facts.settings.imagePlatforms[wanted.name], !platforms.isEmpty,
                !wanted.isThere(for: platforms)
            else { continue }
            check.report(
                "\(wanted.name) is there for \(platforms.joined(separator: ", ")), and not for \(wanted.platform)",
                at: image.span,
                check.facts.fromStep(of: stage)
            )
        }
    }
}
