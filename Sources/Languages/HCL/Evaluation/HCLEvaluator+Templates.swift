// MARK: - Texts

extension HCLEvaluator {
    /// The text of several pieces.
    func template(_ node: HCLExpression.Template) -> HCLValue {
        if let literal = node.literal { return .string(literal) }
        var text = ""
        var isKnown = true
        for part in node.parts {
            let value = evaluate(part)
            charge([value])
            if value.isNull {
                let detail = "The expression result is null. Cannot include a null value in a string template."
                fail("Invalid template interpolation value", detail, at: part.range, in: node.range)
            } else if value.isUnknown {
                isKnown = false
            } else if let piece = piece(value, part.range, node.range) {
                text += piece
            }
            if text.utf8.count > context.limits.weight { return checked(.string(text), at: node.range) }
        }
        return isKnown ? .string(text) : .unknown(.string)
    }

    private func piece(_ value: HCLValue, _ range: HCLRange, _ context: HCLRange) -> String? {
        do throws(HCLConversionError) {
            return try value.converted(to: .string).string
        } catch {
            let detail = "Cannot include the given value in a string template: \(error.message)."
            fail("Invalid template interpolation value", detail, at: range, in: context)
            return nil
        }
    }

    /// The texts of a template's `for`, one behind the other.
    func joined(_ node: HCLExpression.Joined) -> HCLValue {
        let range = node.tuple.range
        guard let elements = evaluate(node.tuple).elements else { return .unknown(.string) }
        var text = ""
        for element in elements {
            if element.isUnknown { return .unknown(.string) }
            do throws(HCLConversionError) {
                text += try element.converted(to: .string).string ?? ""
            } catch {
                let detail =
                    "Cannot include one of the interpolation results into the string template: \(error.message)."
                fail("Invalid template interpolation value", detail, at: range)
            }
            if text.utf8.count > context.limits.weight { break }
        }
        return checked(.string(text), at: range)
    }

    // MARK: - JSON

    /// The value of JSON, whose texts and names are templates.
    func json(_ node: HCLJSONNode) -> HCLValue {
        switch node.kind {
        case .null: return .null()
        case .bool(let value): return .bool(value)
        case .number(let number): return .number(number)
        case .invalid: return .unknown()
        case .string(let text): return jsonText(node, text)
        case .array(let values): return checked(.tuple(values.map { evaluate(.json($0)) }), at: node.range)
        case .object(let members): return jsonObject(node, members)
        }
    }

    private func jsonText(_ node: HCLJSONNode, _ text: String) -> HCLValue {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "%") }) else {
            return .string(text)
        }
        let (expression, diagnostics) = node.template(text)
        guard diagnostics.isEmpty else {
            add(Captured(diagnostics: diagnostics, errors: diagnostics.count))
            return .unknown()
        }
        return evaluate(expression)
    }

    private func jsonObject(_ node: HCLJSONNode, _ members: [HCLJSONNode.Member]) -> HCLValue {
        var attributes: [String: HCLValue] = [:]
        var places: [String: HCLRange] = [:]
        var isKnown = true
        for member in members {
            let name = evaluate(.json(member.nameNode))
            let value = evaluate(.json(member.value))
            guard let name = jsonName(name, member.nameRange, &isKnown) else { continue }
            if let place = places[name] {
                let detail = "An attribute named \(name.goQuoted) was already defined at \(place)."
                fail("Duplicate object attribute", detail, at: member.nameRange)
                continue
            }
            attributes[name] = value
            places[name] = member.nameRange
        }
        return isKnown ? checked(.object(attributes), at: node.range) : .unknown()
    }

    private func jsonName(_ value: HCLValue, _ range: HCLRange, _ isKnown: inout Bool) -> String? {
        let summary = "Invalid object key expression"
        do throws(HCLConversionError) {
            let name = try value.converted(to: .string)
            if name.isNull {
                fail(summary, "Cannot use null value as an object key.", at: range)
            } else if name.isUnknown {
                isKnown = false
            }
            return name.string
        } catch {
            fail(summary, "Cannot use this expression as an object key: \(error.message).", at: range)
            return nil
        }
    }
}
