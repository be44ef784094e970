import CaissonBuildModel

/// A build in a place or in the queue for one, as its file says.
struct PlaceTicket: Sendable, Hashable {
    /// What it does.
    enum State: String, Sendable {
        case waiting, running
    }

    /// The name of its file.
    var name: String
    /// What it does.
    var state: State
    /// What it's called.
    var title: String
    /// Whose it is.
    var project: String
    /// Its level of urgency when it came; 0 is the most urgent.
    var priority: Int
    /// When it came, in nanoseconds since the machine was started.
    var since: Int64
    /// What it takes of the machine.
    var needs: Amounts
    /// The limits that it was told, which are those of its own process.
    var limits: MachineLimits

    /// A ticket for a request.
    init(_ request: PlaceRequest, name: String, limits: MachineLimits, since: Int64) {
        self.name = name
        self.limits = limits
        self.since = since
        state = .waiting
        title = String(request.title.prefix(200))
        project = String((request.project ?? "").prefix(200))
        priority = min(max(request.priority, 0), max(limits.priorityLevels, 1) - 1)
        needs = Amounts(request.needs)
    }

    /// A ticket that can't be read: it has a place, whatever it may be.
    init(unreadable name: String) {
        self.name = name
        state = .running
        title = "a build of another version of Caisson"
        project = ""
        priority = 0
        since = 0
        needs = Amounts()
        limits = MachineLimits()
    }
}
