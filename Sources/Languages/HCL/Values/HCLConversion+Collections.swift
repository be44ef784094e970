extension HCLConversions {
    /// What may have to be done to an element: nothing, or a conversion.
    private enum Step: Sendable {
        case keep
        case convert(HCLConversion)

        /// Nil where there is no way.
        init?(_ from: HCLType, _ wanted: HCLType, _ isUnsafe: Bool) {
            if from == wanted {
                self = .keep
            } else if let conversion = conversion(from, wanted, isUnsafe: isUnsafe) {
                self = .convert(conversion)
            } else {
                return nil
            }
        }

        func callAsFunction(_ value: HCLValue) throws(HCLConversionError) -> HCLValue {
            switch self {
            case .keep: value
            case .convert(let conversion): try conversion(value)
            }
        }
    }

    /// Lists and sets to lists and sets.
    static func ofSequence(_ have: HCLType, _ want: HCLType, _ isUnsafe: Bool, isSet: Bool) -> HCLConversion? {
        guard let step = Step(have, want, isUnsafe) else { return nil }
        return { value throws(HCLConversionError) in
            var elements: [HCLValue] = []
            for element in value.children { elements.append(try step(element)) }
            let type = want == .any ? have : want.withoutOptional
            return try sequence(elements, of: type, isSet: isSet)
        }
    }

    private static func sequence(
        _ elements: [HCLValue],
        of type: HCLType,
        isSet: Bool
    ) throws(HCLConversionError) -> HCLValue {
        guard elements.dropFirst().allSatisfy({ $0.type == elements.first?.type }) else {
            throw HCLConversionError("element types must all match for conversion to \(isSet ? "set" : "list")")
        }
        return isSet ? .set(elements, of: type) : .list(elements, of: type)
    }

    /// Tuples to lists and sets.
    static func ofTuple(_ have: [HCLType], _ want: HCLType, _ isUnsafe: Bool, isSet: Bool) -> HCLConversion? {
        guard !have.isEmpty else {
            let type = want.withoutOptional
            return { _ throws(HCLConversionError) in isSet ? .set([], of: type) : .list([], of: type) }
        }
        var element = want
        if want == .any {
            guard let unified = HCLUnification.unify(have, isUnsafe: isUnsafe)?.type else { return nil }
            if unified == .any, have.contains(where: { $0 != .any }) { return nil }
            element = unified
        }
        var steps: [Step] = []
        for type in have {
            guard let step = Step(type, element, isUnsafe) else { return nil }
            steps.append(step)
        }
        return { [steps] value throws(HCLConversionError) in
            var elements: [HCLValue] = []
            for (element, step) in zip(value.children, steps) { elements.append(try step(element)) }
            if !isSet { elements = try unified(elements, isUnsafe) }
            return try sequence(elements, of: want.withoutOptional, isSet: isSet)
        }
    }

    /// Objects to maps.
    static func objectToMap(_ have: [String: HCLType], _ want: HCLType, _ isUnsafe: Bool) -> HCLConversion? {
        guard !have.isEmpty else {
            let type = want.withoutOptional
            return { _ throws(HCLConversionError) in .map([:], of: type) }
        }
        var element = want
        if want == .any {
            let types = have.sorted { $0.key < $1.key }.map(\.value)
            guard let unified = HCLUnification.unify(types, isUnsafe: isUnsafe)?.type else { return nil }
            element = unified
        }
        var steps: [String: Step] = [:]
        for (name, type) in have {
            guard let step = Step(type, element, isUnsafe) else { return nil }
            steps[name] = step
        }
        return { [steps, element] value throws(HCLConversionError) in
            guard let members = value.members else { return value }
            let changed = try members.mapValues { name, value throws(HCLConversionError) in
                try steps[name]?(value) ?? value
            }
            return try map(changed, of: element, isUnsafe, what: "attribute")
        }
    }

    /// Maps to maps.
    static func mapToMap(_ have: HCLType, _ want: HCLType, _ isUnsafe: Bool) -> HCLConversion? {
        guard let step = Step(have, want, isUnsafe) else { return nil }
        return { value throws(HCLConversionError) in
            guard let members = value.members else { return value }
            let changed = try members.mapValues { _, value throws(HCLConversionError) in try step(value) }
            let type = want == .any ? have : want.withoutOptional
            return try map(changed, of: type, false, what: "element")
        }
    }

    private static func map(
        _ members: HCLMembers,
        of type: HCLType,
        _ isUnsafe: Bool,
        what: String
    ) throws(HCLConversionError) -> HCLValue {
        var members = members
        if !members.names.isEmpty, type.isCollection || type.isObject {
            let values = try unified(members.values, isUnsafe)
            members = HCLMembers(Dictionary(uniqueKeysWithValues: zip(members.names, values)))
        }
        guard members.values.dropFirst().allSatisfy({ $0.type == members.values.first?.type }) else {
            throw HCLConversionError("\(what) types must all match for conversion to map")
        }
        return .map(members, of: type.withoutOptional)
    }

    /// The values as ones of the type that all can have.
    private static func unified(_ values: [HCLValue], _ isUnsafe: Bool) throws(HCLConversionError) -> [HCLValue] {
        if values.dropFirst().allSatisfy({ $0.type == values.first?.type }) { return values }
        guard let type = HCLUnification.unify(values.map(\.type), isUnsafe: isUnsafe)?.type else {
            throw HCLConversionError("cannot find a common base type for all elements")
        }
        var changed: [HCLValue] = []
        for value in values {
            guard let step = Step(value.type, type, isUnsafe) else {
                throw HCLConversionError("cannot find a common base type for all elements")
            }
            changed.append(try step(value))
        }
        return changed
    }
}

// MARK: - Objects and tuples

extension HCLConversions {
    /// Objects to objects; attributes that aren't asked for are left out.
    static func objectToObject(
        _ have: [String: HCLType],
        _ want: [String: HCLType],
        _ optional: Set<String>,
        _ isUnsafe: Bool
    ) -> HCLConversion? {
        var steps: [String: Step] = [:]
        for (name, type) in want {
            guard let given = have[name] else {
                guard optional.contains(name) else { return nil }
                continue
            }
            guard let step = Step(given, type, isUnsafe) else { return nil }
            steps[name] = step
        }
        return { [steps] value throws(HCLConversionError) in
            var attributes: [String: HCLValue] = [:]
            for (name, type) in want {
                if let step = steps[name], let given = value.members?[name] {
                    attributes[name] = try step(given)
                } else {
                    attributes[name] = .null(type)
                }
            }
            return .object(attributes)
        }
    }

    /// Tuples to tuples of the same length.
    static func tupleToTuple(_ have: [HCLType], _ want: [HCLType], _ isUnsafe: Bool) -> HCLConversion? {
        guard have.count == want.count else { return nil }
        var steps: [Step] = []
        for (given, type) in zip(have, want) {
            guard let step = Step(given, type, isUnsafe) else { return nil }
            steps.append(step)
        }
        return { [steps] value throws(HCLConversionError) in
            var elements: [HCLValue] = []
            for (element, step) in zip(value.children, steps) { elements.append(try step(element)) }
            return .tuple(elements)
        }
    }

    /// Maps to objects; elements that aren't asked for are left out.
    static func mapToObject(_ have: HCLType, _ want: [String: HCLType], _ optional: Set<String>) -> HCLConversion? {
        var steps: [String: Step] = [:]
        for (name, type) in want {
            guard let step = Step(have, type, true) else {
                guard optional.contains(name) else { return nil }
                continue
            }
            steps[name] = step
        }
        return { [steps] value throws(HCLConversionError) in
            var attributes: [String: HCLValue] = [:]
            for (name, type) in want.sorted(by: { $0.key < $1.key }) {
                let step = value.members?[name] == nil ? nil : steps[name]
                attributes[name] = try attribute(name, type, of: value, step, isOptional: optional.contains(name))
            }
            return .object(attributes)
        }
    }

    private static func attribute(
        _ name: String,
        _ type: HCLType,
        of value: HCLValue,
        _ step: Step?,
        isOptional: Bool
    ) throws(HCLConversionError) -> HCLValue {
        if let given = value.members?[name] {
            if let step { return try step(given) }
            let reason = HCLMismatch.message(given.type, type)
            throw HCLConversionError("map element type is incompatible with attribute \(name.goQuoted): \(reason)")
        }
        if isOptional { return .null(type) }
        throw HCLConversionError("map has no element for required attribute \(name.goQuoted)")
    }
}
