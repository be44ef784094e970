package import CaissonBuildModel

/// In which order records are listed; what is equal in it is in the order of the ids.
package enum CacheOrder: Sendable, Hashable, CaseIterable {
    /// As buildx lists them, the largest last, where the reader's eye is (`DiskUsage` of BuildKit's
    /// `client/diskusage.go`).
    case smallestFirst
    /// The other way round, as the client of BuildKit 0.8 had it but for the ids, which it turned round too.
    case largestFirst
    /// What was never used, then what wasn't for long.
    case leastRecentlyUsedFirst
    /// What was used lately; at the end what was never used.
    case mostRecentlyUsedFirst

    /// buildx's order.
    package static let buildx = CacheOrder.smallestFirst

    /// Whether the first record comes before the second.
    package func areInOrder(_ a: CacheRecord, _ b: CacheRecord) -> Bool {
        switch self {
        case .smallestFirst where a.size != b.size: a.size < b.size
        case .largestFirst where a.size != b.size: a.size > b.size
        case .leastRecentlyUsedFirst where a.lastUsed != b.lastUsed: Self.isLess(a.lastUsed, b.lastUsed)
        case .mostRecentlyUsedFirst where a.lastUsed != b.lastUsed: Self.isLess(b.lastUsed, a.lastUsed)
        case .smallestFirst, .largestFirst, .leastRecentlyUsedFirst, .mostRecentlyUsedFirst: Self.isLess(a.id, b.id)
        }
    }

    private static func isLess(_ a: Timestamp?, _ b: Timestamp?) -> Bool {
        guard let b else { return false }
        return a.map { $0 < b } ?? true
    }

    /// By bytes, as Go compares texts.
    private static func isLess(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}

extension [CacheRecord] {
    /// The records in an order.
    package func sorted(by order: CacheOrder) -> [CacheRecord] { sorted(by: order.areInOrder) }

    /// The places in the order of the last use; ids are looked at only where times are equal, as there are many places.
    func leastRecentlyUsedFirst(_ places: [Int]) -> [Int] {
        places.map { (time: self[$0].lastUsed, place: $0) }
            .sorted { a, b in
                if let early = a.time, let late = b.time, early != late { return early < late }
                return CacheOrder.leastRecentlyUsedFirst.areInOrder(self[a.place], self[b.place])
            }
            .map(\.place)
    }
}
