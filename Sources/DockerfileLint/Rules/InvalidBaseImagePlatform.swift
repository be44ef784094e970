import Dockerfile
import Shell

/// The base image must be there for the platform that is built for.
///
/// ## Why it matters
///
/// An image of another platform runs emulated or not at all. This needs the image's registry, so it is checked
/// with `--online` alone.
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
    static let rule = Rule("InvalidBaseImagePlatform", .warning, optional: true) { check in
        for stage in check.facts.stages {
            guard let image = stage.image, let mismatch = check.facts.settings.platformMismatches[image.text] else {
                continue
            }
            check.report("\(image.text) is there for \(mismatch)", at: image.span, check.facts.fromStep(of: stage))
        }
    }
}
