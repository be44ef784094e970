/// Which types are preferred where values of several are brought to one: the more general ones first.
enum HCLTypeOrder {
    /// The places of the types, those preferred first.
    static func sorted(_ types: [HCLType]) -> [Int] {
        var edges: [[Int]] = types.map { _ in [] }
        var before = types.map { _ in 0 }
        for one in types.indices {
            for other in types.indices.dropFirst(one + 1) where types[one] != types[other] {
                let order = compare(types[one], types[other])
                if order < 0 {
                    edges[one].append(other)
                    before[other] += 1
                } else if order > 0 {
                    edges[other].append(one)
                    before[one] += 1
                }
            }
        }
        var queue = types.indices.filter { before[$0] == 0 }
        var next = 0
        while next < queue.count {
            for index in edges[queue[next]] {
                before[index] -= 1
                if before[index] == 0 { queue.append(index) }
            }
            next += 1
        }
        return queue
    }

    /// Below zero where the first is more general, above where the second is.
    private static func compare(_ one: HCLType, _ other: HCLType) -> Int {
        switch (one, other) {
        case (.any, .any): return 0
        case (_, .any): return -1
        case (.any, _): return 1
        case (.string, .string): return 0
        case (.string, .number), (.string, .bool): return -1
        case (.number, .string), (.bool, .string): return 1
        case (.list(let first), .list(let second)), (.set(let first), .set(let second)),
            (.map(let first), .map(let second)):
            return compare(first, second)
        case (.tuple, .set), (.list, .set), (.list, .tuple), (.map, .object): return -1
        case (.set, .tuple), (.set, .list), (.tuple, .list), (.object, .map): return 1
        case (.object(let first, _), .object(let second, _)):
            guard first.keys == second.keys else { return 0 }
            return together(first.map { compare($1, second[$0] ?? $1) })
        case (.tuple(let first), .tuple(let second)):
            guard first.count == second.count else { return 0 }
            return together(zip(first, second).map(compare))
        default: return 0
        }
    }

    private static func together(_ orders: [Int]) -> Int {
        let (isOne, isOther) = (orders.contains { $0 < 0 }, orders.contains { $0 > 0 })
        return isOne == isOther ? 0 : isOne ? -1 : 1
    }
}
