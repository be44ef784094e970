/// An operator.
enum HCLOperator: Sendable {
    case or, and, equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case add, subtract, multiply, divide, modulo
    case negate, not

    /// The operators between operands, those that bind least first.
    static let levels: [[HCLToken.Kind: HCLOperator]] = [
        [.or: .or],
        [.and: .and],
        [.equalTo: .equal, .notEqual: .notEqual],
        [.greater: .greater, .greaterOrEqual: .greaterOrEqual, .less: .less, .lessOrEqual: .lessOrEqual],
        [.plus: .add, .minus: .subtract],
        [.star: .multiply, .slash: .divide, .percent: .modulo],
    ]

    /// The operator of a sign and how much it binds.
    static func binary(_ kind: HCLToken.Kind) -> (operator: HCLOperator, level: Int)? {
        for (level, operators) in levels.enumerated() {
            if let found = operators[kind] { return (found, level) }
        }
        return nil
    }

    /// The type that its operands have to have.
    var operandType: HCLType {
        switch self {
        case .or, .and, .not: .bool
        case .equal, .notEqual: .any
        default: .number
        }
    }

    /// The type of what it makes.
    var resultType: HCLType {
        switch self {
        case .add, .subtract, .multiply, .divide, .modulo, .negate: .number
        default: .bool
        }
    }
}
