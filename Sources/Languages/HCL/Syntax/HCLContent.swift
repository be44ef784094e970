/// Which attributes and blocks are looked for in a body.
package struct HCLSchema: Sendable {
    /// The names of attributes that may be there.
    package var attributes: [String]
    /// Those of them that have to be there.
    package var required: Set<String>
    /// The kinds of blocks, each with what its labels are.
    package var blocks: [(type: String, labels: [String])]
    /// Whether other attributes and blocks may be there, which are left out then.
    package var isPartial: Bool

    /// Describes a body.
    package init(
        attributes: [String] = [],
        required: Set<String> = [],
        blocks: [(type: String, labels: [String])] = [],
        isPartial: Bool = false
    ) {
        self.attributes = attributes
        self.required = required
        self.blocks = blocks
        self.isPartial = isPartial
    }
}

/// What was found of what was looked for.
package struct HCLContent: Sendable {
    /// The attributes, in the order in which they are written.
    package internal(set) var attributes: [HCLAttribute] = []
    /// The blocks, in the order in which they are written.
    package internal(set) var blocks: [HCLBlock] = []
    /// What is wrong: something missing, unknown, or with the wrong number of labels.
    package internal(set) var diagnostics: [HCLDiagnostic] = []

    /// The attribute of that name.
    package func attribute(_ name: String) -> HCLAttribute? { attributes.first { $0.name == name } }

    mutating func fail(_ summary: String, _ detail: String, at subject: HCLRange, in context: HCLRange? = nil) {
        diagnostics.append(HCLDiagnostic(summary, detail, at: subject, in: context))
    }
}

extension HCLBody {
    /// Looks for attributes and blocks.
    package func content(_ schema: HCLSchema) -> HCLContent {
        switch self {
        case .native(let body): body.content(schema)
        case .json(let node): node.content(schema)
        }
    }

    /// All attributes; a block is an error here.
    package func attributes() -> HCLContent {
        switch self {
        case .native(let body):
            var content = HCLContent()
            content.attributes = body.attributes
            if let block = body.blocks.first {
                let summary = "Unexpected \(block.type.goQuoted) block"
                content.fail(summary, "Blocks are not allowed here.", at: block.typeRange)
            }
            return content
        case .json(let node): return node.attributes()
        }
    }

    /// Where something that is missing would stand.
    package var missingRange: HCLRange {
        switch self {
        case .native(let body): body.range.head
        case .json(let node): node.range.head
        }
    }
}

extension HCLNativeBody {
    fileprivate func content(_ schema: HCLSchema) -> HCLContent {
        var content = HCLContent()
        let wanted = Set(schema.attributes)
        let kinds = Dictionary(schema.blocks.map { ($0.type, $0.labels) }) { first, _ in first }
        for attribute in attributes {
            if wanted.contains(attribute.name) {
                content.attributes.append(attribute)
            } else if !schema.isPartial {
                unknown(attribute, schema, &content)
            }
        }
        for name in schema.attributes where schema.required.contains(name) && content.attribute(name) == nil {
            let detail = "The argument \(name.goQuoted) is required, but no definition was found."
            content.fail("Missing required argument", detail, at: range.head)
        }
        for block in blocks {
            if let labels = kinds[block.type] {
                check(block, labels, &content)
            } else if !schema.isPartial {
                unknown(block, schema, &content)
            }
        }
        return content
    }

    private func unknown(_ attribute: HCLAttribute, _ schema: HCLSchema, _ content: inout HCLContent) {
        var meant = HCLSuggestion.text(for: attribute.name, among: schema.attributes)
        if meant.isEmpty, schema.blocks.contains(where: { $0.type == attribute.name }) {
            meant = " Did you mean to define a block of type \(attribute.name.goQuoted)?"
        }
        let detail = "An argument named \(attribute.name.goQuoted) is not expected here.\(meant)"
        content.fail("Unsupported argument", detail, at: attribute.nameRange)
    }

    private func unknown(_ block: HCLNativeBlock, _ schema: HCLSchema, _ content: inout HCLContent) {
        var meant = HCLSuggestion.text(for: block.type, among: schema.blocks.map(\.type))
        if meant.isEmpty, schema.attributes.contains(block.type) {
            meant =
                " Did you mean to define argument \(block.type.goQuoted)? If so, use the equals sign to assign it a "
                + "value."
        }
        let detail = "Blocks of type \(block.type.goQuoted) are not expected here.\(meant)"
        content.fail("Unsupported block type", detail, at: block.typeRange)
    }

    private func check(_ block: HCLNativeBlock, _ labels: [String], _ content: inout HCLContent) {
        let context = block.typeRange.joined(to: block.open)
        if block.labels.count > labels.count {
            let detail =
                labels.isEmpty
                ? "No labels are expected for \(block.type) blocks."
                : "Only \(labels.count) labels (\(labels.joined(separator: ", "))) are expected for \(block.type) "
                    + "blocks."
            let place = block.labels[labels.count].range
            content.fail("Extraneous label for \(block.type)", detail, at: place, in: context)
        } else if block.labels.count < labels.count {
            let detail =
                "All \(block.type) blocks must have \(labels.count) labels (\(labels.joined(separator: ", ")))."
            content.fail("Missing \(labels[block.labels.count]) for \(block.type)", detail, at: block.open, in: context)
        } else {
            content.blocks.append(block.block)
        }
    }
}
