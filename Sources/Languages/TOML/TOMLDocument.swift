import CaissonText
import TOMLKit

extension TOMLValue {
    /// Reads a text: the table of all that is in it.
    package init(parsing text: String, limits: TOMLLimits = TOMLLimits()) throws(TOMLError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// Reads a text in UTF-8: the table of all that is in it.
    package init(parsing bytes: [UInt8], limits: TOMLLimits = TOMLLimits()) throws(TOMLError) {
        let start = TextPlace(line: 1, column: 1)
        guard bytes.count <= limits.bytes else {
            throw TOMLError(start, "the text has \(bytes.count) bytes; no more than \(limits.bytes) are read")
        }
        // The library takes the text for ended at a NUL.
        if let offset = bytes.firstIndex(of: 0) {
            throw TOMLError(TextPlace(of: offset, in: bytes), "a control character stands here; remove it")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TOMLError(start, "the text is not in UTF-8; save it so")
        }
        var scanner = TOMLScanner(bytes, limits)
        let index = try scanner.index()
        // The library ends the program for some texts that are no TOML, so it doesn't get what the index doesn't understand.
        if let end = index.end {
            throw TOMLError(
                TextPlace(of: end, in: bytes),
                "this is no \"key = value\", or a list, a table or a text has no end here"
            )
        }
        let root: TOMLTable
        do {
            root = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw TOMLError(error)
        } catch {
            throw TOMLError(start, "this is no TOML")
        }
        // The library never frees a text's tables; cleared they take a few bytes.
        defer { root.clear() }
        self = try TOMLConversion(index: index, limits: limits).table(root, TOMLIndex.root, start, depth: 0)
    }
}

/// Makes values of the library's, and gives them their places.
private struct TOMLConversion {
    var index: TOMLIndex
    var limits: TOMLLimits

    /// - Parameter node: Where the table is in the index; nil where the index doesn't have it.
    func table(_ table: TOMLTable, _ node: Int?, _ place: TextPlace, depth: Int) throws(TOMLError) -> TOMLValue {
        var entries: [TOMLEntry] = []
        for key in table.keys {
            guard let value = table[key]?.tomlValue else { continue }
            let child = node.flatMap { index.child(of: $0, .key(key)) }
            entries.append(TOMLEntry(key: key, value: try self.value(value, child, place, depth: depth + 1)))
        }
        entries.sort { ($0.value.place.line, $0.value.place.column) < ($1.value.place.line, $1.value.place.column) }
        return TOMLValue(kind: .table(entries), place: place)
    }

    /// - Parameter outer: The place of what the value is in, for a value whose own place is not known.
    private func value(
        _ value: TOMLKit.TOMLValue,
        _ node: Int?,
        _ outer: TextPlace,
        depth: Int
    ) throws(TOMLError) -> TOMLValue {
        let place = node.map { index.place(of: $0) } ?? outer
        guard depth <= limits.depth else {
            throw TOMLError(place, "this is nested more than \(limits.depth) deep")
        }
        if let table = value.table { return try self.table(table, node, place, depth: depth) }
        if let array = value.array {
            var items: [TOMLValue] = []
            for item in array {
                let child = node.flatMap { index.child(of: $0, .item(items.count)) }
                items.append(try self.value(item.tomlValue, child, place, depth: depth + 1))
            }
            return TOMLValue(kind: .list(items), place: place)
        }
        guard let kind = Self.scalar(value) else { throw TOMLError(place, "this is no value that is read here") }
        return TOMLValue(kind: kind, place: place)
    }

    private static func scalar(_ value: TOMLKit.TOMLValue) -> TOMLValue.Kind? {
        switch value.type {
        case .string: value.string.map { .string($0) }
        case .int: value.int.map { .int(Int64($0)) }
        case .double: value.double.map { .float($0) }
        case .bool: value.bool.map { .bool($0) }
        case .date: value.date.map { .time($0.debugDescription) }
        case .time: value.time.map { .time($0.debugDescription) }
        case .dateTime: value.dateTime.map { .time($0.debugDescription) }
        case .table, .array: nil
        }
    }
}

extension TOMLError {
    /// Says in our words what the library finds wrong.
    fileprivate init(_ error: TOMLParseError) {
        let begin = error.source.begin
        place = TextPlace(line: max(begin.line, 1), column: max(begin.column, 1))
        let text = error.description
        let words = Self.words.first { text.contains($0.part) }?.message
        message = words ?? "this is no TOML: \(text.prefix(1).lowercased())\(text.dropFirst())"
    }

    private static let words: [(part: String, message: String)] = [
        ("could not determine value type", "this is no value; a text stands between quotation marks")
    ]
}
