/// Finds what is never part of HCL.
enum HCLTokenCheck {
    /// What is wrong with single tokens; what is alike is said a few times at most.
    static func diagnostics(of tokens: [HCLToken]) -> [HCLDiagnostic] {
        var found: [HCLDiagnostic] = []
        var told: [HCLToken.Kind: Int] = [:]
        for token in tokens {
            guard let (summary, detail, limit) = complaint(token), found.count < 100 else { continue }
            let count = told[token.kind, default: 0]
            told[token.kind] = count + 1
            // Of quotation marks that come in pairs the first tells it all.
            let isSecond = (token.kind == .backtick || token.kind == .apostrophe) && count % 2 == 1
            if count < limit, !isSecond { found.append(HCLDiagnostic(summary, detail, at: token.range)) }
        }
        return found
    }

    private static func complaint(_ token: HCLToken) -> (summary: String, detail: String, limit: Int)? {
        switch token.kind {
        case .bitwise: ("Unsupported operator", "Bitwise operators are not supported." + meant(token.text), 4)
        case .backtick:
            (
                "Invalid character",
                "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" syntax, "
                    + "like \"<<EOT\".", 3
            )
        case .apostrophe:
            ("Invalid character", "Single quotes are not valid. Use double quotes (\") to enclose strings.", 3)
        case .semicolon:
            (
                "Invalid character",
                "The \";\" character is not valid. Use newlines to separate arguments and blocks, and commas to "
                    + "separate items in collection values.", 1
            )
        case .badText:
            (
                "Invalid character encoding",
                "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your editor.", 1
            )
        case .quotedNewline:
            (
                "Invalid multi-line string",
                "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use "
                    + "the \\n escape to represent a newline character or use the \"heredoc\" multi-line template "
                    + "syntax.", .max
            )
        case .invalid: ("Invalid character", invalid(token.text), .max)
        default: nil
        }
    }

    private static func meant(_ sign: String) -> String {
        switch sign {
        case "&": " Did you mean boolean AND (\"&&\")?"
        case "|": " Did you mean boolean OR (\"||\")?"
        case "~": " Did you mean boolean NOT (\"!\")?"
        default: ""
        }
    }

    private static func invalid(_ sign: String) -> String {
        guard sign == "“" || sign == "”" else { return "This character is not used within the language." }
        return "\"Curly quotes\" are not valid here. These can sometimes be inadvertently introduced when sharing code "
            + "via documents or discussion forums. It might help to replace the character with a \"straight quote\"."
    }
}
