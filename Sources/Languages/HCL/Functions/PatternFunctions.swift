import CaissonGoRegex

extension HCLFunction {
    private static let search = [Parameter("pattern", .string), Parameter("string", .string)]

    /// Functions with regular expressions.
    static let patterns: Group = [
        "regex": native(
            "Applies the given regular expression pattern to the given string and returns information about a single "
                + "match, or raises an error if there is no match.",
            search
        ) { call throws(HCLCallError) in
            let pattern = try Pattern(call.text(0))
            let text = Array(call.text(1).utf8)
            guard let match = pattern.regex.firstMatch(in: text) else {
                throw HCLCallError("pattern did not match any part of the given string")
            }
            return pattern.value(of: match, in: text)
        },
        "regexall": native(
            "Applies the given regular expression pattern to the given string and returns a list of information about all "
                + "non-overlapping matches, or an empty list if there are no matches.",
            search
        ) { call throws(HCLCallError) in
            let pattern = try Pattern(call.text(0))
            let text = Array(call.text(1).utf8)
            let (groups, isOver) = (text.count + 1).multipliedReportingOverflow(by: pattern.regex.groupNames.count)
            try call.bound(values: isOver ? .max : groups)
            return .list(pattern.regex.allMatches(in: text).map { pattern.value(of: $0, in: text) }, of: pattern.type)
        },
        "regex_replace": native(
            "Applies the given regular expression pattern to the given string and replaces all matches with the given "
                + "replacement string.",
            [Parameter("str", .string), Parameter("pattern", .string), Parameter("replace", .string)]
        ) { call throws(HCLCallError) in
            let (text, regex) = (call.text(0), try compiled(call.text(1)))
            // Each byte of the template can stand for the whole text.
            let (size, isOver) = (text.utf8.count + 1).multipliedReportingOverflow(by: call.text(2).utf8.count + 1)
            try call.bound(isOver ? .max : size)
            return .string(regex.replacingAll(in: text, with: call.text(2)))
        },
    ]

    private static func compiled(_ pattern: String) throws(HCLCallError) -> GoRegex {
        do throws(RegexError) {
            return try GoRegex(pattern)
        } catch {
            throw HCLCallError(error.description)
        }
    }

    /// A regular expression and what its matches are: a text, texts in order, or texts by name.
    private struct Pattern {
        let regex: GoRegex
        let type: HCLType

        init(_ pattern: String) throws(HCLCallError) {
            do throws(RegexError) {
                regex = try GoRegex(pattern)
            } catch {
                throw HCLCallError("invalid regexp pattern: \(error.code.rawValue) in \(error.expression)", argument: 0)
            }
            let groups = regex.groupNames.dropFirst()
            let names = groups.compactMap(\.self).filter { !$0.isEmpty }
            if groups.isEmpty {
                type = .string
            } else if names.isEmpty {
                type = .tuple(groups.map { _ in .string })
            } else if names.count == groups.count {
                type = .object(Dictionary(names.map { ($0, .string) }) { first, _ in first })
            } else {
                let reason = "cannot mix both named and unnamed capture groups"
                throw HCLCallError("invalid regexp pattern: \(reason)", argument: 0)
            }
        }

        func value(of match: GoRegex.Match, in text: [UInt8]) -> HCLValue {
            let texts = match.groups.map { range -> HCLValue in
                range.map { .string(String(decoding: text[$0], as: UTF8.self)) } ?? .null(.string)
            }
            switch type {
            case .tuple: return .tuple(Array(texts.dropFirst()))
            case .object:
                var attributes: [String: HCLValue] = [:]
                for (name, value) in zip(regex.groupNames, texts).dropFirst() { attributes[name ?? ""] = value }
                return .object(attributes)
            default: return texts.first ?? .string("")
            }
        }
    }
}
