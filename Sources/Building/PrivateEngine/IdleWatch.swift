import CaissonText
package import CaissonEngineDiscovery

/// Decides when an engine that nobody uses is to be stopped.
struct IdleWatch: Sendable {
    /// What the supervisor is to do.
    enum Action: Sendable, Hashable {
        /// Nothing.
        case keepRunning
        /// Stop the engine: the idle period is over.
        case stop
    }

    /// The time without use after which the engine is stopped; nil is never.
    let period: Duration?
    /// Since when nobody has used it; nil while somebody does.
    private(set) var idleSince: ContinuousClock.Instant?

    /// Starts to watch an engine that has just become ready, and that somebody presumably wants.
    init(period: Duration?, now: ContinuousClock.Instant) {
        self.period = period
        idleSince = now
    }

    /// A build holds its lease, or a client is connected.
    mutating func usedAt(_ now: ContinuousClock.Instant) {
        idleSince = nil
    }

    /// Nobody holds a lease and nobody is connected.
    mutating func unusedAt(_ now: ContinuousClock.Instant) -> Action {
        let since = idleSince ?? now
        idleSince = since
        guard let period, now - since >= period else { return .keepRunning }
        return .stop
    }

    /// How often to look: often enough for short periods, rarely enough to cost nothing.
    var interval: Duration {
        guard let period else { return .seconds(1) }
        return max(.milliseconds(20), min(period / 10, .seconds(1)))
    }
}

/// How long an engine may be idle: the value of `CAISSON_ENGINE_IDLE`.
package enum IdlePeriod {
    /// Ten minutes.
    package static let standard = Duration.seconds(600)

    /// The letters of `h`, `m`, `s` and `ms`: fractions of a millisecond make no sense here.
    private static let units = Array("hms".utf8)

    /// Understands `10m`, `1h30m`, `2s`, `500ms`, a number of seconds, and `never`, which is nil.
    package static func parse(_ text: String) throws(EngineError) -> Duration? {
        if text == "never" { return nil }
        let isWhole = text.utf8.allSatisfy { $0.isDigit || units.contains($0) }
        guard isWhole, let period = GoDuration.parse(text) else {
            throw EngineError(.badAddress, "CAISSON_ENGINE_IDLE is “\(text)”; write 10m, 1h30m, 45s or never")
        }
        return period
    }

    /// What the variables say, else the standard.
    package static func from(_ variables: [String: String]) throws(EngineError) -> Duration? {
        guard let text = variables["CAISSON_ENGINE_IDLE"], !text.isEmpty else { return standard }
        return try parse(text)
    }
}
