/// An expression of HCL, as it is written.
package enum HCLExpression: Sendable {
    /// A value that is written down, a piece of text, or what stands for an expression that couldn't be read.
    case literal(Literal)
    /// A text of several pieces.
    case template(Template)
    /// An expression in parentheses, or alone in a template: it has the value of what is in it.
    case wrapped(Wrapped)
    /// The `for` of a template: the texts of its elements, one behind the other.
    case joined(Joined)
    /// A variable with steps from it.
    case variable(Variable)
    /// Steps from the value of an expression.
    case steps(Steps)
    /// The call of a function.
    case call(Call)
    /// `condition ? one : other`, and the `if` of a template.
    case conditional(Conditional)
    /// `collection[key]`
    case index(Index)
    /// `[one, other]`
    case tuple(Tuple)
    /// `{key = value}`
    case object(Object)
    /// `[for …]`, `{for …}` and the `for` of a template.
    case loop(Loop)
    /// `source.*.name` and `source[*].name`
    case splat(Splat)
    /// In a splat the element whose turn it is.
    case item(Item)
    /// `-operand` and `!operand`
    case unary(Unary)
    /// Operators of one precedence, applied from the left.
    case binary(Binary)
    /// A value of JSON, whose texts are templates.
    case json(HCLJSONNode)
}

extension HCLExpression {
    /// A value that is written down.
    package final class Literal: Sendable {
        let value: HCLValue
        let range: HCLRange

        init(_ value: HCLValue, _ range: HCLRange) {
            self.value = value
            self.range = range
        }
    }

    /// A text of several pieces.
    package final class Template: Sendable {
        let parts: [HCLExpression]
        let range: HCLRange

        init(_ parts: [HCLExpression], _ range: HCLRange) {
            self.parts = parts
            self.range = range
        }

        /// The text, where it is one without sequences.
        var literal: String? {
            guard parts.count == 1, case .literal(let literal) = parts[0] else { return nil }
            return literal.value.string
        }
    }

    /// An expression that something is put around.
    package final class Wrapped: Sendable {
        let inner: HCLExpression
        let range: HCLRange
        /// Whether these are parentheses, not the marks of a template.
        let isParentheses: Bool

        init(_ inner: HCLExpression, _ range: HCLRange, isParentheses: Bool) {
            self.inner = inner
            self.range = range
            self.isParentheses = isParentheses
        }
    }

    /// The `for` of a template.
    package final class Joined: Sendable {
        let tuple: HCLExpression

        init(_ tuple: HCLExpression) { self.tuple = tuple }
    }

    /// A variable with steps from it.
    package final class Variable: Sendable {
        let traversal: HCLTraversal

        init(_ traversal: HCLTraversal) { self.traversal = traversal }
    }

    /// Steps from a value.
    package final class Steps: Sendable {
        let source: HCLExpression
        let steps: [HCLTraversal.Step]
        let range: HCLRange

        init(_ source: HCLExpression, _ steps: [HCLTraversal.Step], _ range: HCLRange) {
            self.source = source
            self.steps = steps
            self.range = range
        }
    }

    /// The call of a function.
    package final class Call: Sendable {
        /// The function's name.
        package let name: String
        /// The arguments.
        package let arguments: [HCLExpression]
        /// Whether the last argument's elements are the arguments, which `...` says.
        let expandsLast: Bool
        /// Where the name stands.
        package let nameRange: HCLRange
        let open: HCLRange
        let close: HCLRange

        init(
            _ name: String,
            _ arguments: [HCLExpression],
            expandsLast: Bool,
            at nameRange: HCLRange,
            _ open: HCLRange,
            _ close: HCLRange
        ) {
            self.name = name
            self.arguments = arguments
            self.expandsLast = expandsLast
            self.nameRange = nameRange
            self.open = open
            self.close = close
        }

        /// Where the parentheses and what is in them stand.
        package var argumentsRange: HCLRange { open.joined(to: close) }
        var range: HCLRange { nameRange.joined(to: close) }
    }

    /// One of two values.
    package final class Conditional: Sendable {
        let condition: HCLExpression
        let whenTrue: HCLExpression
        let whenFalse: HCLExpression
        let range: HCLRange

        init(_ condition: HCLExpression, _ whenTrue: HCLExpression, _ whenFalse: HCLExpression, _ range: HCLRange) {
            self.condition = condition
            self.whenTrue = whenTrue
            self.whenFalse = whenFalse
            self.range = range
        }
    }

    /// An element by a key that is computed.
    package final class Index: Sendable {
        let collection: HCLExpression
        let key: HCLExpression
        let range: HCLRange
        let brackets: HCLRange

        init(_ collection: HCLExpression, _ key: HCLExpression, _ range: HCLRange, _ brackets: HCLRange) {
            self.collection = collection
            self.key = key
            self.range = range
            self.brackets = brackets
        }
    }

    /// Values in order.
    package final class Tuple: Sendable {
        /// The elements.
        package let elements: [HCLExpression]
        let range: HCLRange

        init(_ elements: [HCLExpression], _ range: HCLRange) {
            self.elements = elements
            self.range = range
        }
    }
}

/// A way to a value: the name of a variable and the steps from there.
package struct HCLTraversal: Sendable {
    /// A step from a value to one in it.
    package enum Step: Sendable {
        /// `.name`
        case attribute(String, HCLRange)
        /// `[key]` with a key that is written down.
        case index(HCLValue, HCLRange)

        /// Where it stands.
        package var range: HCLRange {
            switch self {
            case .attribute(_, let range), .index(_, let range): range
            }
        }
    }

    /// The variable's name.
    package let root: String
    /// Where the name stands.
    package let rootRange: HCLRange
    /// The steps.
    package let steps: [Step]

    /// Where all of it stands.
    package var range: HCLRange { steps.last.map { rootRange.joined(to: $0.range) } ?? rootRange }
}
