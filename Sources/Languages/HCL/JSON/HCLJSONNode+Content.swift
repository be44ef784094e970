extension HCLJSONNode {
    /// Looks for attributes and blocks: a member whose name is that of a kind of block holds its labels as members.
    func content(_ schema: HCLSchema) -> HCLContent {
        var content = HCLContent()
        let wanted = Set(schema.attributes)
        let kinds = Dictionary(schema.blocks.map { ($0.type, $0.labels) }) { first, _ in first }
        for member in members(labelled: nil, &content) {
            if wanted.contains(member.name) {
                add(member, &content)
            } else if let labels = kinds[member.name] {
                member.value.unpack(member, labels[...], [], &content)
            } else if !schema.isPartial, member.name != "//" {
                let names = schema.attributes + schema.blocks.map(\.type)
                let meant = HCLSuggestion.text(for: member.name, among: names)
                let detail = "No argument or block type is named \(member.name.goQuoted).\(meant)"
                let context = member.nameRange.joined(to: member.value.range)
                content.fail("Extraneous JSON object property", detail, at: member.nameRange, in: context)
            }
        }
        for name in schema.attributes where schema.required.contains(name) && content.attribute(name) == nil {
            let detail = "The argument \(name.goQuoted) is required, but no definition was found."
            content.fail("Missing required argument", detail, at: range.head)
        }
        return content
    }

    /// All members as attributes.
    func attributes() -> HCLContent {
        var content = HCLContent()
        guard case .object(let members) = kind else {
            let detail = "A JSON object is required here, setting the arguments for this block."
            content.fail("Incorrect JSON value type", detail, at: start)
            return content
        }
        for member in members where member.name != "//" { add(member, &content) }
        return content
    }

    private func add(_ member: Member, _ content: inout HCLContent) {
        let range = member.nameRange.joined(to: member.value.range)
        if let first = content.attribute(member.name) {
            let detail = "The argument \(member.name.goQuoted) was already set at \(first.range)."
            content.fail("Duplicate argument", detail, at: member.nameRange, in: range)
            return
        }
        content.attributes.append(
            HCLAttribute(
                name: member.name,
                value: .json(member.value),
                range: range,
                nameRange: member.nameRange,
                equals: member.nameRange.tail
            )
        )
    }

    /// The members of an object, or of all objects of an array.
    private func members(labelled label: String?, _ content: inout HCLContent) -> [Member] {
        switch kind {
        case .null: return []
        case .object(let members): return members
        case .array(let values):
            return values.flatMap { value -> [Member] in
                if case .object(let members) = value.kind { return members }
                let purpose =
                    label.map { "to specify \($0) labels for this block" } ?? "to define arguments and child blocks"
                content.fail(
                    "Incorrect JSON value type",
                    "A JSON object is required here, \(purpose).",
                    at: value.start
                )
                return []
            }
        default:
            let purpose =
                label.map { "to specify \($0) labels for this block" } ?? "to define arguments and child blocks"
            let detail = "Either a JSON object or JSON array of objects is required here, \(purpose)."
            content.fail("Incorrect JSON value type", detail, at: start)
            return []
        }
    }

    /// Takes labels off, and adds the blocks that are left.
    private func unpack(
        _ member: Member,
        _ missing: ArraySlice<String>,
        _ labels: [HCLLabel],
        _ content: inout HCLContent
    ) {
        if let label = missing.first {
            let found = members(labelled: label, &content)
            if found.isEmpty {
                let detail =
                    "At least one object property is required, whose name represents the \(member.name) block's "
                    + "\(label)."
                content.fail("Missing block label", detail, at: start)
            }
            for inner in found {
                let label = HCLLabel(text: inner.name, range: inner.nameRange)
                inner.value.unpack(member, missing.dropFirst(), labels + [label], &content)
            }
            return
        }
        switch kind {
        case .null: break
        case .object: content.blocks.append(block(member, labels, start))
        case .array(let values): content.blocks += values.map { $0.block(member, labels, start) }
        default:
            let detail =
                "Either a JSON object or a JSON array is required, representing the contents of one or more "
                + "\(member.name.goQuoted) blocks."
            content.fail("Incorrect JSON value type", detail, at: start)
        }
    }

    private func block(_ member: Member, _ labels: [HCLLabel], _ place: HCLRange) -> HCLBlock {
        HCLBlock(type: member.name, labels: labels, body: .json(self), range: place, typeRange: member.nameRange)
    }
}
