/// A value of JSON, or of another notation with the same kinds of values, with its place.
package final class HCLJSONNode: Sendable {
    /// What it is.
    enum Kind: Sendable {
        case null
        case bool(Bool)
        case number(HCLNumber)
        case string(String)
        case array([HCLJSONNode])
        case object([Member])
        /// What couldn't be read.
        case invalid
    }

    /// A name and its value.
    package struct Member: Sendable {
        let name: String
        let nameRange: HCLRange
        let notation: HCLNotation
        let value: HCLJSONNode

        /// Makes a member; between quotation marks where nothing else is said of the name.
        package init(
            name: String,
            nameRange: HCLRange,
            notation: HCLNotation = .quoted,
            value: HCLJSONNode
        ) {
            self.name = name
            self.nameRange = nameRange
            self.notation = notation
            self.value = value
        }

        /// The name as a value, which it is where names are templates.
        var nameNode: HCLJSONNode { HCLJSONNode(.string(name), nameRange, notation) }
    }

    let kind: Kind
    /// Where it stands.
    package let range: HCLRange
    /// How a text is written.
    let notation: HCLNotation

    init(_ kind: Kind, _ range: HCLRange, _ notation: HCLNotation = .quoted) {
        self.kind = kind
        self.range = range
        self.notation = notation
    }

    /// The first byte, which messages point at.
    var start: HCLRange { HCLRange(range.source, range.from, min(range.to, range.from + 1)) }

    /// The texts in it, names included, read as templates; those with errors are left out.
    func templates() -> [HCLExpression] {
        switch kind {
        case .string(let text):
            let (expression, diagnostics) = template(text)
            return diagnostics.isEmpty ? [expression] : []
        case .array(let values): return values.flatMap { $0.templates() }
        case .object(let members): return members.flatMap { $0.nameNode.templates() + $0.value.templates() }
        default: return []
        }
    }

    /// The text read as a template.
    func template(_ text: String) -> (expression: HCLExpression, diagnostics: [HCLDiagnostic]) {
        let source = HCLSource(name: range.source.name, bytes: Array(text.utf8), within: range, notation)
        var parser = HCLParser(source, isTemplate: true)
        let expression = parser.bareTemplate()
        return (expression, parser.diagnostics)
    }

    /// The text read as an expression; nil where it is none.
    func parsed(_ text: String) -> HCLExpression? {
        let source = HCLSource(name: range.source.name, bytes: Array(text.utf8), within: range, notation)
        var parser = HCLParser(source)
        parser.cursor.push(newlines: false)
        let expression = parser.expression()
        return parser.errors == 0 && parser.cursor.peek.kind == .end ? expression : nil
    }
}

// MARK: - Making values of other notations

extension HCLJSONNode {
    /// Nothing.
    package static func null(at range: HCLRange) -> HCLJSONNode { HCLJSONNode(.null, range) }
    /// True or false.
    package static func bool(_ value: Bool, at range: HCLRange) -> HCLJSONNode { HCLJSONNode(.bool(value), range) }
    /// A number.
    package static func number(_ value: HCLNumber, at range: HCLRange) -> HCLJSONNode {
        HCLJSONNode(.number(value), range)
    }
    /// A text, which is a template.
    package static func string(_ text: String, _ notation: HCLNotation, at range: HCLRange) -> HCLJSONNode {
        HCLJSONNode(.string(text), range, notation)
    }
    /// Values in order.
    package static func array(_ values: [HCLJSONNode], at range: HCLRange) -> HCLJSONNode {
        HCLJSONNode(.array(values), range)
    }
    /// Values by name; the names have to differ, as far as they are those of attributes and blocks.
    package static func object(_ members: [Member], at range: HCLRange) -> HCLJSONNode {
        HCLJSONNode(.object(members), range)
    }
}
