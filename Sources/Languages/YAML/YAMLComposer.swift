import CaissonText

extension YAMLValue {
    /// Reads the one document of a text.
    package init(parsing text: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// Reads the one document of a text in UTF-8; no document is null.
    package init(parsing bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
        self = try Self.composing(bytes, limits) { (composer) throws(YAMLError) in try composer.document() }
    }

    /// Reads all documents of a text in UTF-8; a text of comments has none.
    package static func documents(
        parsing bytes: [UInt8],
        limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) -> [YAMLValue] {
        try composing(bytes, limits) { (composer) throws(YAMLError) in try composer.documents() }
    }

    private static func composing<Result>(
        _ bytes: [UInt8],
        _ limits: YAMLLimits,
        _ body: (inout YAMLComposer) throws(YAMLError) -> Result
    ) throws(YAMLError) -> Result {
        let start = TextPlace(line: 1, column: 1)
        guard bytes.count <= limits.bytes else {
            throw YAMLError(start, "the text has \(bytes.count) bytes; no more than \(limits.bytes) are read")
        }
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
        return try text.withUnsafeBufferPointer { (buffer) throws(YAMLError) in
            guard let events = YAMLEvents(buffer) else { throw YAMLError(start, "there is not enough memory") }
            var composer = YAMLComposer(events, limits)
            return try body(&composer)
        }
    }
}

/// Makes values of events; nesting is bounded, and so is what aliases stand for.
struct YAMLComposer {
    /// A value that aliases may stand for.
    private struct Anchored {
        var node: Node
        var nodes: Int
    }

    /// A value and how deep it is nested in itself.
    struct Node {
        var value: YAMLValue
        var height = 0
    }

    private let events: YAMLEvents
    private let limits: YAMLLimits
    private var anchors: [String: Anchored] = [:]
    private var nodes = 0

    init(_ events: YAMLEvents, _ limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    /// The one document.
    mutating func document() throws(YAMLError) -> YAMLValue {
        var event = try events.next()
        if event.kind == .streamStart { event = try events.next() }
        guard event.kind == .documentStart else {
            return YAMLValue(kind: .null, text: "", place: event.place, end: event.place)
        }
        let root = try node(try events.next(), depth: 0)
        _ = try events.next()
        let after = try events.next()
        guard after.kind == .streamEnd else {
            throw YAMLError(
                after.place,
                "a second document begins here; one is read, write the other into a file of its own"
            )
        }
        return root.value
    }

    /// All documents; an anchor is known in its own document only.
    mutating func documents() throws(YAMLError) -> [YAMLValue] {
        var values: [YAMLValue] = []
        while true {
            let event = try events.next()
            switch event.kind {
            case .documentStart:
                anchors = [:]
                values.append(try node(try events.next(), depth: 0).value)
            case .streamEnd: return values
            default: continue
            }
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Node {
        let before = nodes
        if event.kind != .alias { try count(1, event) }
        let tag = limits.keepsTags ? event.tag.flatMap { $0.hasPrefix("!") && $0 != "!" ? $0 : nil } : nil
        var node: Node
        switch event.kind {
        case .alias: return try alias(event, depth)
        case .scalar(let text, let style):
            let tag = tag == nil ? event.tag : nil
            node = Node(value: try YAMLScalar.value(text, style, tag, event.place, event.end))
        case .listStart: node = try list(event, depth)
        case .mapStart: node = try map(event, depth)
        default: throw YAMLError(event.place, "a value is missing")
        }
        node.value.tag = tag
        if let anchor = event.anchor { anchors[anchor] = Anchored(node: node, nodes: nodes - before) }
        return node
    }

    private mutating func alias(_ event: YAMLEvent, _ depth: Int) throws(YAMLError) -> Node {
        let name = event.anchor ?? ""
        guard let anchored = anchors[name] else {
            throw YAMLError(event.place, "there is no &\(name) before this *\(name)")
        }
        try count(anchored.nodes, event)
        try check(depth: depth + anchored.node.height, event)
        var node = anchored.node
        (node.value.place, node.value.end) = (event.place, event.end)
        return node
    }

    private mutating func list(_ event: YAMLEvent, _ depth: Int) throws(YAMLError) -> Node {
        try check(tag: event, "tag:yaml.org,2002:seq")
        try check(depth: depth + 1, event)
        var values: [YAMLValue] = []
        var height = 0
        var next = try events.next()
        while next.kind != .listEnd {
            let item = try node(next, depth: depth + 1)
            height = max(height, item.height)
            values.append(item.value)
            next = try events.next()
        }
        return Node(
            value: YAMLValue(kind: .list(values), text: "", place: event.place, end: values.last?.end ?? next.end),
            height: height + 1
        )
    }

    private mutating func map(_ event: YAMLEvent, _ depth: Int) throws(YAMLError) -> Node {
        try check(tag: event, "tag:yaml.org,2002:map")
        try check(depth: depth + 1, event)
        var builder = YAMLMapBuilder()
        var height = 0
        var next = try events.next()
        while next.kind != .mapEnd {
            let key = try node(next, depth: depth + 1)
            let isMerge = next.kind == .scalar("<<", .plain)
            let item = try node(try events.next(), depth: depth + 1)
            height = max(height, item.height)
            if isMerge {
                try builder.merge(item.value, at: next.place)
            } else {
                try builder.add(key.value, item.value)
            }
            next = try events.next()
        }
        let end = builder.end ?? next.end
        let value = YAMLValue(kind: .map(builder.entries), text: "", place: event.place, end: end)
        return Node(value: value, height: height + 1)
    }

    private mutating func count(_ more: Int, _ event: YAMLEvent) throws(YAMLError) {
        nodes += more
        guard nodes <= limits.nodes else {
            let what = event.kind == .alias ? "with what this alias stands for, " : ""
            throw YAMLError(event.place, "\(what)there are more than \(limits.nodes) values; write fewer")
        }
    }

    private func check(depth: Int, _ event: YAMLEvent) throws(YAMLError) {
        guard depth <= limits.depth else {
            throw YAMLError(event.place, "this is nested more than \(limits.depth) deep")
        }
    }

    private func check(tag event: YAMLEvent, _ known: String) throws(YAMLError) {
        guard let tag = event.tag, tag != known, tag != "!" else { return }
        if limits.keepsTags, tag.hasPrefix("!") { return }
        throw YAMLError.unknown(tag: tag, event.place)
    }
}

/// The entries of a table while it is read.
struct YAMLMapBuilder {
    private var own: [YAMLEntry] = []
    private var merged: [YAMLEntry] = []
    private var places: [String: TextPlace] = [:]
    private var mergedKeys: Set<String> = []
    private var mergePlace: TextPlace?
    /// Where the last value ends; nil before there is one.
    private(set) var end: TextPlace?

    /// The table's own entries, then those that `<<` brings and the table doesn't have itself.
    var entries: [YAMLEntry] { own + merged.filter { places[$0.key] == nil } }

    /// Adds an entry; a key that is there already is an error.
    mutating func add(_ key: YAMLValue, _ value: YAMLValue) throws(YAMLError) {
        var style = YAMLStyle.plain
        switch key.kind {
        case .list, .map: throw YAMLError(key.place, "a list or a table can't be a key; write a text")
        case .string(_, let written): style = written
        default: break
        }
        if let first = places[key.text] {
            throw YAMLError(
                key.place,
                "the key \(key.text.quoted) stands here twice, first on line \(first.line); remove one"
            )
        }
        places[key.text] = key.place
        end = value.end
        own.append(YAMLEntry(key: key.text, place: key.place, end: key.end, style: style, value: value))
    }

    /// Adds the entries of the table or tables after `<<`; of several with one key the first counts.
    mutating func merge(_ value: YAMLValue, at place: TextPlace) throws(YAMLError) {
        if let mergePlace {
            throw YAMLError(place, "the key \"<<\" stands here twice, first on line \(mergePlace.line); write a list")
        }
        mergePlace = place
        end = value.end
        for table in value.list ?? [value] {
            guard let entries = table.entries else {
                throw YAMLError(table.place, "after << a table is needed, or a list of tables")
            }
            merged += entries.filter { mergedKeys.insert($0.key).inserted }
        }
    }
}
