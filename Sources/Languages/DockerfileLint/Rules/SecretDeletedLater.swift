import CaissonDockerfile
import CaissonShell

/// A secret deleted in a later layer is still in the image.
///
/// ## Why it matters
///
/// Layers only add: the file stays in the layer that brought it. Use `RUN --mount=type=secret`, or delete it in
/// the same RUN.
///
/// ## Bad
///
/// ```dockerfile
/// FROM debian:12
/// COPY id_rsa /root/.ssh/id_rsa
/// RUN git clone git@example.com:app.git
/// RUN rm /root/.ssh/id_rsa
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM debian:12
/// RUN --mount=type=ssh git clone git@example.com:app.git
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum SecretDeletedLater {
    static let rule = Rule("SecretDeletedLater", .error) { check in
        for leak in check.facts.deletedSecrets {
            check.report(
                "\(leak.path) is deleted in line \(leak.deletedIn), but stays in this layer; use RUN --mount=type=secret",
                at: leak.span,
                leak.step
            )
        }
    }
}
