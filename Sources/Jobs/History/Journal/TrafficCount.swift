import CaissonBuildModel
import CaissonText

/// Adds up what the counters of a build's steps say was moved.
struct TrafficCount: Sendable {
    private struct Key: Hashable {
        let step: String
        let counter: String
    }

    /// The highest count of each.
    private var sent: [Key: Int64] = [:]
    private var pulled: [Key: Int64] = [:]

    /// So many counters of a kind are told apart; an engine that tells more than a build can have is no longer listened to.
    private static let limit = 10_000

    /// Takes a count.
    ///
    /// BuildKit names what it receives of the client `transferring context:` and the like (session/filesync), and layers by
    /// their digests, with what it does to them as the name (util/pull/pullprogress).
    mutating func add(_ status: VertexStatus) {
        let key = Key(step: status.vertex, counter: status.id)
        if status.id.hasPrefix("transferring ") {
            Self.raise(&sent, key, status.current)
        } else if status.id.hasPrefix("sha256:"), status.name == "downloading" || status.name == "done" {
            Self.raise(&pulled, key, status.current)
        }
    }

    /// The sums.
    var traffic: BuildTraffic {
        var traffic = BuildTraffic()
        traffic.sent = sent.values.clampedSum
        traffic.pulled = pulled.values.clampedSum
        return traffic
    }

    private static func raise(_ counts: inout [Key: Int64], _ key: Key, _ count: Int64) {
        guard count > 0, counts[key] != nil || counts.count < limit else { return }
        counts[key] = max(counts[key] ?? 0, count)
    }
}
