/// A text of HCL: what was read, and what was wrong with it.
package struct HCLFile: Sendable {
    /// How large a text may be, in bytes.
    package static let largest = 16 << 20

    /// The attributes and blocks; as many as could be read where something is wrong.
    package let body: HCLBody
    /// What is wrong with the text.
    package let diagnostics: [HCLDiagnostic]

    /// Reads a text in HCL's own syntax.
    ///
    /// - Parameter name: The name that messages give the text: a path.
    package init(parsing bytes: [UInt8], name: String) {
        let source = HCLSource(name: name, bytes: bytes.count <= Self.largest ? bytes : [])
        guard bytes.count <= Self.largest else {
            body = .native(HCLNativeBody(range: HCLRange(source, 0, 0)))
            diagnostics = [Self.tooLarge(source)]
            return
        }
        var parser = HCLParser(source)
        body = .native(parser.body(until: .end))
        diagnostics = parser.diagnostics
    }

    /// Reads a text in HCL's form of JSON, in which texts are templates.
    ///
    /// - Parameter name: The name that messages give the text: a path.
    package init(parsingJSON bytes: [UInt8], name: String) {
        let source = HCLSource(name: name, bytes: bytes.count <= Self.largest ? bytes : [])
        var parser = HCLJSONParser(source)
        let node = parser.document()
        body = .json(node)
        diagnostics = bytes.count <= Self.largest ? parser.diagnostics : [Self.tooLarge(source)]
    }

    private static func tooLarge(_ source: HCLSource) -> HCLDiagnostic {
        let detail = "The file is larger than \(largest >> 20) MiB, which is too much to read."
        return HCLDiagnostic("File too large", detail, at: HCLRange(source, 0, 0))
    }
}

extension HCLExpression {
    /// Reads one expression; the value that can't be known stands for one that is wrong.
    package static func parse(_ text: String, name: String) -> (expression: HCLExpression, diagnostics: [HCLDiagnostic])
    {
        var parser = HCLParser(HCLSource(name: name, bytes: Array(text.utf8.prefix(HCLFile.largest))))
        parser.cursor.push(newlines: false)
        let expression = parser.expression()
        let rest = parser.cursor.peek
        if rest.kind != .end, !parser.isRecovering {
            let detail = "An expression was successfully parsed, but extra characters were found after it."
            parser.fail("Extra characters after expression", detail, at: rest.range)
        }
        return (expression, parser.diagnostics)
    }
}

/// Attributes and blocks, whatever the syntax.
package enum HCLBody: Sendable {
    /// In HCL's own syntax.
    case native(HCLNativeBody)
    /// In JSON: which members are attributes and which blocks depends on what is asked for.
    case json(HCLJSONNode)
}

/// A name with its value.
package struct HCLAttribute: Sendable {
    /// The name.
    package let name: String
    /// The value.
    package let value: HCLExpression
    /// Where all of it stands.
    package let range: HCLRange
    /// Where the name stands.
    package let nameRange: HCLRange
    /// Where the sign between them stands.
    let equals: HCLRange
}

/// A name of a block, behind its type.
package struct HCLLabel: Sendable {
    /// The name.
    package let text: String
    /// Where it stands.
    package let range: HCLRange
}

/// A block of a kind, with labels, attributes and blocks.
package struct HCLBlock: Sendable {
    /// The kind.
    package let type: String
    /// The names behind it.
    package let labels: [HCLLabel]
    /// What is in it.
    package let body: HCLBody
    /// Where the block's head stands, or in JSON its opening brace.
    package let range: HCLRange
    /// Where the kind stands.
    package let typeRange: HCLRange
}

/// Attributes and blocks in HCL's own syntax, in their order.
package struct HCLNativeBody: Sendable {
    /// The attributes.
    package internal(set) var attributes: [HCLAttribute] = []
    /// The blocks.
    package internal(set) var blocks: [HCLNativeBlock] = []
    /// Where all of it stands.
    package internal(set) var range: HCLRange
    private var names: [String: Int] = [:]

    init(range: HCLRange) { self.range = range }

    /// Adds an attribute; one of a name that is there already is an error.
    mutating func add(_ attribute: HCLAttribute, complaining parser: inout HCLParser) {
        guard let first = names[attribute.name] else {
            names[attribute.name] = attributes.count
            attributes.append(attribute)
            return
        }
        let place = attributes[first].nameRange
        let detail =
            "The argument \(attribute.name.goQuoted) was already set at \(place). Each argument may be set only once."
        parser.fail("Attribute redefined", detail, at: attribute.nameRange)
    }
}

/// A block in HCL's own syntax.
package struct HCLNativeBlock: Sendable {
    /// The kind.
    package internal(set) var type: String
    /// The names behind it.
    package internal(set) var labels: [HCLLabel] = []
    /// Where the kind stands.
    package internal(set) var typeRange: HCLRange
    /// What is in it.
    package internal(set) var body: HCLNativeBody
    /// Where the opening brace stands.
    var open: HCLRange

    init(type: String, typeRange: HCLRange, body: HCLNativeBody) {
        self.type = type
        self.typeRange = typeRange
        self.body = body
        open = typeRange
    }

    /// The same without a word on its syntax.
    package var block: HCLBlock {
        HCLBlock(
            type: type,
            labels: labels,
            body: .native(body),
            range: typeRange.joined(to: open),
            typeRange: typeRange
        )
    }
}
