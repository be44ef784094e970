package import CaissonHCL
import CaissonText

/// What bake files declare: targets and groups before parents, overrides and links, and the variables' values.
package struct BakeConfiguration: Sendable {
    /// The groups in their order; of two with one name the first counts.
    package var groups: [BakeGroup]
    /// The targets in their order, each name once.
    package private(set) var targets: [BakeTarget]
    /// The variables, sorted by name.
    package var variables: [BakeVariable] = []
    /// What has no effect and is probably misspelt.
    package var warnings: [HCLDiagnostic] = []
    /// What every target has unless it or its parents say otherwise; nil where nothing is said.
    var defaults: BakeTarget?
    /// Where each target is in its list.
    private var places: [String: Int] = [:]

    /// Takes targets and groups that come from elsewhere than bake files, such as compose files.
    package init(groups: [BakeGroup] = [], targets: [BakeTarget] = []) {
        self.groups = []
        self.targets = []
        for group in groups { add(group) }
        for target in targets { add(target) }
    }

    /// Reads bake files; what they declare is merged with what is there before them, in the files' order.
    ///
    /// Throws everything that is wrong with the files.
    package init(
        reading files: [BakeFile],
        after earlier: BakeConfiguration = BakeConfiguration(),
        inputs: BakeInputs
    ) throws(BakeError) {
        var bodies: [HCLBody] = []
        var problems: [HCLDiagnostic] = []
        for file in files {
            let (body, diagnostics) = file.parsed()
            problems += diagnostics
            if let body { bodies.append(body) }
        }
        guard !problems.hasErrors else { throw BakeError(problems.filter { $0.severity == .error }) }
        try self.init(evaluating: bodies, after: earlier, inputs: inputs, problems)
    }

    /// Evaluates what files declare, and with it what else is said of it, even where something is wrong.
    ///
    /// Throws everything that is wrong with the files, `problems` that are known already among it.
    init(
        evaluating bodies: [HCLBody],
        after earlier: BakeConfiguration = BakeConfiguration(),
        inputs: BakeInputs,
        _ problems: [HCLDiagnostic],
        also evaluate: (BakeEvaluator, BakeConfiguration) -> [HCLDiagnostic] = { _, _ in [] }
    ) throws(BakeError) {
        self = earlier
        let declarations = BakeDeclarations(bodies, reserved: Set(inputs.builtIns.keys))
        let evaluator = BakeEvaluator(declarations, inputs)
        evaluator.report(declarations.diagnostics)
        evaluator.evaluateAll()
        add(evaluator, rebases: inputs.usesFileRelativePaths)
        let others = evaluate(evaluator, self)
        let found = problems + evaluator.diagnostics + others
        guard !found.hasErrors else { throw BakeError(found.filter { $0.severity == .error }) }
        warnings += found.filter { $0.severity == .warning }
    }

    private mutating func add(_ evaluator: BakeEvaluator, rebases: Bool) {
        // Which targets a label stands for, in the order of the labels.
        var labels: [String] = []
        var names: [String: [String]] = [:]
        for block in evaluator.blocks {
            for row in block.rows {
                guard block.kind == "target" else {
                    replace(group(row))
                    continue
                }
                var target = target(row, block)
                if rebases { target.rebase(to: block.block.range.source.name) }
                add(target)
                if names[block.label.text] == nil { labels.append(block.label.text) }
                names[block.label.text, default: []].append(row.name)
            }
        }
        for label in labels {
            let group = BakeGroup(label, targets: names[label] ?? [])
            if group.targets != [label] { groups.append(group) }
        }
        variables = evaluator.listedVariables
    }

    private func target(_ row: BakeBlock.Row, _ block: BakeBlock) -> BakeTarget {
        BakeTarget(row.name, row.values, range: block.block.range)
    }

    private func group(_ row: BakeBlock.Row) -> BakeGroup {
        BakeGroup(
            row.name,
            targets: row.values[.targets]?.texts ?? [],
            description: row.values[.description]?.text ?? ""
        )
    }

    /// A group of a later file takes the place of an earlier one.
    private mutating func replace(_ group: BakeGroup) {
        if let index = groups.firstIndex(where: { $0.name == group.name }) {
            groups[index] = group
        } else {
            groups.append(group)
        }
    }

    private mutating func add(_ group: BakeGroup) {
        if let index = groups.firstIndex(where: { $0.name == group.name }) {
            groups[index].targets = (groups[index].targets + group.targets).withoutDoubles
        } else {
            groups.append(group)
        }
    }

    /// A target of a later file is merged into an earlier one.
    private mutating func add(_ target: BakeTarget) {
        if let index = places[target.name] {
            targets[index].merge(target)
        } else {
            places[target.name] = targets.count
            targets.append(target)
        }
    }
}

extension BakeEvaluator {
    /// Evaluates everything that is declared.
    func evaluateAll() {
        evaluateVariables()
        evaluateFunctions()
        nameBlocks()
        evaluateBlocks()
    }

    /// The variables with their values, sorted by name.
    var listedVariables: [BakeVariable] {
        declarations.variables.values.map { declared in
            let type = types[declared.name]
            let value = base.levels[0][declared.name] ?? .null()
            return BakeVariable(name: declared.name, description: declared.description, type: type, value: value)
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
