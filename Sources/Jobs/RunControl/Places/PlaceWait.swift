/// Why a build doesn't have its place yet, for people.
package struct PlaceWait: Sendable, Hashable {
    /// What it waits for.
    package enum Reason: Sendable, Hashable {
        /// One of so many places.
        case cap(Int)
        /// More of the machine: `processors`, `memory` or `disk`.
        case resource(String)
        /// What has its turn before it.
        case turn
    }

    /// How many have their turn before it, as things are; what comes later may change that.
    package var ahead: Int
    /// How many run.
    package var running: Int
    /// What it waits for.
    package var reason: Reason
    /// The titles of some that run, at most three.
    package var holders: [String]

    /// Makes a wait.
    package init(ahead: Int, running: Int, reason: Reason, holders: [String]) {
        self.ahead = ahead
        self.running = running
        self.reason = reason
        self.holders = holders
    }

    /// How many holders are named.
    static let namedHolders = 3
}

extension PlaceWait: CustomStringConvertible {
    /// Behind how many it waits, and why: `waits behind 2 others for one of 4 places (running: app in /srv/a, …)`.
    package var description: String {
        let behind = ahead == 0 ? "" : ahead == 1 ? " behind another" : " behind \(ahead) others"
        let object =
            switch reason {
            case .cap(1): " for the only place"
            case .cap(let places): " for one of \(places) places"
            case .resource(let name): " for \(name)"
            case .turn: ahead == 0 ? " for its turn" : ""
            }
        guard !holders.isEmpty else { return "waits\(behind)\(object)" }
        let rest = running > holders.count ? ", …" : ""
        return "waits\(behind)\(object) (running: \(holders.joined(separator: ", "))\(rest))"
    }
}
