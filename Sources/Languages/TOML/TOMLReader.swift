import CaissonText

/// Reads the lines of a text into a tree.
struct TOMLReader {
    private var cursor: TOMLCursor
    private let limits: TOMLLimits
    private var tree: TOMLTree

    init(_ bytes: [UInt8], _ limits: TOMLLimits) {
        cursor = TOMLCursor(bytes)
        self.limits = limits
        tree = TOMLTree(limits)
    }

    /// Goes through the text.
    mutating func document() throws(TOMLError) -> TOMLValue {
        var table = TOMLTree.root
        while true {
            try cursor.skip(lines: true)
            guard let byte = cursor.peek else { return tree.value() }
            if byte == UInt8(ascii: "[") {
                table = try header()
            } else {
                try entry(below: table)
            }
            try cursor.endLine()
        }
    }

    private mutating func header() throws(TOMLError) -> Int {
        let place = cursor.place
        _ = cursor.take("[")
        let isItem = cursor.take("[")
        var node = TOMLTree.root
        var names = try keys()
        guard cursor.take("]"), !isItem || cursor.take("]") else {
            throw TOMLError(cursor.place, "the header has no end; write ]\(isItem ? "]" : "")")
        }
        let last = names.removeLast()
        for name in names { node = try tree.enter(name, below: node) }
        return isItem ? try tree.beginItem(last, below: node, place) : try tree.begin(last, below: node)
    }

    /// Reads `a.b = value`.
    private mutating func entry(below table: Int) throws(TOMLError) {
        var node = table
        var names = try keys()
        guard cursor.take("=") else { throw TOMLError(cursor.place, "this is no \"key = value\"") }
        let last = names.removeLast()
        for name in names { node = try tree.pass(name, below: node) }
        try value(of: try tree.new(last, below: node))
    }

    private mutating func value(of node: Int) throws(TOMLError) {
        try cursor.skip(lines: false)
        switch cursor.peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): tree.set(node, .string(try cursor.text()))
        case UInt8(ascii: "["): try list(node)
        case UInt8(ascii: "{"): try inlineTable(node)
        default:
            let place = cursor.place
            let word = try cursor.word()
            guard let scalar = TOMLScalar.value(word) else {
                let isNumber = !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) }
                throw TOMLError(
                    place,
                    isNumber
                        ? "the number is larger than \(Int64.max)"
                        : "this is no value; a text stands between quotation marks"
                )
            }
            tree.set(node, scalar)
        }
    }

    private mutating func list(_ node: Int) throws(TOMLError) {
        _ = cursor.take("[")
        tree.setList(node)
        while true {
            try cursor.skip(lines: true)
            if cursor.take("]") { return }
            try value(of: try tree.add(to: node, cursor.place))
            try cursor.skip(lines: true)
            guard cursor.take(",") || cursor.peek == UInt8(ascii: "]") else {
                throw TOMLError(cursor.place, "the list has no end; write a comma or ]")
            }
        }
    }

    private mutating func inlineTable(_ node: Int) throws(TOMLError) {
        _ = cursor.take("{")
        tree.setTable(node)
        while true {
            try cursor.skip(lines: true)
            if cursor.take("}") { return }
            try entry(below: node)
            try cursor.skip(lines: true)
            guard cursor.take(",") || cursor.peek == UInt8(ascii: "}") else {
                throw TOMLError(cursor.place, "the table has no end; write a comma or }")
            }
        }
    }

    /// The names between points; there is at least one.
    private mutating func keys() throws(TOMLError) -> [TOMLName] {
        var names: [TOMLName] = []
        repeat {
            try cursor.skip(lines: false)
            let place = cursor.place
            names.append(TOMLName(text: try cursor.name(), place: place))
            guard names.count <= limits.depth else {
                throw TOMLError(place, "this is nested more than \(limits.depth) deep")
            }
            try cursor.skip(lines: false)
        } while cursor.take(".")
        return names
    }
}
