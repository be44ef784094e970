import CaissonDockerfile
import CaissonShell

/// Use ADD to unpack an archive.
///
/// ## Why it matters
///
/// ADD unpacks tar archives on its way; COPY and tar leave the archive in a layer.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// COPY app.tar.gz /tmp/
/// RUN tar -xzf /tmp/app.tar.gz
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// ADD app.tar.gz /
/// ```
///
/// ## References
///
/// - https://github.com/hadolint/hadolint/wiki/DL3010
enum DL3010 {
    static let rule = Rule("DL3010", .info) { check in
        for step in check.facts.steps(.copy) where step.instruction.flag("from") == nil {
            for source in check.facts.sources(of: step) where ArchiveName.isArchive(source.unquoted) {
                guard check.facts.isUnpacked(source, copiedBy: step) else { continue }
                check.report("\(source.text) is unpacked later; ADD does that", at: source.span, step)
                break
            }
        }
    }
}
