/// Header fields in the order they came, found by name without regard to case.
package struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// One field.
    package struct Field: Sendable, Hashable {
        /// The name as written.
        package var name: String
        /// The value without the blanks around it.
        package var value: String
    }

    /// The fields in order.
    package private(set) var fields: [Field]

    /// Makes empty headers.
    package init() { fields = [] }

    /// Makes headers from names and values, in that order.
    package init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// Adds a field at the end.
    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// The first value of that name.
    package subscript(_ name: String) -> String? {
        fields.first { equals($0.name, name) }?.value
    }

    /// All values of that name.
    package func all(_ name: String) -> [String] {
        fields.filter { equals($0.name, name) }.map(\.value)
    }

    /// Whether the word is one of the comma-separated words in the fields of that name.
    func lists(_ word: String, in name: String) -> Bool {
        all(name).contains { value in
            value.split(separator: ",").contains { equals(trimmed($0), word) }
        }
    }

    /// Throws when a field, once sent, could be read as something else.
    func validate() throws(HTTPClientError) {
        for field in fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(isTokenByte) else {
                throw .init(.invalidRequest, "the header name “\(field.name)” holds characters that HTTP doesn't allow")
            }
            guard field.value.utf8.allSatisfy(isFieldByte) else {
                throw .init(
                    .invalidRequest,
                    "the value of the header \(field.name) holds a line break or a control character"
                )
            }
        }
    }
}

/// Whether two ASCII words are equal when case is ignored.
private func equals(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
    left.utf8.elementsEqual(right.utf8) { lowercase($0) == lowercase($1) }
}

private func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

/// The text without blanks and tabs at its ends.
func trimmed(_ text: some StringProtocol) -> Substring {
    var rest = Substring(text)
    while let first = rest.utf8.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
    while let last = rest.utf8.last, last == 0x20 || last == 0x09 { rest.removeLast() }
    return rest
}

/// Whether the byte may stand in a method or header name (RFC 9110, `tchar`).
func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
}

/// Whether the byte may stand in a header's value.
func isFieldByte(_ byte: UInt8) -> Bool { byte == 0x09 || (byte >= 0x20 && byte != 0x7F) }

/// Throws when the text, sent as a request's target, would end early or run into what follows.
func validateTarget(_ target: String) throws(HTTPClientError) {
    guard target.utf8.first == UInt8(ascii: "/"),
        target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
    else {
        throw .init(
            .invalidRequest,
            "the request path “\(target)” must start with / and hold no blanks: percent-encode them"
        )
    }
}
