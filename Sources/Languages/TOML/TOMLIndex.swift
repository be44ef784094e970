import CaissonText

/// A step from a table or list to what is in it.
enum TOMLStep: Hashable {
    case key(String)
    case item(Int)
}

/// The tree of a text's keys and items, with the place where each first stands; its nodes are numbers.
struct TOMLIndex {
    /// The table of all.
    static let root = 0

    private struct Edge: Hashable {
        var parent: Int
        var step: TOMLStep
    }

    private struct Node {
        var place: TextPlace
        var depth: Int
        /// How many tables with a header a list of tables has.
        var items = 0
    }

    private var nodes = [Node(place: TextPlace(line: 1, column: 1), depth: 0)]
    private var edges: [Edge: Int] = [:]

    /// The byte at which the reader of the index got lost before the text ended.
    var end: Int?

    /// How many nodes there are.
    var count: Int { nodes.count }

    /// The node after a step.
    func child(of node: Int, _ step: TOMLStep) -> Int? { edges[Edge(parent: node, step: step)] }

    /// Where a node first stands.
    func place(of node: Int) -> TextPlace { nodes[node].place }

    /// How many steps a node is away from the root.
    func depth(of node: Int) -> Int { nodes[node].depth }

    /// The last table of a list of tables; nil where it is none.
    func lastItem(of node: Int) -> Int? { child(of: node, .item(nodes[node].items - 1)) }

    /// Counts one more table in a list of tables, and gives its number.
    mutating func addItem(to node: Int) -> Int {
        defer { nodes[node].items += 1 }
        return nodes[node].items
    }

    /// The node after a step, made where there is none.
    mutating func note(_ step: TOMLStep, below node: Int, _ place: TextPlace) -> Int {
        let edge = Edge(parent: node, step: step)
        if let known = edges[edge] { return known }
        edges[edge] = nodes.count
        nodes.append(Node(place: place, depth: nodes[node].depth + 1))
        return nodes.count - 1
    }
}
