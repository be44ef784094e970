import CaissonText

/// One record of comma-separated values with `"` around fields that hold a comma or a quote, as docker's flags take them.
package enum CommaFields {
    /// The fields of a record; nil when its quotes are wrong.
    package static func parse(_ text: String) -> [String]? {
        var fields: [String] = []
        var rest = Array(text.utf8)[...]
        while true {
            let field: [UInt8]
            if rest.first == UInt8(ascii: "\"") {
                guard let (value, after) = unquote(rest.dropFirst()) else { return nil }
                (field, rest) = (value, after)
                guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { return nil }
            } else {
                field = Array(rest.prefix { $0 != UInt8(ascii: ",") })
                guard !field.contains(UInt8(ascii: "\"")) else { return nil }
                rest = rest.dropFirst(field.count)
            }
            fields.append(String(decoding: field, as: UTF8.self))
            guard !rest.isEmpty else { return fields }
            rest = rest.dropFirst()
        }
    }

    /// The record of some fields; `parse` gives them back.
    package static func join(_ fields: [String]) -> String {
        fields.map { field in
            guard field.utf8.contains(UInt8(ascii: ",")) || field.utf8.contains(UInt8(ascii: "\"")) else {
                return field
            }
            return "\"" + field.pieces(at: "\"").joined(separator: "\"\"") + "\""
        }.joined(separator: ",")
    }

    /// The value up to the closing quote, a doubled quote standing for one, and what follows the closing quote.
    private static func unquote(_ text: ArraySlice<UInt8>) -> ([UInt8], ArraySlice<UInt8>)? {
        var value: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\"") else {
                value.append(byte)
                continue
            }
            guard rest.first == byte else { return (value, rest) }
            value.append(byte)
            rest = rest.dropFirst()
        }
        return nil
    }
}
