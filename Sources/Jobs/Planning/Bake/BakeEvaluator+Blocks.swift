import CaissonHCL
import CaissonText

extension BakeEvaluator {
    /// Evaluates all targets and groups.
    func evaluateBlocks() {
        var places: [String: [Int]] = [:]
        for (index, block) in blocks.enumerated() {
            for row in block.rows { places["\(block.kind).\(row.name)", default: []].append(index) }
        }
        self.places = places
        for index in blocks.indices {
            for row in blocks[index].rows.indices { _ = resolve(index, row, only: nil, at: blocks[index].label.range) }
        }
        for attribute in declarations.attributes.values.sorted(by: { $0.name < $1.name }) {
            _ = variable(attribute.name, at: attribute.nameRange)
        }
    }

    /// Makes known what a reference such as `target.NAME.FIELD` names; false where that is wrong, which has been told.
    func resolve(_ reference: HCLTraversal) -> Bool {
        let kind = reference.root
        guard let step = reference.steps.first, case .attribute(let name, _) = step else {
            let detail =
                reference.steps.isEmpty
                ? "\(kind) can't be used as a whole; write \(kind).NAME"
                : "\(kind) needs a name behind a dot: \(kind).NAME"
            fail("Invalid expression", detail, at: reference.range)
            return false
        }
        var field: String?
        if reference.steps.count > 1, case .attribute(let name, _) = reference.steps[1] { field = name }
        var isFine = true
        for index in places?["\(kind).\(name)"] ?? [] {
            for row in blocks[index].rows.indices {
                isFine = resolve(index, row, only: field, at: reference.range) && isFine
            }
        }
        return isFine
    }

    /// Evaluates one field of a target, or what is left of all of them.
    private func resolve(_ index: Int, _ row: Int, only field: String?, at range: HCLRange) -> Bool {
        let block = blocks[index]
        let name = "\(block.kind).\(block.rows[row].name)"
        guard let field else {
            return within(name, range) { resolveAll(index, row) }
        }
        if block.rows[row].done.contains(field) { return !block.rows[row].failed.contains(field) }
        var isFine = true
        if let attribute = block.attributes.first(where: { $0.name == field }) {
            isFine = resolve(attribute, index, row, at: range)
        }
        blocks[index].rows[row].done.insert(field)
        snapshots[name] = blocks[index].rows[row].values
        return isFine
    }

    private func resolveAll(_ index: Int, _ row: Int) -> Bool {
        for attribute in blocks[index].attributes where !blocks[index].rows[row].done.contains(attribute.name) {
            _ = resolve(attribute, index, row, at: attribute.nameRange)
        }
        let done = blocks[index].rows[row]
        snapshots["\(blocks[index].kind).\(done.name)"] = done.values
        return done.failed.isEmpty
    }

    private func resolve(_ attribute: HCLAttribute, _ index: Int, _ row: Int, at range: HCLRange) -> Bool {
        let block = blocks[index]
        let label = "\(block.kind).\(block.rows[row].name).\(attribute.name)"
        let isFine = within(label, range) {
            guard let field = BakeBlock.fields(block.kind).first(where: { $0.key.rawValue == attribute.name }),
                let value = value(of: attribute.value, with: block.rows[row].variables)
            else { return false }
            return store(value, of: attribute, as: field, index, row)
        }
        blocks[index].rows[row].done.insert(attribute.name)
        if !isFine { blocks[index].rows[row].failed.insert(attribute.name) }
        return isFine
    }

    private func store(
        _ value: HCLValue,
        of attribute: HCLAttribute,
        as field: BakeField,
        _ index: Int,
        _ row: Int
    ) -> Bool {
        do throws(BakeValueError) {
            blocks[index].rows[row].values[field.key] = try field.value(of: value)
            return true
        } catch {
            let detail = "\(attribute.name) can't be this value: \(error.message)."
            fail("Unsuitable value type", detail, at: attribute.value.range)
            return false
        }
    }
}

// MARK: - Names and matrices

extension BakeEvaluator {
    /// How many targets the matrices of a definition may make.
    static let mostRows = 20_000

    /// Finds the rows and names of all targets and groups.
    func nameBlocks() {
        var left = Self.mostRows
        for block in declarations.blocks {
            guard let label = block.labels.first else { continue }
            let content = block.body.content(schema(block))
            report(content.diagnostics)
            let names = Set(BakeBlock.fields(block.type).map(\.key.rawValue))
            let fields = content.attributes.filter { names.contains($0.name) }
            guard let rows = rows(of: content, label, block, &left) else { continue }
            blocks.append(BakeBlock(block, label, fields, rows: rows))
        }
    }

    private func schema(_ block: HCLBlock) -> HCLSchema {
        let names = BakeBlock.fields(block.type).map(\.key.rawValue)
        let required: Set<String> = block.type == "group" ? ["targets"] : []
        return HCLSchema(attributes: names + ["name", "matrix"], required: required, isPartial: true)
    }

    private func rows(
        of content: HCLContent,
        _ label: HCLLabel,
        _ block: HCLBlock,
        _ left: inout Int
    ) -> [BakeBlock.Row]? {
        let (name, matrix) = (content.attribute("name"), content.attribute("matrix"))
        if block.type == "group", let attribute = name ?? matrix {
            fail("Invalid name", "\(attribute.name) is not supported for groups.", at: attribute.nameRange)
            return nil
        }
        guard isValid(label.text, at: label.range) else { return nil }
        guard let matrix else {
            if let name { fail("Invalid name", "name requires matrix.", at: name.nameRange) }
            return name == nil ? [BakeBlock.Row(variables: [:], name: label.text)] : nil
        }
        guard let variables = combinations(matrix, &left) else { return nil }
        var rows: [BakeBlock.Row] = []
        for variables in variables {
            guard let name = rowName(name, label, variables) else { return nil }
            rows.append(BakeBlock.Row(variables: variables, name: name))
        }
        return areUnique(rows, label) ? rows : nil
    }

    private func rowName(_ name: HCLAttribute?, _ label: HCLLabel, _ variables: [String: HCLValue]) -> String? {
        guard let name else { return label.text }
        guard let value = value(of: name.value, with: variables) else { return nil }
        guard let text = (try? value.converted(to: .string))?.string else {
            fail(
                "Invalid name",
                "A name must be a text, but this is \(value.isNull ? "null" : "a \(value.type)").",
                at: name.value.range
            )
            return nil
        }
        return isValid(text, at: name.value.range) ? text : nil
    }

    private func isValid(_ name: String, at range: HCLRange) -> Bool {
        let isFine = { (byte: UInt8) in byte.isAlphanumeric || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") }
        if !name.isEmpty, name.utf8.allSatisfy(isFine) { return true }
        fail("Invalid name", "\(name.quoted) is no name: only letters, digits, _ and - are allowed.", at: range)
        return false
    }

    private func areUnique(_ rows: [BakeBlock.Row], _ label: HCLLabel) -> Bool {
        var seen: Set<String> = []
        for row in rows where !seen.insert(row.name).inserted {
            let detail =
                "duplicate name \(row.name.quoted): each row of the matrix needs a name of its own; give the target "
                + "a name that uses all of the matrix's variables."
            fail("Invalid name", detail, at: label.range)
            return false
        }
        return true
    }

    /// The rows of a matrix: each value of each variable with each of the others.
    private func combinations(_ matrix: HCLAttribute, _ left: inout Int) -> [[String: HCLValue]]? {
        guard let value = value(of: matrix.value) else { return nil }
        guard let axes = value.members, !value.isNull else {
            fail("Invalid matrix", "matrix must be a map.", at: matrix.value.range)
            return nil
        }
        var rows: [[String: HCLValue]] = [[:]]
        for (name, axis) in zip(axes.names, axes.values) {
            guard let longer = extend(rows, by: axis, named: name, left, matrix.value.range) else { return nil }
            rows = longer
        }
        left -= rows.count
        return rows
    }

    private func extend(
        _ rows: [[String: HCLValue]],
        by axis: HCLValue,
        named name: String,
        _ left: Int,
        _ range: HCLRange
    ) -> [[String: HCLValue]]? {
        guard let values = axis.elements ?? axis.members?.values else {
            fail("Invalid matrix", "matrix values must be a list: \(name) is none.", at: range)
            return nil
        }
        let (count, isOver) = rows.count.multipliedReportingOverflow(by: values.count)
        guard !isOver, count <= left else {
            let detail = "The matrices make more than \(Self.mostRows) targets; take some values out."
            fail("Matrix too large", detail, at: range)
            return nil
        }
        return values.flatMap { value in rows.map { $0.merging([name: value]) { _, new in new } } }
    }
}
