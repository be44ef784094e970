extension HCLFunction {
    private static let booleans = [Parameter("a", .bool), Parameter("b", .bool)]
    private static let numberPair = [Parameter("a", .number), Parameter("b", .number)]
    private static let anyPair = [Parameter("a", .any, allowsNull: true), Parameter("b", .any, allowsNull: true)]

    private static func comparison(
        _ description: String,
        _ compare: @escaping @Sendable (HCLNumber, HCLNumber) -> Bool
    ) -> HCLFunction {
        native(description, numberPair) { call throws(HCLCallError) in .bool(compare(call.number(0), call.number(1))) }
    }

    /// Functions that compare and decide.
    static let comparisons: Group = [
        "and": native(
            "Applies the logical AND operation to the given boolean values.",
            booleans
        ) { call throws(HCLCallError) in .bool(call.arguments.allSatisfy { $0.bool == true }) },
        "or": native(
            "Applies the logical OR operation to the given boolean values.",
            booleans
        ) { call throws(HCLCallError) in .bool(call.arguments.contains { $0.bool == true }) },
        "not": native(
            "Applies the logical NOT operation to the given boolean value.",
            [Parameter("val", .bool)]
        ) { call throws(HCLCallError) in .bool(call.arguments[0].bool == false) },
        "equal": native(
            "Returns true if the two given values are equal, or false otherwise.",
            anyPair
        ) { call throws(HCLCallError) in .bool(call.arguments[0].isEqual(to: call.arguments[1]) == true) },
        "notequal": native(
            "Returns false if the two given values are equal, or true otherwise.",
            anyPair
        ) { call throws(HCLCallError) in .bool(call.arguments[0].isEqual(to: call.arguments[1]) == false) },
        "greaterthan": comparison("Returns true if and only if the second number is greater than the first.") { $0 > $1 },
        "greaterthanorequalto": comparison(
            "Returns true if and only if the second number is greater than or equal to the first."
        ) { $0 >= $1 },
        "lessthan": comparison("Returns true if and only if the second number is less than the first.") { $0 < $1 },
        "lessthanorequalto": comparison(
            "Returns true if and only if the second number is less than or equal to the first."
        ) { $0 <= $1 },
        "coalesce": native(
            "Returns the first of the given arguments that isn't null, or raises an error if there are no non-null "
                + "arguments.",
            [],
            variadic: Parameter("vals", .any, allowsNull: true)
        ) { call throws(HCLCallError) in try coalesced(call) },
    ]

    private static func coalesced(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        guard let type = HCLUnification.unify(call.arguments.map(\.type), isUnsafe: true)?.type else {
            throw HCLCallError("all arguments must have the same type")
        }
        guard let value = call.arguments.first(where: { !$0.isNull }) else {
            throw HCLCallError("no non-null arguments")
        }
        return try value.asArgument(type)
    }
}

extension HCLValue {
    /// The value with a type, in a call.
    func asArgument(_ type: HCLType, _ index: Int? = nil) throws(HCLCallError) -> HCLValue {
        do throws(HCLConversionError) {
            return try converted(to: type)
        } catch {
            throw HCLCallError(error, argument: index)
        }
    }
}
