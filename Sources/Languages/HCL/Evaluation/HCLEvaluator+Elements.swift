// MARK: - Elements and attributes

extension HCLEvaluator {
    /// The attribute or element of a name.
    func attribute(_ name: String, of value: HCLValue, at range: HCLRange) -> HCLValue {
        if value.isNull {
            let detail = "This value is null, so it does not have any attributes."
            fail("Attempt to get attribute from null value", detail, at: range)
            return .unknown()
        }
        switch value.type {
        case .any: return .unknown()
        case .object(let attributes, _):
            guard let type = attributes[name] else {
                let detail = "This object does not have an attribute named \(name.goQuoted)."
                return unsupported(detail, range)
            }
            return value.members?[name] ?? .unknown(type)
        case .map(let type):
            if value.isUnknown { return .unknown(type) }
            if let found = value.members?[name] { return found }
            let detail = "This map does not have an element with the key \(name.goQuoted)."
            fail("Missing map element", detail, at: range)
            return .unknown()
        default: return unsupported(Self.reason(name, value.type), range)
        }
    }

    private func unsupported(_ detail: String, _ range: HCLRange) -> HCLValue {
        fail("Unsupported attribute", detail, at: range)
        return .unknown()
    }

    private static func reason(_ name: String, _ type: HCLType) -> String {
        switch type {
        case .list(.object(let attributes, _)):
            let meant = attributes[name] == nil ? "an attribute" : "attribute \(name.goQuoted)"
            return
                "Can't access attributes on a list of objects. Did you mean to access \(meant) for a specific element "
                + "of the list, or across all elements of the list?"
        case .set(.object):
            return "Can't access attributes on a set of objects. Did you mean to access an attribute across all "
                + "elements of the set?"
        case _ where type.isPrimitive: return "Can't access attributes on a primitive-typed value (\(type))."
        default: return "This value does not have any attributes."
        }
    }

    /// The element of a key.
    func element(_ key: HCLValue, of value: HCLValue, at range: HCLRange) -> HCLValue {
        if value.isNull {
            let detail = "This value is null, so it does not have any indices."
            fail("Attempt to index null value", detail, at: range)
            return .unknown()
        }
        if key.isNull { return badIndex("Can't use a null value as an indexing key.", range) }
        if key.type == .any || value.type == .any { return .unknown() }
        switch value.type {
        case .list, .tuple: return element(number: key, of: value, range)
        case .map, .object: return element(name: key, of: value, range)
        case .set:
            return badIndex(
                "Elements of a set are identified only by their value and don't have any separate index or key to "
                    + "select with, so it's only possible to perform operations across all elements of the set.",
                range
            )
        default: return badIndex("This value does not have any indices.", range)
        }
    }

    private func badIndex(_ detail: String, _ range: HCLRange) -> HCLValue {
        fail("Invalid index", detail, at: range)
        return .unknown()
    }

    private static let noElement = "The given key does not identify an element in this collection value"

    private func converted(_ key: HCLValue, to type: HCLType, _ range: HCLRange) -> HCLValue? {
        do throws(HCLConversionError) {
            return try key.converted(to: type)
        } catch {
            _ = badIndex("\(Self.noElement): \(error.message).", range)
            return nil
        }
    }

    private func element(number key: HCLValue, of value: HCLValue, _ range: HCLRange) -> HCLValue {
        guard let key = converted(key, to: .number, range) else { return .unknown() }
        guard let number = key.number, let elements = value.elements else {
            return .unknown(value.type.element ?? .any)
        }
        if let index = number.integer, elements.indices.contains(index) { return elements[index] }
        let reason =
            if !number.isWhole {
                "indexing a sequence requires a whole number, but the given index has a fractional part"
            } else if number.sign < 0 {
                "a negative number is not a valid index for a sequence"
            } else if elements.isEmpty {
                "the collection has no elements"
            } else {
                "the given index is greater than or equal to the length of the collection"
            }
        return badIndex("\(Self.noElement): \(reason).", range)
    }

    private func element(name key: HCLValue, of value: HCLValue, _ range: HCLRange) -> HCLValue {
        let isNumber = key.type == .number
        guard let key = converted(key, to: .string, range) else { return .unknown() }
        guard let name = key.string else { return .unknown(value.type.element ?? .any) }
        if let found = value.members?[name] { return found }
        if value.isUnknown { return .unknown(value.type.attributes?[name] ?? value.type.element ?? .any) }
        let isObject = value.type.isObject
        let hint =
            isNumber && isObject
            ? " An object only supports looking up attributes by name, not by numeric index." : ""
        return badIndex("\(Self.noElement).\(hint)", range)
    }
}
