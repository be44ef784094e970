/// A value of JSON with its place.
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
    struct Member: Sendable {
        let name: String
        let nameRange: HCLRange
        let value: HCLJSONNode

        /// The name as a value, which it is where names are templates.
        var nameNode: HCLJSONNode { HCLJSONNode(.string(name), nameRange) }
    }

    let kind: Kind
    let range: HCLRange

    init(_ kind: Kind, _ range: HCLRange) {
        self.kind = kind
        self.range = range
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
        let source = HCLSource(name: range.source.name, bytes: Array(text.utf8), within: range)
        var parser = HCLParser(source, isTemplate: true)
        let expression = parser.bareTemplate()
        return (expression, parser.diagnostics)
    }

    /// The text read as an expression; nil where it is none.
    func parsed(_ text: String) -> HCLExpression? {
        let source = HCLSource(name: range.source.name, bytes: Array(text.utf8), within: range)
        var parser = HCLParser(source)
        parser.cursor.push(newlines: false)
        let expression = parser.expression()
        return parser.errors == 0 && parser.cursor.peek.kind == .end ? expression : nil
    }
}
