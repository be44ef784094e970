import CaissonHCL
import CaissonText

/// What the files of a definition declare, before anything is evaluated.
struct BakeDeclarations {
    /// A variable.
    struct Variable {
        var name: String
        var type: HCLExpression?
        var initial: HCLExpression?
        var description = ""
        var validations: [Validation] = []
        var range: HCLRange
    }

    /// A condition on a variable.
    struct Validation {
        var condition: HCLExpression?
        var message: HCLExpression?
        var range: HCLRange
    }

    /// A function.
    struct Function {
        var name: String
        var parameters: HCLExpression?
        var variadic: HCLExpression?
        var result: HCLExpression?
        var range: HCLRange
    }

    var variables: [String: Variable] = [:]
    var functions: [String: Function] = [:]
    /// The attributes outside of blocks, which are variables too.
    var attributes: [String: HCLAttribute] = [:]
    /// The targets and groups, file by file.
    var blocks: [HCLBlock] = []
    private(set) var diagnostics: [HCLDiagnostic] = []

    private static let kinds = ["variable", "function", "group", "target"]
    private static let schema = HCLSchema(blocks: kinds.map { ($0, ["name"]) }, isPartial: true)

    /// Collects what the files declare; `reserved` names can't be declared.
    init(_ bodies: [HCLBody], reserved: Set<String>) {
        let reserved = reserved.union(["group", "target"])
        for body in bodies {
            let content = body.content(Self.schema)
            diagnostics += content.diagnostics
            for block in content.blocks { add(block, reserved) }
            addAttributes(of: body, reserved)
            warn(body)
        }
    }

    private mutating func add(_ block: HCLBlock, _ reserved: Set<String>) {
        guard let name = block.labels.first?.text else { return }
        switch block.type {
        case "variable":
            let variable = variable(name, block)
            if !reserved.contains(name) { variables[name] = variable }
        case "function":
            let function = function(name, block)
            if !reserved.contains(name) { functions[name] = function }
        default:
            blocks.append(block)
            warn(block, known: BakeBlock.fields(block.type).map(\.key.rawValue) + ["name", "matrix"])
        }
    }

    private mutating func addAttributes(of body: HCLBody, _ reserved: Set<String>) {
        var isNative = false
        if case .native = body { isNative = true }
        let content = body.attributes()
        // Unknown blocks are no error, only worth a warning.
        if !isNative { diagnostics += content.diagnostics }
        let hidden = isNative ? reserved.union(["function"]) : reserved.union(Self.kinds)
        for attribute in content.attributes where !hidden.contains(attribute.name) {
            attributes[attribute.name] = attribute
        }
    }

    private mutating func variable(_ name: String, _ block: HCLBlock) -> Variable {
        let schema = HCLSchema(
            attributes: ["type", "default", "description"],
            blocks: [("validation", [])],
            isPartial: true
        )
        let content = block.body.content(schema)
        diagnostics += content.diagnostics
        var variable = Variable(name: name, range: block.range)
        variable.type = content.attribute("type")?.value
        variable.initial = content.attribute("default")?.value
        variable.description = content.attribute("description").map { text(of: $0.value) } ?? ""
        for validation in content.blocks { variable.validations.append(self.validation(validation)) }
        warn(block, known: schema.attributes, blocks: ["validation"])
        return variable
    }

    /// A text in which no variable and no function may be used.
    private mutating func text(of expression: HCLExpression) -> String {
        let result = expression.value(in: HCLContext(functions: [:]))
        diagnostics += result.diagnostics
        guard !result.hasErrors else { return "" }
        if let text = (try? result.value.converted(to: .string))?.string { return text }
        diagnostics.append(HCLDiagnostic("Unsuitable value type", "A text is required here.", at: expression.range))
        return ""
    }

    private mutating func validation(_ block: HCLBlock) -> Validation {
        let content = block.body.content(HCLSchema(attributes: ["condition", "error_message"]))
        diagnostics += content.diagnostics
        return Validation(
            condition: content.attribute("condition")?.value,
            message: content.attribute("error_message")?.value,
            range: block.range
        )
    }

    private mutating func function(_ name: String, _ block: HCLBlock) -> Function {
        let content = block.body.content(HCLSchema(attributes: ["params", "variadic_params", "result"]))
        diagnostics += content.diagnostics
        return Function(
            name: name,
            parameters: content.attribute("params")?.value,
            variadic: content.attribute("variadic_params")?.value,
            result: content.attribute("result")?.value,
            range: block.range
        )
    }
}

// MARK: - What is probably misspelt

extension BakeDeclarations {
    /// Warns of blocks of unknown kinds, which have no effect.
    private mutating func warn(_ body: HCLBody) {
        guard case .native(let native) = body else { return }
        for block in native.blocks where !Self.kinds.contains(block.type) {
            warn("Unknown block", "A block \(block.type.quoted) has no effect", block.type, Self.kinds, block.typeRange)
        }
    }

    /// Warns of attributes and blocks within a block that have no effect.
    mutating func warn(_ block: HCLBlock, known: [String], blocks: [String] = []) {
        let kind = block.type
        for attribute in block.body.attributes().attributes where !(known + blocks).contains(attribute.name) {
            let text = "\(attribute.name.quoted) is no attribute of a \(kind) and has no effect"
            warn("Unknown attribute", text, attribute.name, known, attribute.nameRange)
        }
        guard case .native(let body) = block.body else { return }
        for inner in body.blocks where !blocks.contains(inner.type) {
            let text = "A block \(inner.type.quoted) in a \(kind) has no effect"
            warn("Unknown block", text, inner.type, known + blocks, inner.typeRange)
        }
    }

    private mutating func warn(
        _ summary: String,
        _ text: String,
        _ name: String,
        _ known: [String],
        _ range: HCLRange
    ) {
        let meant = nearest(to: name, among: known).map { "; did you mean \($0.quoted)?" } ?? "."
        diagnostics.append(HCLDiagnostic(summary, text + meant, at: range, severity: .warning))
    }
}
