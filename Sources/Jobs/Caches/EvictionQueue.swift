import CaissonBuildModel

/// The records that may go now, in the order in which BuildKit lets them go where sizes are limited.
///
/// `sortDeleteRecords` (`cache/manager.go`) gives each record a rank by its last use and one by how often it was used,
/// both among the records that may go at that moment, and takes the one whose two ranks, each as a share of the
/// highest, have the least sum. Equal times and equal counts have equal ranks; the first rank is 1, which belongs to
/// "never" and to the count 0 alone. Of equal sums BuildKit takes any; here it is the one used less lately, then less
/// often, then the one with the lesser id.
///
/// As a removal changes the ranks of all, nothing is sorted here. Of the records with one count only the least lately
/// used one can be next, and of those only one that was used less lately than all with lower counts: a tree finds these
/// few. There are many only where the rarer a record is used the later it was, over hundreds of counts, as no cache
/// that builds fill has it; then the first `mostLooks` are looked at, and `isExact` tells of it.
struct EvictionQueue {
    /// How many records are compared for one that goes, so that no list of an engine takes minutes.
    private static let mostLooks = 500

    /// Whether all records were compared each time.
    private(set) var isExact = true
    /// The places of the records in the order of the tree's leaves: by count, then by time, then by id.
    private var leaves: [Int] = []
    /// The leaf of each place; -1 for what never goes.
    private var leafOf: [Int]
    /// What each leaf stands at when all are in the order of time and id.
    private var turnOf: [Int] = []
    /// By turn: the time's number, 0 for never; and the turn at which that time begins.
    private var timeOfTurn: [Int] = []
    private var firstTurnOfTime: [Int] = []
    /// By leaf: the count's number; and by that the leaf after its last, and whether it is the count 0.
    private var countOfLeaf: [Int] = []
    private var endOfCount: [Int] = []
    private var zeroCount: Int?

    private var times: RankTable
    private var counts: RankTable
    private var tree: MinTree

    /// Makes an empty queue for records that may come into it.
    init(_ records: [CacheRecord], eligible: [Int]) {
        let byTime = records.leastRecentlyUsedFirst(eligible)
        var turns = Array(repeating: -1, count: records.count)
        firstTurnOfTime = [0]
        for (turn, place) in byTime.enumerated() {
            turns[place] = turn
            let isNew = records[place].lastUsed != (turn == 0 ? nil : records[byTime[turn - 1]].lastUsed)
            if isNew { firstTurnOfTime.append(turn) }
            timeOfTurn.append(firstTurnOfTime.count - 1)
        }
        leaves = byTime.map { (count: records[$0].usageCount, turn: turns[$0], place: $0) }
            .sorted { ($0.count, $0.turn) < ($1.count, $1.turn) }.map(\.place)
        leafOf = Array(repeating: -1, count: records.count)
        for (leaf, place) in leaves.enumerated() {
            leafOf[place] = leaf
            turnOf.append(turns[place])
            if leaf == 0 || records[place].usageCount != records[leaves[leaf - 1]].usageCount {
                if records[place].usageCount == 0 { zeroCount = endOfCount.count }
                endOfCount.append(leaf)
            }
            endOfCount[endOfCount.count - 1] = leaf + 1
            countOfLeaf.append(endOfCount.count - 1)
        }
        times = RankTable(size: firstTurnOfTime.count)
        counts = RankTable(size: endOfCount.count)
        tree = MinTree(size: leaves.count)
    }

    /// Adds a record that may go from now on.
    mutating func insert(_ place: Int) {
        let leaf = leafOf[place]
        guard leaf >= 0 else { return }
        tree.set(leaf, to: turnOf[leaf])
        times.add(timeOfTurn[turnOf[leaf]])
        counts.add(countOfLeaf[leaf])
    }

    /// Takes out the place of the record that goes next.
    mutating func popFirst() -> Int? {
        guard let (leaf, isLeast) = firstLeaf() else { return nil }
        if !isLeast { isExact = false }
        tree.set(leaf, to: .max)
        times.remove(timeOfTurn[turnOf[leaf]])
        counts.remove(countOfLeaf[leaf])
        return leaves[leaf]
    }

    /// The leaf with the least sum, and whether all that can have it were compared; nil where there is nothing.
    private func firstLeaf() -> (leaf: Int, isLeast: Bool)? {
        guard tree.minimum < .max else { return nil }
        // "Never" has the rank that all begin with.
        let neverCount = times.isPresent(0) ? 1 : 0
        let highestTime = Double(1 + times.distinct - neverCount)
        let beginsAtZero = zeroCount.map { counts.isPresent($0) && counts.rank($0) == 1 } ?? false
        let countStart = beginsAtZero ? 0 : 1
        let highestCount = Double(counts.distinct + countStart)
        let leastTime = Double(1 + times.rank(timeOfTurn[tree.minimum]) - neverCount) / highestTime

        var best: (sum: Double, leaf: Int)?
        var (start, limit, looks) = (0, Int.max, 0)
        while let leaf = tree.first(from: start, below: limit) {
            let share = Double(counts.rank(countOfLeaf[leaf]) + countStart) / highestCount
            // No record that follows can have less than this.
            if let best, leastTime + share > best.sum { break }
            looks += 1
            guard looks <= Self.mostLooks else { return best.map { ($0.leaf, false) } }
            let time = timeOfTurn[turnOf[leaf]]
            let sum = Double(1 + times.rank(time) - neverCount) / highestTime + share
            // Of equal sums the later one here was used less lately.
            if sum <= best?.sum ?? .infinity { best = (sum, leaf) }
            start = endOfCount[countOfLeaf[leaf]]
            limit = firstTurnOfTime[time]
        }
        return best.map { ($0.leaf, true) }
    }
}
