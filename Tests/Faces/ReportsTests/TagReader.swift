/// A small reader of HTML for tests: elements have to end where they began, texts and attributes are collected.
struct TagReader {
    /// What isn't as it should be.
    private(set) var problems: [String] = []
    /// The names of all elements in their order.
    private(set) var names: [String] = []
    /// All attributes.
    private(set) var attributes: [(element: String, name: String, value: String)] = []
    /// What stands between tags, without styles and scripts.
    private(set) var text = ""

    private static let withoutEnd: Set<String> = ["meta", "input", "link", "img", "br", "hr"]

    init(_ html: String) {
        var rest = Array(html.utf8)[...]
        var open: [String] = []
        while let byte = rest.first {
            guard byte == UInt8(ascii: "<") else {
                let words = rest.prefix { $0 != UInt8(ascii: "<") }
                if open.last != "style", open.last != "script" { text += String(decoding: words, as: UTF8.self) }
                rest = rest.dropFirst(words.count)
                continue
            }
            guard let end = Self.end(of: rest) else {
                problems.append("a tag without an end")
                return
            }
            let tag = String(decoding: rest[rest.startIndex + 1..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            read(tag, &open)
        }
        if !open.isEmpty { problems.append("still open: \(open)") }
    }

    private mutating func read(_ tag: String, _ open: inout [String]) {
        if tag == "!DOCTYPE html" { return }
        if tag.hasPrefix("/") {
            if open.popLast() != String(tag.dropFirst()) { problems.append("<\(tag)> ends another") }
            return
        }
        let name = String(tag.prefix { $0 != " " })
        if !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) { problems.append("<\(name.prefix(20))>") }
        names.append(name)
        if !Self.withoutEnd.contains(name) { open.append(name) }
        var rest = tag.dropFirst(name.count)
        while let equals = rest.firstIndex(of: "=") {
            let attribute = rest[..<equals].drop { $0 == " " }
            rest = rest[equals...].dropFirst()
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else {
                problems.append("attribute \(attribute) without quotes")
                return
            }
            attributes.append((name, String(attribute), String(rest[..<end].dropFirst())))
            rest = rest[end...].dropFirst()
        }
        if !rest.allSatisfy({ $0 == " " }) { problems.append("<\(name) …\(rest)>") }
    }

    /// Where a tag's `>` stands, outside of quotes.
    private static func end(of tag: ArraySlice<UInt8>) -> Int? {
        var isQuoted = false
        for (index, byte) in zip(tag.indices, tag) {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ">"), !isQuoted { return index }
        }
        return nil
    }
}
