import CaissonBuildModel
import CaissonText

/// Which record goes next: decides in values, so that a prune is what can be foretold from the records.
struct RemovalQueue {
    private let records: [CacheRecord]
    private var places: [String: Int] = [:]
    private var childCounts: [Int]
    private var mayGo: [Bool]
    /// The places of those that may go now, the next one last.
    private var free: [Int] = []
    private var left: Int64
    private let kept: Int64

    /// Takes all records of the engine, each id once, and what is to go.
    init(_ records: [CacheRecord], _ order: CachePrune, _ filter: RecordFilter, now: Timestamp) {
        self.records = records
        let end = now.earlier(by: order.keepDuration)
        mayGo = records.map { record in
            guard !record.isInUse, order.includesAll || !record.isShared, filter.matches(record) else { return false }
            return order.keepDuration <= .zero || record.lastUsed.map { $0 <= end } ?? true
        }
        childCounts = Array(repeating: 0, count: records.count)
        kept = max(order.reservedBytes, order.maximumBytes, 0)
        left = records.lazy.map { $0.isShared ? 0 : max($0.size, 0) }.clampedSum
        for (place, record) in records.enumerated() { places[record.id] = place }
        for parent in records.flatMap(\.parents) { places[parent].map { childCounts[$0] += 1 } }
        free = records.indices.filter { mayGo[$0] && childCounts[$0] == 0 }.sorted { precedes($1, $0) }
    }

    /// The next record to remove; nil where no more may go, or so little is left as was asked for.
    ///
    /// As BuildKit has it, records go while the cache has as many bytes as the limit, or more.
    mutating func next() -> CacheRecord? {
        guard kept == 0 || left >= kept, let place = free.popLast() else { return nil }
        return records[place]
    }

    /// Takes what the engine says is gone after it was asked to remove a record, and tells the records among it.
    ///
    /// One that isn't gone is in use by now: it stays, and its parents with it.
    mutating func confirm(_ asked: CacheRecord, gone: [String]) -> [CacheRecord] {
        var told: [CacheRecord] = []
        for id in gone {
            guard let place = places.removeValue(forKey: id) else { continue }
            let record = records[place]
            told.append(record)
            // What went along with another isn't to be asked for again.
            if id != asked.id { free.removeAll { $0 == place } }
            mayGo[place] = false
            left = left.clampedAdding(-max(record.size, 0))
            for parent in record.parents { release(parent) }
        }
        return told
    }

    private mutating func release(_ id: String) {
        guard let place = places[id] else { return }
        childCounts[place] -= 1
        guard childCounts[place] == 0, mayGo[place] else { return }
        var (low, high) = (0, free.count)
        while low < high {
            let middle = (low + high) / 2
            if precedes(place, free[middle]) { low = middle + 1 } else { high = middle }
        }
        free.insert(place, at: low)
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        let (a, b) = (records[a], records[b])
        return (a.created, a.id) < (b.created, b.id)
    }
}

extension Timestamp {
    /// The moment that is a span before this one, or the first there is; fractions of a second of the span don't count.
    fileprivate func earlier(by span: Duration) -> Timestamp {
        let (difference, isOver) = seconds.subtractingReportingOverflow(span.components.seconds)
        return Timestamp(seconds: isOver ? .min : difference, nanoseconds: nanoseconds)
    }
}
