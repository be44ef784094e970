import CaissonHCL
import CaissonJSON

/// A variable of a definition with its value.
package struct BakeVariable: Sendable, Hashable {
    /// The name.
    package let name: String
    /// What it is for; empty where nothing is said.
    package let description: String
    /// The name of the declared type; nil where none is declared.
    package let type: String?
    /// The value as it is listed; nil for null.
    package let value: String?

    init(name: String, description: String, type: HCLType?, value: HCLValue) {
        self.name = name
        self.description = description
        self.type = type?.constraintName
        self.value = value.isNull ? nil : Self.text(of: value, type)
    }

    /// A text as it is, everything else as JSON; a text of a declared type with JSON's escapes, as bake has it.
    private static func text(of value: HCLValue, _ type: HCLType?) -> String {
        if type == nil, value.type.isPrimitive { return (try? value.converted(to: .string))?.string ?? "" }
        guard let json = try? value.json(declaredAs: type ?? value.type) else { return "" }
        let text = json.goText(indented: false)
        guard type == .string else { return text }
        let trimmed = text.drop { $0 == "\"" }.reversed().drop { $0 == "\"" }.reversed()
        return String(trimmed)
    }
}
