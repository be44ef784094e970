/// A function that expressions can call.
package struct HCLFunction: Sendable {
    /// What is given to a function.
    package struct Parameter: Sendable {
        /// The name, which messages tell.
        package let name: String
        /// The type that arguments are brought to.
        package let type: HCLType
        /// Whether `null` may be given.
        package let allowsNull: Bool
        /// What is given, in a sentence; empty where the name says it.
        package let description: String

        /// Describes a parameter.
        package init(_ name: String, _ type: HCLType, allowsNull: Bool = false, _ description: String = "") {
            self.name = name
            self.type = type
            self.allowsNull = allowsNull
            self.description = description
        }
    }

    /// What a function does.
    enum Body: Sendable {
        /// Makes a value of values.
        case native(@Sendable (HCLCall) throws(HCLCallError) -> HCLValue)
        /// Is an expression of its parameters; with the variables that it sees besides, else the outermost ones.
        case expression(HCLExpression, levels: [[String: HCLValue]]?)
        /// The first argument that has a value.
        case attempt
        /// Whether the argument has a value.
        case check
        /// The value of one argument with the type that the other describes.
        case conversion
    }

    /// What it is for, in a sentence.
    package let description: String
    /// What has to be given.
    package let parameters: [Parameter]
    /// What may be given any number of times after that.
    package let variadic: Parameter?
    let body: Body

    init(_ description: String, _ parameters: [Parameter], variadic: Parameter? = nil, body: Body) {
        self.description = description
        self.parameters = parameters
        self.variadic = variadic
        self.body = body
    }

    /// A function that is an expression of its parameters.
    ///
    /// - Parameters:
    ///   - parameters: The names of the parameters.
    ///   - variadic: The name that all arguments after these have, as a tuple.
    ///   - result: The expression.
    ///   - context: The variables that it sees besides; where there is none, those on the outermost level of the caller.
    package init(
        parameters: [String],
        variadic: String? = nil,
        result: HCLExpression,
        in context: HCLContext? = nil
    ) {
        description = ""
        self.parameters = parameters.map { Parameter($0, .any) }
        self.variadic = variadic.map { Parameter($0, .any) }
        body = .expression(result, levels: context?.levels)
    }

    /// The parameter that an argument is for.
    func parameter(_ index: Int) -> Parameter {
        parameters.indices.contains(index) ? parameters[index] : variadic ?? Parameter("", .any)
    }
}

/// The call of a function.
struct HCLCall: Sendable {
    /// The arguments, of the types that the parameters ask for.
    let arguments: [HCLValue]
    let environment: HCLEnvironment
    let limits: HCLLimits

    /// The text of an argument.
    func text(_ index: Int) -> String { arguments[index].string ?? "" }

    /// The number of an argument.
    func number(_ index: Int) -> HCLNumber { arguments[index].number ?? HCLNumber(0) }

    /// The whole number of an argument.
    func integer(_ index: Int, isArgument: Bool = false, _ prefix: String = "") throws(HCLCallError) -> Int {
        if let integer = number(index).integer { return integer }
        let range = "between \(Int.min) and \(Int.max)"
        throw HCLCallError("\(prefix)value must be a whole number, \(range)", argument: isArgument ? index : nil)
    }

    /// The machine number of an argument.
    func double(_ index: Int) throws(HCLCallError) -> Double {
        let (number, double) = (number(index), number(index).double)
        guard double.isFinite || number.isInfinite else {
            throw HCLCallError("value is beyond what a machine number can be")
        }
        return double
    }

    /// Refuses to make a text of too many bytes.
    func bound(_ count: Int) throws(HCLCallError) {
        if count > limits.weight { throw HCLCallError(excess: "\(count == .max ? "too many" : "\(count)") bytes") }
    }

    /// Refuses to make too many values.
    func bound(values count: Int) throws(HCLCallError) {
        if count > limits.weight / HCLValue.leastWeight {
            throw HCLCallError(excess: "\(count == .max ? "too many" : "\(count)") values")
        }
    }
}

/// Why a call failed.
struct HCLCallError: Error, Sendable {
    /// What is wrong, as the end of a sentence.
    var message: String
    /// The argument that it is about.
    var argument: Int?
    /// What would be made that is too large.
    var excess: String?

    init(_ message: String, argument: Int? = nil) {
        self.message = message
        self.argument = argument
    }

    init(excess: String) {
        message = excess
        self.excess = excess
    }

    init(_ error: HCLConversionError, argument: Int? = nil) { self.init(error.message, argument: argument) }
}
