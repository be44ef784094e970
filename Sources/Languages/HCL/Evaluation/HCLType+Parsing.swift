extension HCLType {
    /// Reads a type that is written down as an expression, such as `list(string)`.
    ///
    /// `string`, `number`, `bool`, `any`, `list(…)`, `set(…)`, `map(…)`, `tuple([…])` and `object({name = …})`, in which
    /// `optional(…)` says that an attribute may be missing. A type with an error in it is `any`.
    package static func parse(_ expression: HCLExpression) -> (type: HCLType, diagnostics: [HCLDiagnostic]) {
        var reader = HCLTypeReader()
        let type = reader.read(expression)
        return (type, reader.diagnostics)
    }
}

/// Reads a type from an expression.
private struct HCLTypeReader {
    var diagnostics: [HCLDiagnostic] = []

    private mutating func fail(_ detail: String, at subject: HCLRange, in context: HCLRange? = nil) -> HCLType {
        diagnostics.append(HCLDiagnostic("Invalid type specification", detail, at: subject, in: context))
        return .any
    }

    private static let elementHint = "type constructor requires one argument specifying the element type."
    private static let objectHint =
        "The object type constructor requires one argument specifying the attribute types and values as a map."
    private static let tupleHint =
        "The tuple type constructor requires one argument specifying the element types as a list."

    mutating func read(_ expression: HCLExpression) -> HCLType {
        switch expression.keyword {
        case "bool": return .bool
        case "string": return .string
        case "number": return .number
        case "any": return .any
        case "list", "map", "set":
            return fail("The \(expression.keyword ?? "") \(Self.elementHint)", at: expression.range)
        case "object": return fail(Self.objectHint, at: expression.range)
        case "tuple": return fail(Self.tupleHint, at: expression.range)
        case let word?:
            return fail("The keyword \(word.goQuoted) is not a valid type specification.", at: expression.range)
        case nil: break
        }
        guard let call = expression.call else {
            let detail =
                "A type specification is either a primitive type keyword (bool, number, string) or a complex type "
                + "constructor call, like list(string)."
            return fail(detail, at: expression.range)
        }
        return constructor(call, expression)
    }

    private mutating func constructor(_ call: HCLExpression.Call, _ expression: HCLExpression) -> HCLType {
        let name = call.name
        switch name {
        case "bool", "string", "number":
            return fail("Primitive type keyword \(name.goQuoted) does not expect arguments.", at: call.argumentsRange)
        case "any":
            return fail("Type constraint keyword \(name.goQuoted) does not expect arguments.", at: call.argumentsRange)
        case "list", "set", "map", "object", "tuple": break
        case "optional":
            let detail = "Keyword \(name.goQuoted) is valid only as a modifier for object type attributes."
            return fail(detail, at: call.nameRange)
        default: return fail("Keyword \(name.goQuoted) is not a valid type constructor.", at: expression.range)
        }
        guard call.arguments.count == 1 else {
            let extra = call.arguments.dropFirst()
            let place = extra.first.map { $0.range.joined(to: (extra.last ?? $0).range) } ?? call.argumentsRange
            let detail =
                name == "object"
                ? Self.objectHint : name == "tuple" ? Self.tupleHint : "The \(name) \(Self.elementHint)"
            return fail(detail, at: place, in: call.argumentsRange)
        }
        let argument = call.arguments[0]
        switch name {
        case "list": return .list(read(argument))
        case "set": return .set(read(argument))
        case "map": return .map(read(argument))
        case "tuple": return tuple(argument, expression)
        default: return object(argument, expression)
        }
    }

    private mutating func tuple(_ argument: HCLExpression, _ expression: HCLExpression) -> HCLType {
        guard let elements = argument.list else {
            let detail = "Tuple type constructor requires a list of element types."
            return fail(detail, at: argument.range, in: expression.range)
        }
        var types: [HCLType] = []
        for element in elements { types.append(read(element)) }
        return .tuple(types)
    }

    private mutating func object(_ argument: HCLExpression, _ expression: HCLExpression) -> HCLType {
        guard let pairs = argument.pairs else {
            let detail =
                "Object type constructor requires a map whose keys are attribute names and whose values are the "
                + "corresponding attribute types."
            return fail(detail, at: argument.range, in: expression.range)
        }
        var attributes: [String: HCLType] = [:]
        var optional: Set<String> = []
        for (key, value) in pairs {
            guard let name = key.keyword else {
                let detail = "Object constructor map keys must be attribute names."
                _ = fail(detail, at: key.range, in: expression.range)
                continue
            }
            guard attributes[name] == nil else {
                _ = fail("Object constructor map keys must be unique.", at: key.range, in: expression.range)
                continue
            }
            attributes[name] = attribute(value) { optional.insert(name) }
        }
        return .object(attributes, optional: optional)
    }

    private mutating func attribute(_ value: HCLExpression, _ markOptional: () -> Void) -> HCLType {
        guard let call = value.call, call.name == "optional" else { return read(value) }
        guard let type = call.arguments.first else {
            let detail = "Optional attribute modifier requires the attribute type as its argument."
            return fail(detail, at: call.argumentsRange, in: value.range)
        }
        guard call.arguments.count == 1 else {
            let detail = "Optional attribute modifier expects only one argument: the attribute type."
            return fail(detail, at: call.argumentsRange, in: value.range)
        }
        markOptional()
        return read(type)
    }
}
