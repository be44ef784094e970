import BigInt

extension HCLFunction {
    private static let num = Parameter("num", .number)
    private static let pair = [Parameter("a", .number), Parameter("b", .number)]

    private static func arithmetic(_ description: String, _ kind: HCLOperator) -> HCLFunction {
        native(description, pair) { call throws(HCLCallError) in
            try HCLArithmetic.compute(kind, call.number(0), call.number(1)).get()
        }
    }

    /// Functions that compute.
    static let numbers: Group = [
        "absolute": native(
            "If the given number is negative then returns its positive equivalent, or otherwise returns the given number "
                + "unchanged.",
            [num]
        ) { call throws(HCLCallError) in .number(call.number(0).magnitude) },
        "add": arithmetic("Returns the sum of the two given numbers.", .add),
        "subtract": arithmetic("Returns the difference between the two given numbers.", .subtract),
        "multiply": arithmetic("Returns the product of the two given numbers.", .multiply),
        "divide": arithmetic("Divides the first given number by the second.", .divide),
        "modulo": arithmetic("Divides the first given number by the second and then returns the remainder.", .modulo),
        "negate": native("Multiplies the given number by -1.", [num]) { call throws(HCLCallError) in
            .number(call.number(0).negated)
        },
        "ceil": native(
            "Returns the smallest whole number that is greater than or equal to the given value.",
            [num]
        ) { call throws(HCLCallError) in try whole(call.number(0).roundedToWhole(up: true)) },
        "floor": native(
            "Returns the greatest whole number that is less than or equal to the given value.",
            [num]
        ) { call throws(HCLCallError) in try whole(call.number(0).roundedToWhole(up: false)) },
        "int": native("Discards any fractional portion of the given number.", [num]) { call throws(HCLCallError) in
            try whole(call.number(0).withoutFraction)
        },
        "log": native(
            "Returns the logarithm of the given number in the given base.",
            [num, Parameter("base", .number)]
        ) { call throws(HCLCallError) in try logarithm(try call.double(0), try call.double(1)) },
        "pow": native(
            "Returns the given number raised to the given power (exponentiation).",
            [num, Parameter("power", .number)]
        ) { call throws(HCLCallError) in try machine(GoPower.power(try call.double(0), try call.double(1))) },
        "signum": native(
            "Returns 0 if the given number is zero, 1 if the given number is positive, or -1 if the given number is "
                + "negative.",
            [num]
        ) { call throws(HCLCallError) in .number(try call.integer(0).signum()) },
        "min": extreme("Returns the numerically smallest of all of the given numbers.") { $0 < $1 },
        "max": extreme("Returns the numerically greatest of all of the given numbers.") { $0 > $1 },
        "parseint": native(
            "Parses the given string as a number of the given base, or raises an error if the string contains invalid "
                + "characters.",
            [Parameter("number", .any), Parameter("base", .number)]
        ) { call throws(HCLCallError) in try parsedInteger(call) },
    ]

    private static func whole(_ number: HCLNumber?) throws(HCLCallError) -> HCLValue {
        guard let number else { throw HCLCallError("the number is infinite or has too many digits") }
        return .number(number)
    }

    private static func machine(_ number: Double) throws(HCLCallError) -> HCLValue {
        guard let number = HCLNumber(number) else { throw HCLCallError("the result is not a number") }
        return .number(number)
    }

    private static func logarithm(_ number: Double, _ base: Double) throws(HCLCallError) -> HCLValue {
        try machine(GoLogarithm.logarithm(number) / GoLogarithm.logarithm(base))
    }

    private static func extreme(
        _ description: String,
        _ isBetter: @escaping @Sendable (HCLNumber, HCLNumber) -> Bool
    ) -> HCLFunction {
        native(description, [], variadic: Parameter("numbers", .number)) { call throws(HCLCallError) in
            guard var best = call.arguments.first?.number else { throw HCLCallError("must pass at least one number") }
            for number in call.arguments.compactMap(\.number) where isBetter(number, best) { best = number }
            return .number(best)
        }
    }

    private static func parsedInteger(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        guard call.arguments[0].type == .string else {
            throw HCLCallError("first argument must be a string, not \(call.arguments[0].type)", argument: 0)
        }
        let (text, base) = (call.text(0), try call.integer(1, isArgument: true))
        guard (2...62).contains(base) else {
            throw HCLCallError("base must be a whole number between 2 and 62 inclusive", argument: 1)
        }
        var digits = Array(text.utf8)[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        let failure = HCLCallError("cannot parse \(text.goQuoted) as a base \(base) integer", argument: 0)
        guard !digits.isEmpty, digits.count <= HCLNumber.mostDigits else { throw failure }
        var magnitude = BigUInt(0)
        for byte in digits {
            guard let digit = digit(byte, base: base) else { throw failure }
            magnitude.multiplyAndAdd(base, digit)
        }
        return .number(HCLNumber(BigInt(sign: isNegative ? .minus : .plus, magnitude: magnitude)))
    }

    private static func digit(_ byte: UInt8, base: Int) -> Int? {
        let digit: Int
        switch byte {
        case 0x30...0x39: digit = Int(byte) - 0x30
        case 0x61...0x7A: digit = Int(byte) - 0x61 + 10
        case 0x41...0x5A: digit = Int(byte) - 0x41 + (base <= 36 ? 10 : 36)
        default: return nil
        }
        return digit < base ? digit : nil
    }
}

extension BigUInt {
    fileprivate mutating func multiplyAndAdd(_ factor: Int, _ summand: Int) {
        self = self * BigUInt(factor) + BigUInt(summand)
    }
}

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
        "greaterthan": comparison("Returns true if and only if the second number is greater than the first.") {
            $0 > $1
        },
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
