/// A type of HCL's values, or what a value's type has to be like.
package indirect enum HCLType: Sendable, Hashable {
    /// Texts.
    case string
    /// Numbers.
    case number
    /// True and false.
    case bool
    /// Any type: of `null` when nothing else is known, and in descriptions of types.
    case any
    /// Bytes, which no expression makes: two functions take them, so that their calls fail with the right words.
    case bytes
    /// Values of one type, in order.
    case list(HCLType)
    /// Values of one type, each once.
    case set(HCLType)
    /// Values of one type, by name.
    case map(HCLType)
    /// Values of the types named, in order.
    case tuple([HCLType])
    /// Values by name, each with its type.
    case object([String: HCLType], optional: Set<String> = [])

    /// The object without attributes.
    static let emptyObject = HCLType.object([:])

    /// Whether it is a text, a number or a truth value.
    package var isPrimitive: Bool {
        switch self {
        case .string, .number, .bool: true
        default: false
        }
    }

    /// Whether it is a list, a set or a map.
    var isCollection: Bool {
        switch self {
        case .list, .set, .map: true
        default: false
        }
    }

    /// Whether it is a list, a set or a tuple.
    var isSequence: Bool {
        switch self {
        case .list, .set, .tuple: true
        default: false
        }
    }

    var isList: Bool { if case .list = self { true } else { false } }
    var isSet: Bool { if case .set = self { true } else { false } }
    var isMap: Bool { if case .map = self { true } else { false } }
    var isTuple: Bool { if case .tuple = self { true } else { false } }
    var isObject: Bool { if case .object = self { true } else { false } }

    /// The type of the elements of a list, a set or a map.
    package var element: HCLType? {
        switch self {
        case .list(let element), .set(let element), .map(let element): element
        default: nil
        }
    }

    /// The types of a tuple's elements.
    var tupleElements: [HCLType]? { if case .tuple(let elements) = self { elements } else { nil } }

    /// The types of an object's attributes.
    var attributes: [String: HCLType]? { if case .object(let attributes, _) = self { attributes } else { nil } }

    /// Whether `any` is somewhere in it.
    var hasAny: Bool {
        switch self {
        case .any: true
        case .string, .number, .bool, .bytes: false
        case .list(let element), .set(let element), .map(let element): element.hasAny
        case .tuple(let elements): elements.contains(where: \.hasAny)
        case .object(let attributes, _): attributes.values.contains(where: \.hasAny)
        }
    }

    /// The same without a word on which attributes may be missing.
    var withoutOptional: HCLType {
        switch self {
        case .any, .string, .number, .bool, .bytes: self
        case .list(let element): .list(element.withoutOptional)
        case .set(let element): .set(element.withoutOptional)
        case .map(let element): .map(element.withoutOptional)
        case .tuple(let elements): .tuple(elements.map(\.withoutOptional))
        case .object(let attributes, _): .object(attributes.mapValues(\.withoutOptional))
        }
    }
}

extension HCLType: CustomStringConvertible {
    /// The name that messages give a value's type.
    package var description: String { name(isConstraint: false) }

    /// The name that messages give what is asked for.
    package var constraintName: String { name(isConstraint: true) }

    private func name(isConstraint: Bool) -> String {
        switch self {
        case .string: "string"
        case .number: "number"
        case .bool: "bool"
        case .bytes: "bytes"
        case .any: isConstraint ? "any type" : "dynamic"
        case .list(let element): "list of " + element.nameAsElement(isConstraint: isConstraint)
        case .set(let element): "set of " + element.nameAsElement(isConstraint: isConstraint)
        case .map(let element): "map of " + element.nameAsElement(isConstraint: isConstraint)
        case .tuple: "tuple"
        case .object: "object"
        }
    }

    private func nameAsElement(isConstraint: Bool) -> String {
        isConstraint && self == .any ? "any single type" : name(isConstraint: isConstraint)
    }
}
