import CaissonLocalCaches

/// A folder as numbers, and what would go from it, worked out slowly: everything anew after each change.
struct ReferenceSweep {
    struct Blob {
        var size: Int64
        var age: Int64
        var children: [String] = []
    }

    struct Entry {
        var tag: String?
        var digest: String
        var isDropped = false
    }

    /// By digest, those that are there.
    var blobs: [String: Blob] = [:]
    var entries: [Entry] = []

    /// All that is named by entries that stay, whether it is there or not.
    var named: Set<String> {
        var named = Set(entries.filter { !$0.isDropped }.map(\.digest))
        while true {
            let more = named.union(named.flatMap { blobs[$0]?.children ?? [] })
            if more == named { return named }
            named = more
        }
    }

    private var namedBytes: Int64 { named.reduce(0) { $0 + (blobs[$1]?.size ?? 0) } }

    /// The entries that stay, the oldest manifest first and missing ones before all.
    private var order: [Int] {
        let stay = entries.indices.filter { !entries[$0].isDropped }
        func age(_ index: Int) -> Int64 { blobs[entries[index].digest]?.age ?? .max }
        return stay.sorted { age($0) == age($1) ? $0 < $1 : age($0) > age($1) }
    }

    /// The digests that go, and the entries.
    mutating func run(tags: Set<String>?, untagged: Int?, bytes: Int64?, age: Int64?, grace: Int64) -> Set<String> {
        for index in entries.indices {
            let entry = entries[index]
            if let tags, let tag = entry.tag, !tags.contains(tag) { entries[index].isDropped = true }
            if let age, let blob = blobs[entry.digest], blob.age >= age { entries[index].isDropped = true }
        }
        if let untagged {
            while true {
                let bare = order.filter { entries[$0].tag == nil }
                guard bare.count > untagged, let first = bare.first else { break }
                entries[first].isDropped = true
            }
        }
        if let bytes {
            while namedBytes > bytes, let first = order.first(where: { blobs[entries[$0].digest] != nil }) {
                entries[first].isDropped = true
            }
        }
        let stay = named
        return Set(blobs.filter { !stay.contains($0.key) && $0.value.age >= grace }.keys)
    }
}
