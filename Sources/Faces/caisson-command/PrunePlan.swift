import CaissonBuildModel
import CaissonCaches
import CaissonConfiguration
import CaissonEngines
import CaissonHistory
import CaissonReporting
import CaissonText

/// What a prune means on each node of a builder: what the engine is asked for, and what will go.
struct PrunePlan: Sendable {
    /// What will go, node by node, in the engine's order.
    private(set) var rows: [CacheRow] = []
    /// What each node is asked for; a node that isn't here isn't asked.
    private(set) var orders: [String: CachePrune] = [:]
    /// The nodes, for people.
    private let nodes: [String]
    private var isCertain = true
    /// The nodes' addresses.
    private let addresses: [String: String]
    /// All that the nodes have.
    private var records: [String: [String: CacheRecord]] = [:]

    /// Works out what rules mean for what the nodes keep.
    init(_ rules: PruneRules, of caches: [EngineCache]) {
        nodes = caches.map(\.node)
        addresses = Dictionary(caches.map { ($0.node, $0.address) }) { first, _ in first }
        for cache in caches {
            records[cache.node] = Dictionary(cache.records.map { ($0.id, $0) }) { first, _ in first }
            let isTold =
                rules.filter.isUnderstood(byPruneReadingDescriptions: cache.prunesByDescription)
                && (cache.takesFilters || rules.filter.wire.isEmpty)
            var order = CachePrune(rules)
            if !isTold {
                let meant = cache.records.filter { rules.filter.matches($0) }.map(\.id)
                order.filters = CachePrune.filters(ids: meant)
                // No filter at all would mean everything.
                guard !order.filters.isEmpty else { continue }
            }
            orders[cache.node] = order
            var rules = rules
            rules.reader = isTold ? .prune : .usage
            let prediction = PrunePrediction(of: cache.records, by: rules, at: cache.time, freeBytes: nil)
            rows += prediction.removed.map { CacheRow($0, node: cache.node, now: cache.time) }
            isCertain = isCertain && prediction.isCertain
        }
    }

    /// A record that is gone, with what was known of it: an engine doesn't tell its kind then.
    func row(_ record: CacheRecord, of node: String) -> CacheRow {
        var told = records[node]?[record.id] ?? record
        told.size = record.size
        return CacheRow(told, node: node, now: .now)
    }

    /// Takes note of what is gone in the history, where it explains why steps run again.
    func remember(_ gone: [CacheRow]) { Self.remember(gone, by: "caisson cache prune", addresses: addresses) }

    /// Takes note of what is gone, and of what removed it, on nodes with addresses.
    static func remember(_ gone: [CacheRow], by cause: String, addresses: [String: String]) {
        let isRecording = (try? Configuration.ofThisProcess())?.history.isEnabled ?? true
        guard isRecording, let place = try? BuildsCommand.place() else { return }
        for (node, rows) in Dictionary(grouping: gone, by: \.node) {
            var removal = CacheRemoval(from: addresses[node] ?? node, by: cause, at: .now)
            removal.count = rows.count
            removal.size = rows.map { max($0.record.size, 0) }.clampedSum
            removal.descriptions = rows.map(\.record.description).filter { !$0.isEmpty }
            do throws(HistoryError) {
                try RemovalLog(place).append(removal)
            } catch {
                CommandState.warn("what was removed isn't remembered: \(error.message)")
            }
        }
    }

    /// How much will go, for people.
    var sum: String { Self.sum(of: rows) }

    /// What the prune is of, for people.
    var place: String {
        nodes.count == 1 ? "the build cache of \(nodes[0])" : "the build caches of \(nodes.joined(separator: ", "))"
    }

    /// Why the prediction may be wrong; nil where it isn't known to.
    var doubt: String? {
        isCertain
            ? nil
            : "how much goes isn't certain: the engine tells neither how much of its disk is free nor all that it goes by"
    }

    static func sum(of rows: [CacheRow]) -> String {
        let bytes = rows.map { max($0.record.size, 0) }.clampedSum
        return "\(CacheTotals.size(bytes)) in \(rows.count) record\(rows.count == 1 ? "" : "s")"
    }
}
