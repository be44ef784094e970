extension HCLExpression {
    /// Values by name.
    package final class Object: Sendable {
        /// A name and its value.
        package struct Item: Sendable {
            /// The name; an identifier alone means itself, not a variable.
            package let key: HCLExpression
            /// Whether the key stands in parentheses, which makes an identifier a variable.
            let isComputed: Bool
            /// The value.
            package let value: HCLExpression
        }

        /// The names and values in the order in which they are written.
        package let items: [Item]
        let range: HCLRange

        init(_ items: [Item], _ range: HCLRange) {
            self.items = items
            self.range = range
        }
    }

    /// Goes through the elements of a value.
    package final class Loop: Sendable {
        /// The names that the element and its key have.
        struct Names: Sendable {
            let key: String?
            let value: String
        }

        let names: Names
        let collection: HCLExpression
        /// The key of what is made: nil where that is a tuple.
        let key: HCLExpression?
        let value: HCLExpression
        let condition: HCLExpression?
        /// Whether values of the same key are put together, which `...` says.
        let groups: Bool
        let range: HCLRange

        init(
            _ names: Names,
            in collection: HCLExpression,
            key: HCLExpression?,
            value: HCLExpression,
            if condition: HCLExpression?,
            groups: Bool,
            _ range: HCLRange
        ) {
            self.names = names
            self.collection = collection
            self.key = key
            self.value = value
            self.condition = condition
            self.groups = groups
            self.range = range
        }
    }

    /// The same for each element of a value.
    package final class Splat: Sendable {
        let source: HCLExpression
        /// What is made of the element that `number` names.
        let each: HCLExpression
        let number: Int
        let range: HCLRange
        let marker: HCLRange

        init(_ source: HCLExpression, each: HCLExpression, number: Int, _ range: HCLRange, _ marker: HCLRange) {
            self.source = source
            self.each = each
            self.number = number
            self.range = range
            self.marker = marker
        }
    }

    /// The element of the splat of this number.
    package final class Item: Sendable {
        let number: Int
        let range: HCLRange

        init(_ number: Int, _ range: HCLRange) {
            self.number = number
            self.range = range
        }
    }

    /// An operator before its operand.
    package final class Unary: Sendable {
        let `operator`: HCLOperator
        let operand: HCLExpression
        let range: HCLRange

        init(_ operator: HCLOperator, _ operand: HCLExpression, _ range: HCLRange) {
            self.operator = `operator`
            self.operand = operand
            self.range = range
        }
    }

    /// Operators between operands.
    package final class Binary: Sendable {
        let first: HCLExpression
        let rest: [(operator: HCLOperator, operand: HCLExpression)]

        init(_ first: HCLExpression, _ rest: [(operator: HCLOperator, operand: HCLExpression)]) {
            self.first = first
            self.rest = rest
        }

        var range: HCLRange { first.range.joined(to: rest.last?.operand.range ?? first.range) }
    }
}

extension HCLExpression {
    /// Where it stands.
    package var range: HCLRange {
        switch self {
        case .literal(let node): node.range
        case .template(let node): node.range
        case .wrapped(let node): node.range
        case .joined(let node): node.tuple.range
        case .variable(let node): node.traversal.range
        case .steps(let node): node.range
        case .call(let node): node.range
        case .conditional(let node): node.range
        case .index(let node): node.range
        case .tuple(let node): node.range
        case .object(let node): node.range
        case .loop(let node): node.range
        case .splat(let node): node.range
        case .item(let node): node.range
        case .unary(let node): node.range
        case .binary(let node): node.range
        case .json(let node): node.range
        }
    }

    /// The part of it that messages about an argument point at.
    var startRange: HCLRange {
        var expression = self
        while true {
            switch expression {
            case .template(let node):
                guard let first = node.parts.first else { return node.range }
                expression = first
            case .conditional(let node): expression = node.condition
            case .binary(let node): expression = node.first
            case .joined(let node): expression = node.tuple
            case .call(let node): return node.nameRange.joined(to: node.open)
            case .index(let node): return HCLRange(node.brackets.source, node.brackets.from, node.brackets.from + 1)
            case .tuple(let node): return node.range.prefix(1)
            case .object(let node): return node.range.prefix(1)
            case .loop(let node): return node.range.prefix(1)
            case .splat(let node): return node.marker
            case .unary(let node): return node.range.prefix(1)
            case .wrapped(let node) where node.isParentheses: expression = node.inner
            default: return expression.range
            }
        }
    }
}

extension HCLRange {
    fileprivate func prefix(_ count: Int) -> HCLRange { HCLRange(source, from, min(to, from + count)) }
}
