import CaissonBuildContext
import CaissonSecrets
import CaissonText
import CaissonBuildKit
import CaissonBuildModel
import CaissonDockerfile
import CaissonRegistry

/// The services of one build's session.
struct BuildServices: Sendable {
    let session: Session
    private let fileSync: FileSyncService
    private let fileSend: FileSendService

    /// - Parameter stores: The content stores that the engine may ask for, by name.
    init(_ job: SolveJob, build: EngineBuild, stores: [String: ServedLayout]) {
        let inputs = job.inputs
        var targets = job.plan?.targets ?? [:]
        if let pipe = job.pipe { targets[pipe.place] = .descriptor(pipe.writeEnd) }
        let snapshots = SnapshotRequest(keys: inputs.keys) { [events = build.events] in events.receive(.context($0)) }
        fileSync = FileSyncService(
            trees: inputs.trees,
            snapshots: build.request.tellsContexts ? snapshots : nil
        ) { [events = build.events] in
            events.receive(.notice(ofLoss: $0))
        }
        fileSend = FileSendService(targets: targets)
        let auth = Self.auth(build.engine.options)
        let secrets = SecretsService { [events = build.events, request = build.request] id in
            let text = { ResolvedDockerfile(request)?.excerptSource?.data }
            guard Self.isUsers(id, in: text), !Self.isRequired(id, in: text) else { return }
            let advice: FieldMessage =
                "which this build doesn't have; give it one with \(field: .secrets) id=\(id),src=FILE"
            events.receive(.notice("a step mounts the secret \(id.quoted), \(message: advice)"))
        } source: { [store = build.scope.secrets] id, body in
            store.value(id)?.withBytes(body)
        }
        let agents = build.scope.agents.service { [events = build.events] in
            events.sshStep
        } notice: { [events = build.events] text in
            events.receive(.notice(FieldMessage(text)))
        }
        let ssh = agents.map { [$0 as any SessionService] } ?? []
        let upload = inputs.upload.map { [$0 as any SessionService] } ?? []
        let content = ContentService(stores: stores.merging(inputs.stores) { _, own in own })
        session = Session(
            id: job.session,
            sharedKey: inputs.sharedKey,
            services: [fileSync, fileSend, auth, secrets, content] + upload + ssh
        )
    }

    /// Whether a secret that isn't there is one that a step names: engines also look for logins to git and HTTP servers, and
    /// do without (moby/buildkit source/git, source/http).
    static func isUsers(_ id: String, in dockerfile: () -> [UInt8]?) -> Bool {
        let own = ["GIT_AUTH_TOKEN", "GIT_AUTH_HEADER", "HTTP_AUTH_TOKEN", "HTTP_AUTH_HEADER"]
        guard own.contains(where: id.hasPrefix) else { return true }
        return dockerfile().map { String(decoding: $0, as: UTF8.self).contains(id) } ?? false
    }

    /// Whether every step that mounts a secret requires it, and so fails without it, which says all.
    static func isRequired(_ id: String, in dockerfile: () -> [UInt8]?) -> Bool {
        guard let text = dockerfile() else { return false }
        let mounts = Dockerfile(parsing: text).instructions.flatMap(\.mounts).filter { $0.secretID == id }
        return !mounts.isEmpty
            && mounts.allSatisfy { mount in
                let fields = (mount.flag.value ?? "").lowercased().split(separator: ",")
                return fields.contains("required") || fields.contains("required=true")
            }
    }

    /// Why something on this side failed; nil where nothing did.
    var failure: BuildError? { fileSend.failure ?? fileSync.failure }

    /// Finds an export that didn't come here whole, whatever the engine says of the build.
    func checkExports() throws(BuildError) { try fileSend.checkComplete() }

    /// Completes what was written here, after the whole build has succeeded.
    func finishFiles() throws(BuildError) { try fileSend.removeOthers() }

    /// Whether nothing has left this machine that can't be sent again: bytes to standard output or into a pipe.
    var canRepeat: Bool { !fileSend.hasBegunStreams }

    /// The exports that are written here, by their place.
    var finishedExports: Set<Int> { fileSend.finished }

    /// Logins and tokens for the registries that the build names.
    ///
    /// Tokens are got here: the engine may have no way to the server that gives them. Where it is this side that has
    /// none, `BUILDKIT_NO_CLIENT_TOKEN` leaves it to the engine, as with docker.
    private static func auth(_ options: EngineOptions) -> AuthService {
        let credentials = options.credentials
        let login: @Sendable (String) async throws -> RegistryLogin? = { host in
            guard let found = try await credentials.credentials(for: host) else { return nil }
            return RegistryLogin(username: found.isIdentityToken ? "" : found.username, secret: found.secret)
        }
        let isOff = options.environment["BUILDKIT_NO_CLIENT_TOKEN"].flatMap(GoBoolean.parse) ?? false
        guard !isOff else { return AuthService(login: login) }
        return AuthService(login: login) { question in try await token(question, options) }
    }

    private static func token(_ question: TokenQuestion, _ options: EngineOptions) async throws -> TokenAnswer {
        var wanted = TokenRequest(
            realm: question.realm,
            service: question.service,
            scopes: question.scopes,
            host: question.host
        )
        wanted.clientID = question.clientID
        // The engine has spoken to that host already, in the way that it was told to.
        wanted.trustsOwnHost = true
        let request = wanted
        do {
            let found = try await withRegistryClient(
                RegistryOptions(variables: options.environment, home: options.home)
            ) { client in try await client.token(request) }
            return TokenAnswer(token: found.value, lifetime: found.lifetime, issuedAt: found.issuedAt)
        } catch let error as RegistryError where [.unreachable, .deadlineExceeded, .denied].contains(error.code) {
            let hint = "set BUILDKIT_NO_CLIENT_TOKEN=1 to have the engine ask for it"
            throw RegistryError(error.code, "\(message: error.wording); \(hint)")
        }
    }
}

extension BuildEvent.Kind {
    /// A notice of something that the result lacks.
    static func notice(ofLoss text: String) -> BuildEvent.Kind {
        var message = FieldMessage(text)
        message.isOfLoss = true
        return .notice(message)
    }
}
