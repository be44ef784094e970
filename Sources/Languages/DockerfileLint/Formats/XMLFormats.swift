import CaissonDockerfile

/// Text within XML.
enum XMLText {
    /// The text with what means something to XML escaped, and what XML can't hold replaced.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&apos;"
            case "\t", "\n", "\r": out += " "
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                out.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return out
    }
}

/// Checkstyle's XML.
enum CheckstyleFormat {
    static func render(_ results: [Linter.Result]) -> String {
        var out = "<?xml version='1.0' encoding='UTF-8'?><checkstyle version='4.3'>"
        for result in results {
            out += "<file name=\"\(XMLText.escaped(result.name))\">"
            for finding in result.findings {
                let severity =
                    switch finding.severity {
                    case .error: "error"
                    case .warning: "warning"
                    default: "info"
                    }
                out +=
                    "<error line=\"\(finding.start.line)\" column=\"\(finding.start.column)\" severity=\"\(severity)\" "
                out += "message=\"\(XMLText.escaped(finding.message))\" source=\"\(XMLText.escaped(finding.code))\"/>"
            }
            out += "</file>"
        }
        return out + "</checkstyle>\n"
    }
}

/// JUnit's XML: a suite a file, a test case a finding.
enum JUnitFormat {
    static func render(_ results: [Linter.Result]) -> String {
        let count = results.reduce(0) { $0 + $1.findings.count }
        var out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"\(count)\" failures=\"\(count)\">\n"
        for result in results {
            let name = XMLText.escaped(result.name)
            let number = result.findings.count
            out += "  <testsuite name=\"\(name)\" tests=\"\(max(number, 1))\" failures=\"\(number)\">\n"
            if result.findings.isEmpty { out += "    <testcase name=\"\(name)\" classname=\"\(name)\"/>\n" }
            for finding in result.findings { out += testCase(finding, name) }
            out += "  </testsuite>\n"
        }
        return out + "</testsuites>\n"
    }

    private static func testCase(_ finding: Finding, _ file: String) -> String {
        let code = XMLText.escaped(finding.code)
        let message = XMLText.escaped(finding.message)
        let place = "\(file):\(finding.start.line):\(finding.start.column)"
        return """
                <testcase name="\(code) \(place)" classname="\(file)">
                  <failure type="\(finding.severity.name)" message="\(message)">\(place): \(code): \(message)</failure>
                </testcase>

            """
    }
}
