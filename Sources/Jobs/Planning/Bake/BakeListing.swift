package import CaissonBuildModel
import CaissonHCL
import CaissonJSON
import CaissonText

/// What `--list` shows instead of a build: `targets`, or `type=targets,format=json`.
package struct BakeListing: Sendable, Hashable {
    /// What can be listed.
    package enum Subject: String, Sendable, CaseIterable {
        /// The targets and groups with their descriptions, those left out whose names begin with `_`.
        case targets
        /// The variables with their types and values.
        case variables
        /// The functions that expressions can call.
        case functions
    }

    /// What is listed.
    package var subject: Subject
    /// Whether it is listed as JSON.
    package var isJSON = false

    private static let form = "targets, variables or functions, or type=TYPE,format=table|json"

    /// Reads the flag's value.
    package init(parsing text: String) throws(ParseError) {
        func wrong(_ problem: String) -> ParseError { ParseError("list", text, problem, expected: Self.form) }
        guard let fields = CommaFields.parse(text) else { throw wrong("its quotes don't match") }
        var values = ["format": "table"]
        if fields == [text], !text.hasPrefix("type=") {
            values["type"] = text
        } else {
            for field in fields {
                guard let (name, value) = field.cut(at: "=") else { throw wrong("\(field.quoted) has no '='") }
                let key = name.lowercased().trimmed
                guard key == "type" || key == "format" else { throw wrong("unknown field \(key.quoted)") }
                values[key] = value
            }
        }
        guard let subject = values["type"].flatMap(Subject.init(rawValue:)) else {
            let names = Subject.allCases.map(\.rawValue)
            let meant = nearest(to: values["type"] ?? "", among: names).map { " (did you mean \($0)?)" } ?? ""
            throw wrong("the type \((values["type"] ?? "").quoted) can't be listed\(meant)")
        }
        guard let format = values["format"], ["", "table", "json"].contains(format) else {
            throw wrong("the format is neither table nor json")
        }
        self.subject = subject
        isJSON = format == "json"
    }

    /// The list, with a line's end.
    package func text(of configuration: BakeConfiguration) -> String {
        switch subject {
        case .targets: list(Self.targets(configuration), ["TARGET", "DESCRIPTION"]) { [$0.name, $0.description] }
        case .variables: list(configuration.variables, ["VARIABLE", "TYPE", "VALUE", "DESCRIPTION"]) { $0.cells }
        case .functions: list(Self.functions, ["FUNCTION", "DESCRIPTION"]) { [$0.call, $0.description] }
        }
    }

    private func list<Item: BakeListed>(_ items: [Item], _ head: [String], _ cells: (Item) -> [String]) -> String {
        guard isJSON else { return TabTable.text([head] + items.map(cells)) }
        let isNone = items.isEmpty && subject == .targets
        return (isNone ? JSON.null : .array(items.map(\.json))).goText() + "\n"
    }
}

/// Something that can be listed as JSON.
private protocol BakeListed {
    var json: JSON { get }
}

// MARK: - Targets and groups

extension BakeListing {
    fileprivate struct Target: BakeListed {
        var name: String
        var description: String
        var isGroup: Bool

        var json: JSON {
            var members = [JSONMember("name", .string(name))]
            if !description.isEmpty { members.append(JSONMember("description", .string(description))) }
            if isGroup { members.append(JSONMember("group", .bool(true))) }
            return .object(members)
        }
    }

    fileprivate static func targets(_ configuration: BakeConfiguration) -> [Target] {
        let targets = configuration.targets.map {
            Target(name: $0.name, description: $0.values[.description]?.text ?? "", isGroup: false)
        }
        let groups = configuration.groups.map {
            Target(name: $0.name, description: description(of: $0), isGroup: true)
        }
        // What begins with an underscore is private, by convention.
        return (targets + groups).filter { !$0.name.hasPrefix("_") }.sorted { JSON.precedes($0.name, $1.name) }
    }

    private static func description(of group: BakeGroup) -> String {
        let names = group.targets.sorted(by: JSON.precedes).joined(separator: ", ")
        if names.isEmpty || group.description.isEmpty { return group.description + names }
        return "\(group.description) (\(names))"
    }
}

extension BatchDefinition {
    /// The targets and groups that `--list` shows, by name, each with what it is.
    package var names: [(name: String, description: String)] {
        BakeListing.targets(configuration).map { ($0.name, $0.description) }
    }
}

// MARK: - Variables

extension BakeVariable: BakeListed {
    fileprivate var cells: [String] { [name, type ?? "", value ?? "<null>", description] }

    fileprivate var json: JSON {
        var members = [JSONMember("name", .string(name))]
        if !description.isEmpty { members.append(JSONMember("description", .string(description))) }
        if let type { members.append(JSONMember("type", .string(type))) }
        if let value { members.append(JSONMember("value", .string(value))) }
        return .object(members)
    }
}

// MARK: - Functions

extension BakeListing {
    private struct Function: BakeListed {
        var name: String
        var parameters: [String]
        var description: String

        /// The function as it is called.
        var call: String { "\(name)(\(parameters.joined(separator: ", ")))" }

        var json: JSON {
            .object([
                JSONMember("name", .string(name)),
                JSONMember("parameters", .array(parameters.map { .string($0) })),
                JSONMember("description", .string(description)),
            ])
        }
    }

    private static let functions = HCLFunction.standard.map { name, function in
        let names = function.parameters.map(\.name) + (function.variadic.map { ["\($0.name)..."] } ?? [])
        return Function(name: name, parameters: names, description: function.description)
    }.sorted { JSON.precedes($0.name, $1.name) }
}

/// Lays out columns with tabs between them, as Go's `text/tabwriter` does with tabs of eight and one blank of padding.
enum TabTable {
    private static let tab = 8

    /// The lines with their cells below each other; the last cell of a line ends no column.
    static func text(_ rows: [[String]]) -> String {
        // A line's end within a cell ends the row there, and a tab the cell, as it does in Go.
        let text = rows.map { $0.joined(separator: "\t") }.joined(separator: "\n")
        var lines = text.pieces(at: "\n").map { $0.pieces(at: "\t") }
        align(&lines, 0..<lines.count, column: 0)
        return lines.map { $0.joined() + "\n" }.joined()
    }

    /// Pads a column: lines that follow each other and have a cell behind that column share its width.
    private static func align(_ lines: inout [[String]], _ range: Range<Int>, column: Int) {
        var start = range.lowerBound
        while start < range.upperBound {
            guard lines[start].count > column + 1 else {
                start += 1
                continue
            }
            let end = lines[start..<range.upperBound].firstIndex { $0.count <= column + 1 } ?? range.upperBound
            pad(&lines, start..<end, column: column)
            align(&lines, start..<end, column: column + 1)
            start = end
        }
    }

    private static func pad(_ lines: inout [[String]], _ range: Range<Int>, column: Int) {
        let widths = lines[range].map { $0[column].unicodeScalars.count }
        let width = ((widths.max() ?? 0) + 1 + tab - 1) / tab * tab
        for (index, used) in zip(range, widths) {
            lines[index][column] += String(repeating: "\t", count: (width - used + tab - 1) / tab)
        }
    }
}
