/// A regular expression, taken apart: its parts in one list, in which a part comes after those it is made of.
///
/// The parts refer to each other by their places, so that no depth of groups makes a deep recursion anywhere.
struct RegexTree: Sendable {
    /// A part and what was found out about it.
    struct Node: Sendable {
        /// What it is.
        var kind: Kind
        /// Whether it matches nothing at all, too.
        var isNullable: Bool
        /// ASCII bytes that every text that it matches has.
        var needed = ByteSet()
        /// How many parts are within each other here.
        var height = 1
        /// How many steps it takes as a program.
        var size = 1
        /// How much its counted repetitions multiply.
        var repeats = 1
    }

    /// What a part is; others are named by their places.
    enum Kind: Sendable {
        /// Exactly this scalar.
        case scalar(UInt32)
        /// A scalar in any case, by its folded form.
        case folded(UInt32)
        /// One scalar of a set.
        case set(ScalarSet)
        /// Any scalar, or any but a line break.
        case any(matchesLineBreak: Bool)
        /// A place rather than a scalar.
        case assertion(Assertion)
        /// One after the other.
        case sequence([Int])
        /// The first of these that fits.
        case choice([Int])
        /// So many times in a row; without `most` without a limit.
        case repeated(Int, least: Int, most: Int?, isGreedy: Bool)
        /// A group of this number, from 1.
        case group(Int, number: Int)
    }

    /// The places that a regular expression can ask for.
    enum Assertion: Sendable { case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary }

    /// All parts; the last one is the whole.
    private(set) var nodes: [Node] = []
    /// The names of the groups, by their numbers; the first is the whole, which has none.
    var names: [String?] = [nil]

    /// The whole regular expression.
    var root: Node { nodes[nodes.count - 1] }

    /// Adds what has no parts.
    mutating func add(leaf kind: Kind) -> Int {
        var node = Node(kind: kind, isNullable: false)
        switch kind {
        case .assertion: node.isNullable = true
        case .scalar(let scalar): if scalar < 0x80 { node.needed = ByteSet([UInt8(scalar)]) }
        default: break
        }
        return append(node)
    }

    /// Adds some parts in a row.
    mutating func add(sequence parts: [Int]) -> Int {
        if parts.count == 1 { return parts[0] }
        var node = Node(kind: .sequence(parts), isNullable: true, size: 0)
        for part in parts.map({ nodes[$0] }) {
            node.isNullable = node.isNullable && part.isNullable
            node.needed = node.needed.union(part.needed)
            node.take(part)
        }
        return append(node)
    }

    /// Adds parts of which one is to fit.
    mutating func add(choice parts: [Int]) -> Int {
        if parts.count == 1 { return parts[0] }
        var node = Node(kind: .choice(parts), isNullable: false, needed: .all, size: 2 * (parts.count - 1))
        for part in parts.map({ nodes[$0] }) {
            node.isNullable = node.isNullable || part.isNullable
            node.needed = node.needed.intersection(part.needed)
            node.take(part)
        }
        return append(node)
    }

    /// Adds a group around a part.
    mutating func add(group number: Int, around part: Int) -> Int {
        var node = nodes[part]
        (node.kind, node.height, node.size) = (.group(part, number: number), node.height + 1, node.size + 2)
        return append(node)
    }

    /// Adds a repetition of a part.
    mutating func add(repetition of: Int, least: Int, most: Int?, isGreedy: Bool) -> Int {
        let part = nodes[of]
        var node = part
        node.kind = .repeated(of, least: least, most: most, isGreedy: isGreedy)
        node.isNullable = part.isNullable || least == 0
        if least == 0 { node.needed = ByteSet() }
        node.height += 1
        // Each factor is at most 1000, and no size is more than the parser lets through.
        node.size = part.size * max(least, most ?? 1, 1) + 2 * ((most ?? least + 1) - least + 1)
        return append(node)
    }

    /// Says how much the repetition at a place multiplies.
    mutating func setRepeats(_ repeats: Int, of place: Int) { nodes[place].repeats = repeats }

    private mutating func append(_ node: Node) -> Int {
        nodes.append(node)
        return nodes.count - 1
    }
}

extension RegexTree.Node {
    /// Grows by a part.
    fileprivate mutating func take(_ part: RegexTree.Node) {
        height = max(height, part.height + 1)
        size += part.size
        repeats = max(repeats, part.repeats)
    }
}
