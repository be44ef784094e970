package import CaissonBuildModel
package import CaissonSystem

/// An engine as `builder ls` and `builder inspect` show it.
package struct ListedEngine: Sendable, Hashable, Codable {
    /// What is known of its state.
    package enum Status: String, Sendable, Hashable, Codable {
        /// Somebody uses it, or it isn't ours to know.
        case running
        /// It runs and nobody uses it.
        case idle
        /// It is being started.
        case starting
        /// It is being stopped.
        case stopping
        /// It doesn't run.
        case stopped
        /// Its socket isn't ours to use.
        case denied
        /// It isn't a Unix socket and was not dialled.
        case unknown
    }

    /// `private`, or the address.
    package var name: String
    /// Which engine it is.
    package var kind: EngineKind
    /// Its address; the one it will have where it doesn't run.
    package var endpoint: String
    /// How it is.
    package var status: Status
    /// Where it was found, in words.
    package var origin: String
    /// Its version, when known.
    package var version: String?
    /// Since when nobody has used it, in seconds since 1970.
    package var idleSince: Double?
    /// After how many seconds without use it is stopped; nil is never.
    package var idleSeconds: Double?
    /// When it was started, in seconds since 1970.
    package var started: Double?
    /// Its process.
    package var pid: Int32?
    /// Its supervisor's process.
    package var supervisorPid: Int32?
    /// Its log.
    package var log: String?
    /// Its state directory.
    package var state: String?
    /// Its network bridge.
    package var bridge: String?
    /// What its user should know.
    package var notices: [String] = []

    /// Makes what is known of an engine from its place.
    package init(name: String, kind: EngineKind, endpoint: String, status: Status, origin: String) {
        self.name = name
        self.kind = kind
        self.endpoint = endpoint
        self.status = status
        self.origin = origin
    }

    /// An engine at an endpoint that a build would take.
    /// - Parameter spelling: How fields of the selection are written, which may be why it is this engine.
    package init(running endpoint: EngineEndpoint, _ spelling: (RequestField) -> String) {
        self.init(
            name: endpoint.address,
            kind: endpoint.kind,
            endpoint: endpoint.address,
            status: .running,
            origin: endpoint.origin.text(spelling)
        )
    }

    /// What a look at its socket says of an engine.
    package static func status(_ state: SocketState?) -> Status {
        switch state {
        case .live?: .running
        case .denied?: .denied
        case .missing?, .notSocket?, .dead?, .failed?: .stopped
        case nil: .unknown
        }
    }
}
