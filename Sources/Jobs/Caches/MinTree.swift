/// Numbers in a row, of which the first one below a limit is found quickly.
struct MinTree {
    /// The least number below each node; the root is 1, the children of a node are at twice its place and one after.
    private var nodes: [Int]
    private let width: Int

    /// Makes a row that has nothing in it, which is as large numbers as there are.
    init(size: Int) {
        var width = 1
        while width < size { width *= 2 }
        self.width = width
        nodes = Array(repeating: .max, count: 2 * width)
    }

    /// The least number.
    var minimum: Int { nodes[1] }

    /// Sets a number.
    mutating func set(_ place: Int, to value: Int) {
        var node = width + place
        nodes[node] = value
        while node > 1 {
            node /= 2
            nodes[node] = min(nodes[2 * node], nodes[2 * node + 1])
        }
    }

    /// The first place from `start` on with a number below the limit.
    func first(from start: Int, below limit: Int) -> Int? {
        guard start < width else { return nil }
        var node = width + start
        while nodes[node] >= limit {
            // To the next node to the right, as far up as possible.
            while node % 2 == 1 {
                if node == 1 { return nil }
                node /= 2
            }
            node += 1
        }
        while node < width {
            node *= 2
            if nodes[node] >= limit { node += 1 }
        }
        return node - width
    }
}

/// How many different numbers of a small range are there up to each of them, where numbers come and go.
struct RankTable {
    private var occurrences: [Int]
    /// A Fenwick tree over whether a number is there.
    private var sums: [Int]
    /// How many different numbers there are.
    private(set) var distinct = 0

    /// Makes a table for the numbers below `size`, none of which is there.
    init(size: Int) {
        occurrences = Array(repeating: 0, count: size)
        sums = Array(repeating: 0, count: size + 1)
    }

    /// Whether a number is there.
    func isPresent(_ number: Int) -> Bool { occurrences[number] > 0 }

    /// How many different numbers are there up to this one.
    func rank(_ number: Int) -> Int {
        var (sum, place) = (0, number + 1)
        while place > 0 {
            sum += sums[place]
            place &= place - 1
        }
        return sum
    }

    /// Adds a number.
    mutating func add(_ number: Int) {
        occurrences[number] += 1
        if occurrences[number] == 1 { change(number, by: 1) }
    }

    /// Takes a number away.
    mutating func remove(_ number: Int) {
        occurrences[number] -= 1
        if occurrences[number] == 0 { change(number, by: -1) }
    }

    private mutating func change(_ number: Int, by step: Int) {
        distinct += step
        var place = number + 1
        while place < sums.count {
            sums[place] += step
            place += place & -place
        }
    }
}
