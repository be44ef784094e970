/// Puts spans into lanes, so that those that overlap stand beside each other: each into the first lane that is free.
struct TraceLanes {
    /// The shortest span that a lane is taken for, in nanoseconds: shorter ones would lie upon each other.
    private static let shortest: Int64 = 1000

    private var busy = SmallestFirst()
    private var free = SmallestFirst()
    /// How many lanes there are by now.
    private(set) var count = 0

    /// The lane of the next span, from 0; spans come in the order of their starts.
    mutating func lane(from start: Int64, to end: Int64) -> Int {
        while let first = busy.first, first.key <= start {
            busy.removeFirst()
            free.insert(Int64(first.value), first.value)
        }
        let lane = free.first?.value ?? count
        if free.first == nil { count += 1 } else { free.removeFirst() }
        busy.insert(max(end, start.addingReportingOverflow(Self.shortest).partialValue), lane)
        return lane
    }
}

/// A heap that gives the smallest key first.
private struct SmallestFirst {
    private var items: [(key: Int64, value: Int)] = []

    /// What has the smallest key; nil where there is nothing.
    var first: (key: Int64, value: Int)? { items.first }

    /// Takes one more.
    mutating func insert(_ key: Int64, _ value: Int) {
        items.append((key, value))
        var place = items.count - 1
        while place > 0, items[place].key < items[(place - 1) / 2].key {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Removes the first.
    mutating func removeFirst() {
        guard let last = items.popLast(), !items.isEmpty else { return }
        items[0] = last
        var place = 0
        while true {
            let children = (2 * place + 1)..<min(2 * place + 3, max(items.count, 2 * place + 1))
            guard let least = children.min(by: { items[$0].key < items[$1].key }), items[least].key < items[place].key
            else { return }
            items.swapAt(place, least)
            place = least
        }
    }
}
