package import CaissonBuildModel
import CaissonJSON
import CaissonText

/// How builds are printed: what `--format` means.
package struct BuildFormat {
    private enum Kind {
        case table
        case json
        /// A line a build; in columns with heads where it is a table.
        case template(GoTemplate, isTable: Bool)
    }

    private let kind: Kind

    /// Reads `table`, `json`, or a Go template with docker's `table ` before it or not.
    package init(parsing text: String) throws(BuildError) {
        switch text {
        case "", "table": kind = .table
        case "json": kind = .json
        default:
            let isTable = text.hasPrefix("table ")
            let words = Self.unescaped(isTable ? String(text.dropFirst("table ".count)) : text)
            let template: GoTemplate
            do throws(ParseError) {
                template = try GoTemplate(parsing: words)
            } catch {
                throw BuildError(.usage, "the --format template: \(error)")
            }
            let names = BuildField.allCases.map(\.goName)
            let known = Set(names.map { $0.lowercased() })
            let spelled = template.fields.filter { known.contains($0.lowercased()) }
            try template.requireFields(among: names + spelled.subtracting(names).sorted())
            kind = .template(template, isTable: isTable)
        }
    }

    /// Builds as a list.
    package func text(of records: [BuildRecord], _ layout: TextLayout) throws(BuildError) -> String {
        switch kind {
        case .table: return BuildsTable(records, now: layout.now).text(width: layout.width, colors: layout.colors)
        case .json: return records.map { $0.json.line + "\n" }.joined()
        case .template(let template, let isTable):
            var lines: [String] = []
            if isTable { lines.append(try template.render(Self.heads)) }
            for record in records { lines.append(try template.render(record.json.safe)) }
            return isTable
                ? TextColumns.aligned(lines.map { $0.pieces(at: "\t") }) : lines.map { $0 + "\n" }.joined()
        }
    }

    /// A build in whole.
    ///
    /// - Parameter log: The last lines that the failing step printed.
    package func text(of dossier: BuildDossier, log: [String], _ layout: TextLayout) throws(BuildError) -> String {
        switch kind {
        case .table: return BuildText(dossier, log: log).text(layout)
        case .json: return dossier.json.indentedText + "\n"
        case .template: return try text(of: [dossier.record], layout)
        }
    }

    private static var heads: JSON {
        .object(BuildField.allCases.map { JSONMember($0.rawValue, .string($0.head)) })
    }

    /// With `\t` and `\n` as docker's templates have them.
    private static func unescaped(_ text: String) -> String {
        text.replacing(#"\t"#, with: "\t").replacing(#"\n"#, with: "\n")
    }
}
