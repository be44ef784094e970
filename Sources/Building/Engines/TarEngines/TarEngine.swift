import CaissonBuildModel
import CaissonHTTPClient

/// An engine without BuildKit that builds from a tar in the body of one request.
///
/// ```
/// caisson                                   podman, or dockerd's classic builder
///   POST /libpod/build | /build, a tar ──▶
///                                       ◀── 200, a JSON object a line: output of steps, pulls, the image's id or an error
/// ```
/// It has no session: what a build needs goes in the address's query, in headers, and in the tar, all before the first
/// step. What can't go there is refused before anything is sent.
enum TarEngine: Sendable, Hashable {
    /// Podman's own API; the versions are its own and that of the buildah in it.
    case podman(version: String)
    /// dockerd's builder from before BuildKit.
    case classic(APIVersion)

    /// The engine as it is named in messages.
    var name: String {
        switch self {
        case .podman(let version): "podman \(version)"
        case .classic(let version): "dockerd's classic builder (API \(version))"
        }
    }

    /// Whether it is podman.
    var isPodman: Bool { if case .podman = self { true } else { false } }

    /// What its user should know before the build.
    var notice: FieldMessage? {
        isPodman
            ? nil
            : "the classic builder is deprecated and lacks RUN --mount (caches, secrets, ssh), heredocs and stages side by "
                + "side; it also builds stages that nothing needs — leave \(field: .classicBuilder) out to build with BuildKit"
    }

    /// The podman that a ping's answer comes from; nil for other engines.
    init?(podman headers: HTTPHeaders) {
        guard let version = headers["Libpod-API-Version"] else { return nil }
        let isVersion = { (byte: UInt8) in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2B, 0x2D, 0x2E].contains(byte)
        }
        self = .podman(version: String(decoding: version.utf8.prefix(40).filter(isVersion), as: UTF8.self))
    }
}
