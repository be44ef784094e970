import CaissonDockerfile
import CaissonShell

/// Secrets don't belong into ARG and ENV.
///
/// ## Why it matters
///
/// Both stay in the image's configuration and history, for everyone who has the image. Use `RUN
/// --mount=type=secret`. BuildKit and hadolint go by different lists of names; either is a finding.
///
/// ## Bad
///
/// ```dockerfile
/// FROM alpine:3.20
/// ENV DB_PASSWORD=hunter2
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM alpine:3.20
/// RUN --mount=type=secret,id=db_password ./configure
/// ```
///
/// ## References
///
/// - https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/
/// - https://github.com/hadolint/hadolint/wiki/DL3064
enum SecretsUsedInArgOrEnv {
    static let rule = Rule("SecretsUsedInArgOrEnv", .warning, aliases: ["DL3064"]) { check in
        for step in check.facts.allSteps(.arg, .env) where step.stage != nil || step.keyword == .arg {
            for pair in step.instruction.pairs {
                let key = pair.key.unquoted
                let isOurs = SecretName.isBuildKits(key) && step.stage != nil && !step.isTrigger
                let isTheirs = SecretName.isHadolints(key)
                guard isOurs || isTheirs else { continue }
                check.report(
                    "\(key) looks like a secret, and stays in the image for all to read; use RUN --mount=type=secret",
                    at: pair.key.span,
                    step,
                    names: isOurs ? (isTheirs ? .all : .own) : .only("DL3064")
                )
            }
        }
    }
}
