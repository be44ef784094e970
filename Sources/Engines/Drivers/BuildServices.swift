import BuildKit
import BuildModel
import Registry

/// The services of one build's session.
struct BuildServices: Sendable {
    let session: Session
    private let fileSync: FileSyncService
    private let fileSend: FileSendService

    init(inputs: BuildInputs, plan: ExportPlan, pipe: LoadPipe?, build: EngineBuild) {
        var targets = plan.targets
        if let pipe { targets[pipe.place] = .descriptor(pipe.writeEnd) }
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
        session = Session(sharedKey: inputs.sharedKey, services: [fileSync, fileSend, auth, secrets] + upload)
    }

    /// Why something on this side failed; nil where nothing did.
    var failure: BuildError? { fileSend.failure ?? fileSync.failure }
}
