// MARK: - What can be told of an expression without its value

extension HCLExpression {
    /// The name, where it is nothing but one: `string`, but not `"string"` or `string.x`; in JSON the text.
    package var keyword: String? {
        switch self {
        case .variable(let node): return node.traversal.steps.isEmpty ? node.traversal.root : nil
        case .literal(let node):
            if node.value.isBareNull { return "null" }
            return node.value.bool.map { $0 ? "true" : "false" }
        case .json(let node):
            guard case .string(let text) = node.kind, let expression = node.parsed(text) else { return nil }
            return expression.keyword
        default: return nil
        }
    }

    /// The call of a function, where it is nothing but one; in JSON the text is read as an expression.
    package var call: Call? {
        switch self {
        case .call(let call): return call
        case .json(let node):
            guard case .string(let text) = node.kind else { return nil }
            return node.parsed(text)?.call
        default: return nil
        }
    }

    /// The elements, where it is a tuple that is written down.
    package var list: [HCLExpression]? {
        switch self {
        case .tuple(let tuple): tuple.elements
        case .json(let node):
            if case .array(let values) = node.kind { values.map { .json($0) } } else { nil }
        default: nil
        }
    }

    /// The names and values, where it is an object that is written down.
    package var pairs: [(key: HCLExpression, value: HCLExpression)]? {
        switch self {
        case .object(let object): object.items.map { ($0.key, $0.value) }
        case .json(let node):
            if case .object(let members) = node.kind {
                members.map { (.json($0.nameNode), .json($0.value)) }
            } else {
                nil
            }
        default: nil
        }
    }
}

// MARK: - Variables and functions

extension HCLExpression {
    /// The variables that the value depends on, with the steps that are written down; those of `for` aren't among them.
    package var variables: [HCLTraversal] {
        var finder = HCLNameFinder()
        finder.visit(self)
        return finder.variables
    }

    /// The names of the functions that are called.
    package var functions: [String] {
        var finder = HCLNameFinder()
        finder.visit(self)
        return finder.functions
    }
}

/// Goes through an expression and collects names.
struct HCLNameFinder {
    var variables: [HCLTraversal] = []
    var functions: [String] = []
    private var local: [String] = []

    mutating func visit(_ expression: HCLExpression) {
        switch expression {
        case .literal, .item: break
        case .variable(let node):
            if !local.contains(node.traversal.root) { variables.append(node.traversal) }
        case .template(let node): node.parts.forEach { visit($0) }
        case .wrapped(let node): visit(node.inner)
        case .joined(let node): visit(node.tuple)
        case .steps(let node): visit(node.source)
        case .call(let node):
            functions.append(node.name)
            node.arguments.forEach { visit($0) }
        case .conditional(let node): [node.condition, node.whenTrue, node.whenFalse].forEach { visit($0) }
        case .index(let node): [node.collection, node.key].forEach { visit($0) }
        case .tuple(let node): node.elements.forEach { visit($0) }
        case .object(let node): node.items.forEach { visit($0) }
        case .loop(let node): visit(node)
        case .splat(let node): [node.source, node.each].forEach { visit($0) }
        case .unary(let node): visit(node.operand)
        case .binary(let node): ([node.first] + node.rest.map(\.operand)).forEach { visit($0) }
        case .json(let node): node.templates().forEach { visit($0) }
        }
    }

    private mutating func visit(_ item: HCLExpression.Object.Item) {
        if item.isComputed || item.key.keyword == nil { visit(item.key) }
        visit(item.value)
    }

    private mutating func visit(_ loop: HCLExpression.Loop) {
        visit(loop.collection)
        let count = local.count
        local += [loop.names.key, loop.names.value].compactMap { $0 }
        [loop.key, loop.value, loop.condition].compactMap { $0 }.forEach { visit($0) }
        local.removeLast(local.count - count)
    }
}
