/// Finds the type that values of several types can all have.
enum HCLUnification {
    /// The common type, and for each of the types its conversion: nil where none is needed.
    typealias Result = (type: HCLType, conversions: [HCLConversion?])

    /// Unifies types; nil where nothing fits, and for no types.
    static func unify(_ types: [HCLType], isUnsafe: Bool) -> Result? {
        guard !types.isEmpty else { return nil }
        let count = Kinds(types)
        let all = types.count
        if count.maps > 0, count.maps + count.anys == all { return collections(types, isUnsafe, count.anys > 0) }
        if count.maps > 0, count.maps + count.objects + count.anys == all {
            if let result = mixed(types, isUnsafe, isMap: true) { return result }
        } else if count.lists > 0, count.lists + count.anys == all {
            return collections(types, isUnsafe, count.anys > 0)
        } else if count.lists > 0, count.lists + count.tuples + count.anys == all {
            if let result = mixed(types, isUnsafe, isMap: false) { return result }
        } else if count.sets > 0, count.sets + count.anys == all {
            return collections(types, isUnsafe, count.anys > 0)
        } else if count.objects > 0, count.objects + count.anys == all {
            return count.anys > 0 ? anything(types) : objects(types, isUnsafe)
        } else if count.tuples > 0, count.tuples + count.anys == all {
            return count.anys > 0 ? anything(types) : tuples(types, isUnsafe)
        } else if count.objects > 0, count.tuples > 0 {
            return nil
        }
        return preferred(types, isUnsafe)
    }

    /// How many there are of each kind.
    private struct Kinds {
        var (maps, lists, sets, objects, tuples, anys) = (0, 0, 0, 0, 0, 0)

        init(_ types: [HCLType]) {
            for type in types {
                switch type {
                case .map: maps += 1
                case .list: lists += 1
                case .set: sets += 1
                case .object: objects += 1
                case .tuple: tuples += 1
                case .any: anys += 1
                default: break
                }
            }
        }
    }

    /// One of the types, which all others can become.
    private static func preferred(_ types: [HCLType], _ isUnsafe: Bool) -> Result? {
        var seen: Set<HCLType> = []
        let unique = types.filter { seen.insert($0).inserted }
        for index in HCLTypeOrder.sorted(unique) where all(unique, as: unique[index], isUnsafe) != nil {
            return all(types, as: unique[index], isUnsafe)
        }
        return nil
    }

    private static func all(_ types: [HCLType], as wanted: HCLType, _ isUnsafe: Bool) -> Result? {
        var conversions: [HCLConversion?] = []
        for type in types {
            if type == wanted {
                conversions.append(nil)
            } else if let conversion = HCLConversions.conversion(type, wanted, isUnsafe: isUnsafe) {
                conversions.append(conversion)
            } else {
                return nil
            }
        }
        return (wanted, conversions)
    }

    private static func anything(_ types: [HCLType]) -> Result {
        (.any, [HCLConversion?](repeating: forgetting(), count: types.count))
    }

    private static func forgetting() -> HCLConversion? { { _ throws(HCLConversionError) in .unknown() } }

    private static func collections(_ types: [HCLType], _ isUnsafe: Bool, _ hasAny: Bool) -> Result? {
        if hasAny { return anything(types) }
        guard let element = unify(types.compactMap(\.element), isUnsafe: isUnsafe)?.type, let first = types.first else {
            return nil
        }
        switch first {
        case .list: return all(types, as: .list(element), isUnsafe)
        case .set: return all(types, as: .set(element), isUnsafe)
        default: return all(types, as: .map(element), isUnsafe)
        }
    }

    /// Objects among maps, or tuples among lists.
    private static func mixed(_ types: [HCLType], _ isUnsafe: Bool, isMap: Bool) -> Result? {
        let structural = types.filter { isMap ? $0.isObject : $0.isTuple }
        guard let common = isMap ? asMaps(structural, isUnsafe) : asLists(structural, isUnsafe) else { return nil }
        let replaced = types.map { (isMap ? $0.isObject : $0.isTuple) ? common.type : $0 }
        guard var result = unify(replaced, isUnsafe: isUnsafe),
            isMap ? result.type.isMap : result.type.isList
        else { return nil }
        var own = common.conversions.makeIterator()
        for index in types.indices where isMap ? types[index].isObject : types[index].isTuple {
            let first = own.next() ?? nil
            // The second one alone does both: what it takes from a list or a map, tuples and objects have as well.
            result.conversions[index] = result.conversions[index] ?? first
        }
        return result
    }

    private static func objects(_ types: [HCLType], _ isUnsafe: Bool) -> Result? {
        let first = types.first?.attributes ?? [:]
        guard types.allSatisfy({ $0.attributes?.keys == first.keys }) else { return asMaps(types, isUnsafe) }
        var attributes: [String: HCLType] = [:]
        for name in first.keys {
            let across = types.compactMap { $0.attributes?[name] }
            guard let type = unify(across, isUnsafe: isUnsafe)?.type else { return nil }
            attributes[name] = type
        }
        return all(types, as: .object(attributes), isUnsafe) ?? asMaps(types, isUnsafe)
    }

    private static func asMaps(_ types: [HCLType], _ isUnsafe: Bool) -> Result? {
        let elements = types.flatMap { ($0.attributes ?? [:]).sorted { $0.key < $1.key }.map(\.value) }
        guard let element = unify(elements, isUnsafe: isUnsafe)?.type else { return nil }
        return all(types, as: .map(element), isUnsafe)
    }

    private static func tuples(_ types: [HCLType], _ isUnsafe: Bool) -> Result? {
        let first = types.first?.tupleElements ?? []
        guard types.allSatisfy({ $0.tupleElements?.count == first.count }) else { return asLists(types, isUnsafe) }
        var elements: [HCLType] = []
        for index in first.indices {
            let across = types.compactMap { $0.tupleElements?[index] }
            guard let type = unify(across, isUnsafe: isUnsafe)?.type else { return nil }
            elements.append(type)
        }
        return all(types, as: .tuple(elements), isUnsafe) ?? asLists(types, isUnsafe)
    }

    private static func asLists(_ types: [HCLType], _ isUnsafe: Bool) -> Result? {
        let elements = types.flatMap { $0.tupleElements ?? [] }
        guard let element = unify(elements, isUnsafe: isUnsafe)?.type else { return nil }
        return all(types, as: .list(element), isUnsafe)
    }
}

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
