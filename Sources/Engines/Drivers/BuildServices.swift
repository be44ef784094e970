import BuildKit
import BuildModel
import Registry

/// The services of one build's session.
struct BuildServices: Sendable {
    let session: Session
    private let fileSync: FileSyncService
    private let fileSend: FileSendService

    /// - Parameter stores: The content stores that the engine may ask for, by name.
    init(_ parts: SolveParts, build: EngineBuild, stores: [String: ServedLayout]) {
        let inputs = parts.inputs
        var targets = parts.plan?.targets ?? [:]
        if let pipe = parts.pipe { targets[pipe.place] = .descriptor(pipe.writeEnd) }
        fileSync = FileSyncService(trees: inputs.trees) { [events = build.events] in
            events.receive(.notice($0))
        }
        fileSend = FileSendService(targets: targets)
        let credentials = build.engine.options.credentials
        let auth = AuthService { host in
            guard let found = try await credentials.credentials(for: host) else { return nil }
            return RegistryLogin(username: found.isIdentityToken ? "" : found.username, secret: found.secret)
        }
        let secrets = SecretsService { [events = build.events] id in
            let advice = "which this build doesn't have; give it one with --secret id=\(id),src=FILE"
            events.receive(.notice("a step mounts the secret \(id.quoted), \(advice)"))
        } source: { [store = build.secrets] id, body in
            store.value(id)?.withBytes(body)
        }
        let upload = inputs.upload.map { [$0 as any SessionService] } ?? []
        let content = ContentService(stores: stores.merging(inputs.stores) { _, own in own })
        session = Session(
            id: parts.session,
            sharedKey: inputs.sharedKey,
            services: [fileSync, fileSend, auth, secrets, content] + upload
        )
    }

    /// Why something on this side failed; nil where nothing did.
    var failure: BuildError? { fileSend.failure ?? fileSync.failure }

    /// Whether nothing has left this machine that can't be sent again: bytes to standard output or into a pipe.
    var canRepeat: Bool { !fileSend.hasBegunStreams }

    /// The exports that are written here, by their place.
    var finishedExports: Set<Int> { fileSend.finished }
}
