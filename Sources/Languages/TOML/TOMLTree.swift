import CaissonText

/// A step from a table or list to what is in it.
enum TOMLStep: Hashable {
    case key(String)
    case item(Int)
}

/// What a text has said so far: tables and lists with their values, each with the place where it first stands.
///
/// It holds the rules of which table may be written once more, and where. Nodes are numbers, made in the order of the text.
struct TOMLTree {
    /// The table of all.
    static let root = 0

    /// What made a table, which decides who may add to it.
    enum Origin {
        /// A header further down names it on its way.
        case way
        /// Its own header, which may stand once.
        case header
        /// A key with points: other keys with points may add to it, a header of its own may not come.
        case dottedKey
        /// Braces, which hold all of it.
        case braces
    }

    private enum Content {
        case nothing
        case scalar(TOMLValue.Kind)
        case table(Origin)
        /// Between brackets, which hold all of it.
        case list
        /// A header in double brackets adds an item.
        case tables
    }

    private struct Edge: Hashable {
        var parent: Int
        var step: TOMLStep
    }

    private struct Node {
        var step: TOMLStep
        var place: TextPlace
        var depth: Int
        var content = Content.nothing
        var children: [Int] = []
    }

    private let limits: TOMLLimits
    private var nodes = [
        Node(step: .item(0), place: TextPlace(line: 1, column: 1), depth: 0, content: .table(.header))
    ]
    private var edges: [Edge: Int] = [:]

    init(_ limits: TOMLLimits) {
        self.limits = limits
    }

    // MARK: Headers

    /// The table that a header's name leads to on its way to the last one.
    mutating func enter(_ name: TOMLName, below node: Int) throws(TOMLError) -> Int {
        let (child, isNew) = try child(.key(name.text), of: node, name.place)
        if isNew { nodes[child].content = .table(.way) }
        switch nodes[child].content {
        case .table(.way), .table(.header), .table(.dottedKey): return child
        case .tables: return nodes[child].children.last ?? child
        default: throw twice(name, child)
        }
    }

    /// The table that a header begins.
    mutating func begin(_ name: TOMLName, below node: Int) throws(TOMLError) -> Int {
        let (child, isNew) = try child(.key(name.text), of: node, name.place)
        if !isNew {
            guard case .table(.way) = nodes[child].content else { throw twice(name, child) }
        }
        nodes[child].content = .table(.header)
        return child
    }

    /// The table that a header in double brackets adds to a list.
    mutating func beginItem(_ name: TOMLName, below node: Int, _ place: TextPlace) throws(TOMLError) -> Int {
        let (list, isNew) = try child(.key(name.text), of: node, name.place)
        if isNew { nodes[list].content = .tables }
        guard case .tables = nodes[list].content else { throw twice(name, list) }
        let item = try add(to: list, place)
        nodes[item].content = .table(.header)
        return item
    }

    // MARK: Entries

    /// The table that a key with points leads to on its way to the last name.
    mutating func pass(_ name: TOMLName, below node: Int) throws(TOMLError) -> Int {
        let (child, isNew) = try child(.key(name.text), of: node, name.place)
        if isNew { nodes[child].content = .table(.dottedKey) }
        switch nodes[child].content {
        case .table(.dottedKey), .table(.way): return child
        default: throw twice(name, child)
        }
    }

    /// A new key, still without a value.
    mutating func new(_ name: TOMLName, below node: Int) throws(TOMLError) -> Int {
        let (child, isNew) = try child(.key(name.text), of: node, name.place)
        guard isNew else { throw twice(name, child) }
        return child
    }

    /// A new item of a list, still without a value.
    mutating func add(to list: Int, _ place: TextPlace) throws(TOMLError) -> Int {
        try child(.item(nodes[list].children.count), of: list, place).node
    }

    /// Gives a node its value.
    mutating func set(_ node: Int, _ value: TOMLValue.Kind) { nodes[node].content = .scalar(value) }

    /// Makes a node a list between brackets.
    mutating func setList(_ node: Int) { nodes[node].content = .list }

    /// Makes a node a table between braces.
    mutating func setTable(_ node: Int) { nodes[node].content = .table(.braces) }

    // MARK: Values

    /// What a node and all below it is.
    ///
    /// The nesting was bounded when the nodes were made.
    func value(of node: Int = root) -> TOMLValue {
        let node = nodes[node]
        switch node.content {
        case .scalar(let kind): return TOMLValue(kind: kind, place: node.place)
        case .list, .tables: return TOMLValue(kind: .list(node.children.map(value)), place: node.place)
        case .table, .nothing:
            let entries = node.children.map { TOMLEntry(key: name(of: $0), value: value(of: $0)) }
            return TOMLValue(kind: .table(entries), place: node.place)
        }
    }

    private func name(of node: Int) -> String {
        if case .key(let name) = nodes[node].step { name } else { "" }
    }

    private mutating func child(
        _ step: TOMLStep,
        of parent: Int,
        _ place: TextPlace
    ) throws(TOMLError) -> (node: Int, isNew: Bool) {
        let edge = Edge(parent: parent, step: step)
        if let known = edges[edge] { return (known, false) }
        let depth = nodes[parent].depth + 1
        guard depth <= limits.depth else {
            throw TOMLError(place, "this is nested more than \(limits.depth) deep")
        }
        guard nodes.count < limits.nodes else {
            throw TOMLError(place, "there are more than \(limits.nodes) keys and items; write fewer")
        }
        edges[edge] = nodes.count
        nodes[parent].children.append(nodes.count)
        nodes.append(Node(step: step, place: place, depth: depth))
        return (nodes.count - 1, true)
    }

    private func twice(_ name: TOMLName, _ known: Int) -> TOMLError {
        TOMLError(
            name.place,
            "the key \(name.text.quoted) stands here twice, first on line \(nodes[known].place.line); remove one"
        )
    }
}

/// One name of a key, which may have several between points.
struct TOMLName {
    /// The name, without its quotes.
    var text: String
    /// Where it begins.
    var place: TextPlace
}
