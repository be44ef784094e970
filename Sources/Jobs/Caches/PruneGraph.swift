import CaissonBuildModel

/// The records of a cache and how many children hold each of them.
struct PruneGraph {
    /// The records, each id once.
    let records: [CacheRecord]
    /// The places of the records that may go once no child holds them.
    let eligible: [Int]

    private let mayGo: [Bool]
    /// The places of each record's parents, one after the other; a parent that is named twice is held twice.
    private var parents: [Int32] = []
    private var parentEnds: [Int] = []
    private var childCounts: [Int]

    /// Takes records; of several with one id the first.
    init(_ records: [CacheRecord], mayGo: (CacheRecord) -> Bool) {
        var places = [String: Int32](minimumCapacity: records.count)
        var kept: [CacheRecord] = []
        kept.reserveCapacity(records.count)
        for record in records where places.updateValue(Int32(kept.count), forKey: record.id, keepingOld: true) {
            kept.append(record)
        }
        self.records = kept
        let free = kept.map(mayGo)
        self.mayGo = free
        eligible = kept.indices.filter { free[$0] }
        childCounts = Array(repeating: 0, count: kept.count)
        for record in kept {
            for parent in record.parents {
                guard let place = places[parent] else { continue }
                parents.append(place)
                childCounts[Int(place)] += 1
            }
            parentEnds.append(parents.count)
        }
    }

    /// The places of the records that may go now.
    var free: [Int] { eligible.filter { childCounts[$0] == 0 } }

    /// Removes a record, and tells of its parents those that may go from now on.
    mutating func remove(_ place: Int, freed: (Int) -> Void) {
        let start = place == 0 ? 0 : parentEnds[place - 1]
        for parent in parents[start..<parentEnds[place]] {
            childCounts[Int(parent)] -= 1
            if childCounts[Int(parent)] == 0, mayGo[Int(parent)] { freed(Int(parent)) }
        }
    }
}

extension [String: Int32] {
    /// Sets the value of a key that has none, and tells whether that was so.
    fileprivate mutating func updateValue(_ value: Int32, forKey key: String, keepingOld: Bool) -> Bool {
        guard self[key] == nil else { return false }
        self[key] = value
        return true
    }
}
