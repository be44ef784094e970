package import CaissonBuildModel

/// Many builds of a batch at once: how each stands, how much of all is done, and how long the rest takes.
///
/// ```
/// BuildEvent of a name ─┐
/// status of a name ─────┴▶ BatchBoard ─▶ lines for a terminal · a line for a log at each turn
/// ```
///
/// A reducer that reads no clock. Its memory is bounded: of builds that have ended only numbers are kept.
package struct BatchBoard: Sendable {
    /// The most builds that are kept.
    package static let limit = 100_000

    /// How many builds run at a time.
    package var jobs: Int
    /// Whether a build has ended when its events say so; else when `note` does, as where attempts are repeated.
    package var endsByEvents: Bool
    /// How much is done, in whole percents as the last frame showed it; it falls only when builds are added.
    package private(set) var percent = 0

    private var builds: [BoardBuild] = []
    private var places: [String: Int] = [:]

    /// Makes a board without builds.
    package init(jobs: Int, endsByEvents: Bool = true) {
        self.jobs = jobs
        self.endsByEvents = endsByEvents
    }

    /// Adds a build that waits, or takes over what is expected of one that is there.
    ///
    /// - Parameter estimate: How long it is expected to take; nil where nobody knows.
    package mutating func add(_ name: String, estimate: Duration? = nil) {
        guard let place = place(of: name) else { return }
        builds[place].estimate = estimate
        percent = 0
    }

    /// Takes in an event of a build; one that isn't there is added.
    ///
    /// - Returns: The line for a log that it is worth: the build began, is tried again, ended.
    @discardableResult
    package mutating func receive(_ event: BuildEvent, of name: String) -> String? {
        guard let place = place(of: name) else { return nil }
        return builds[place].receive(event, endsItself: endsByEvents)
    }

    /// Takes in how a build stands; one that isn't there is added.
    ///
    /// - Parameters:
    ///   - reason: Why it waits or ended so; nil where that is known already.
    ///   - time: When that came about, by the clock of the events.
    /// - Returns: The line for a log that it is worth: the build has to wait, began, ended.
    @discardableResult
    package mutating func note(
        _ status: BuildStatus,
        reason: String? = nil,
        of name: String,
        at time: Timestamp
    ) -> String? {
        guard let place = place(of: name) else { return nil }
        return builds[place].move(to: status, reason, at: time)
    }

    /// How long the rest takes, if none of the builds has to wait for another; nil where nobody knows.
    package func timeLeft(now: Timestamp) -> Duration? {
        BatchForecast(builds, jobs: jobs, now: now).timeLeft
    }

    /// The lines that show the builds on a terminal: fewer than `height`, so that the cursor has a line below them, and none
    /// of them wider than `width`.
    package mutating func lines(
        width: Int,
        height: Int,
        now: Timestamp,
        colors: ProgressColors = .none
    ) -> [String] {
        let forecast = BatchForecast(builds, jobs: jobs, now: now)
        let isOver = !builds.isEmpty && builds.allSatisfy(\.status.isFinal)
        percent = max(percent, min(Int(forecast.share * 100), isOver ? 100 : 99))
        guard height > 1, width > 0 else { return [] }
        let heading = BoardHeading(builds, percent: percent, timeLeft: isOver ? nil : forecast.timeLeft)
        let rows = BoardRows(builds, width: width, now: now, colors: colors)
        return [heading.text(width: width)] + rows.lines(fitting: height - 2)
    }

    /// Where a build is, which is added if it isn't there; nil where there are too many.
    private mutating func place(of name: String) -> Int? {
        if let known = places[name] { return known }
        guard builds.count < Self.limit else { return nil }
        places[name] = builds.count
        builds.append(BoardBuild(name, estimate: nil))
        percent = 0
        return builds.count - 1
    }
}
