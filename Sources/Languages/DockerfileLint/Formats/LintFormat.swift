/// How findings are written.
package enum LintFormat: String, Sendable, CaseIterable {
    case tty, json, sarif, checkstyle, codeclimate, gitlab = "gitlab_codeclimate", gnu, junit, sonarqube, codacy, github

    /// The format of a name; `gitlab` and `gitlab_codeclimate` are one.
    package init?(name: String) {
        let name = name.lowercased()
        guard let format = Self(rawValue: name == "gitlab" ? "gitlab_codeclimate" : name) else { return nil }
        self = format
    }

    /// Whether hadolint ends with 0 for it, whatever was found.
    package var neverFails: Bool { self == .codeclimate || self == .codacy }

    /// Writes the findings of all files.
    package func render(_ results: [Linter.Result], _ options: LintFormatOptions) -> String {
        var results = results
        if self != .tty {
            // Other programs compare paths with those of repositories, which never begin with `./`.
            for index in results.indices { results[index].name = Self.plainPath(results[index].name) }
        }
        return switch self {
        case .tty: TTYFormat.render(results, options)
        case .json: JSONFormat.render(results)
        case .sarif: SarifFormat.render(results, options)
        case .checkstyle: CheckstyleFormat.render(results)
        case .codeclimate: CodeClimateFormat.render(results, isGitLab: false)
        case .gitlab: CodeClimateFormat.render(results, isGitLab: true)
        case .gnu: LineFormats.gnu(results)
        case .junit: JUnitFormat.render(results)
        case .sonarqube: SonarFormat.render(results)
        case .codacy: LineFormats.codacy(results)
        case .github: LineFormats.github(results)
        }
    }
}

extension LintFormat {
    /// A path without `./` before it.
    static func plainPath(_ path: String) -> String {
        var rest = Substring(path)
        while rest.hasPrefix("./"), rest.count > 2 { rest = rest.dropFirst(2).drop { $0 == "/" } }
        return rest.isEmpty ? path : String(rest)
    }
}

/// What formats are told besides findings.
package struct LintFormatOptions: Sendable {
    /// Whether there are colours.
    package var hasColors = false
    /// The terminal's columns; 0 where there is none.
    package var width = 0
    /// How many cells of the terminal a text without control characters takes; its scalars where nothing is known.
    package var cells: @Sendable (String) -> Int = { $0.unicodeScalars.count }
    /// The program's version.
    package var version = ""

    package init() {}
}

/// Text of a Dockerfile made fit for a terminal.
enum SafeLine {
    /// One line without control characters and what turns the direction of writing; tabs become blanks.
    static func text(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09: out.append(" ")
            case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: out.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF:
                out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
