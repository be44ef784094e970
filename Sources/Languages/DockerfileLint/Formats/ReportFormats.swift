import CaissonDockerfile

/// SARIF 2.1.0.
enum SarifFormat {
    static func render(_ results: [Linter.Result], _ options: LintFormatOptions) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
            json.member("version", "2.1.0")
            json.member("runs") { json in
                json.list([results]) { json, results in run(results, options, &json) }
            }
        }
        return json.text + "\n"
    }

    private static func run(_ results: [Linter.Result], _ options: LintFormatOptions, _ json: inout JSONWriter) {
        let used = Set(results.flatMap { $0.findings.map(\.code) }).sorted()
        json.object { json in
            json.member("tool") { json in
                json.object { json in
                    json.member("driver") { json in
                        json.object { json in
                            json.member("name", "caisson")
                            if !options.version.isEmpty { json.member("version", options.version) }
                            json.member("rules") { json in json.list(used, rule) }
                        }
                    }
                }
            }
            json.member("columnKind", "unicodeCodePoints")
            json.member("results") { json in
                json.list(results.flatMap { result in result.findings.map { (result.name, $0) } }) { json, item in
                    finding(item.1, item.0, &json)
                }
            }
        }
    }

    private static func rule(_ json: inout JSONWriter, _ code: String) {
        let rule = Rules.named(code)
        json.object { json in
            json.member("id", code)
            if let rule {
                json.member("shortDescription") { json in json.object { $0.member("text", rule.summary) } }
                json.member("help") { json in
                    json.object { json in
                        json.member("text", rule.manual)
                        json.member("markdown", rule.manual)
                    }
                }
            } else if code.hasPrefix("SC") {
                json.member("helpUri", "https://www.shellcheck.net/wiki/\(code)")
            }
        }
    }

    private static func finding(_ finding: Finding, _ name: String, _ json: inout JSONWriter) {
        let level =
            switch finding.severity {
            case .error: "error"
            case .warning: "warning"
            default: "note"
            }
        json.object { json in
            json.member("ruleId", finding.code)
            json.member("level", level)
            json.member("message") { json in json.object { $0.member("text", finding.message) } }
            json.member("locations") { json in
                json.list([finding]) { json, finding in
                    json.object { json in
                        json.member("physicalLocation") { json in
                            json.object { json in
                                json.member("artifactLocation") { json in json.object { $0.member("uri", uri(name)) } }
                                json.member("region") { json in region(finding, &json) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// A path as a reference of RFC 3986.
    private static func uri(_ path: String) -> String {
        path.utf8.reduce(into: "") { out, byte in
            if Ascii.isNameByte(byte) || "-.~/".utf8.contains(byte) {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (byte < 16 ? "0" : "") + digits
            }
        }
    }

    private static func region(_ finding: Finding, _ json: inout JSONWriter) {
        json.object { json in
            json.member("startLine", finding.start.line)
            json.member("startColumn", finding.start.column)
            json.member("endLine", finding.end.line)
            json.member("endColumn", finding.end.column)
        }
    }
}

/// CodeClimate's JSON, and what GitLab reads of it.
enum CodeClimateFormat {
    static func render(_ results: [Linter.Result], isGitLab: Bool) -> String {
        let all = results.flatMap { result in result.findings.map { (result, $0) } }
        var json = JSONWriter()
        json.list(all) { json, item in issue(item.1, item.0, isGitLab, &json) }
        return json.text + "\n"
    }

    private static func issue(_ finding: Finding, _ result: Linter.Result, _ isGitLab: Bool, _ json: inout JSONWriter) {
        json.object { json in
            json.member("type", "issue")
            json.member("check_name", finding.code)
            json.member("description", finding.message)
            json.member("categories") { $0.list(["Bug Risk"]) { $0.string($1) } }
            json.member("severity", severity(finding.severity))
            json.member("fingerprint", fingerprint(finding, result))
            json.member("location") { json in
                json.object { json in
                    json.member("path", result.name)
                    json.member(isGitLab ? "positions" : "lines") { json in
                        json.object { json in
                            place("begin", finding.start, isGitLab, &json)
                            place("end", finding.end, isGitLab, &json)
                        }
                    }
                }
            }
        }
    }

    private static func place(_ key: String, _ position: Position, _ isGitLab: Bool, _ json: inout JSONWriter) {
        guard isGitLab else { return json.member(key, position.line) }
        json.member(key) { json in
            json.object { json in
                json.member("line", position.line)
                json.member("column", position.column)
            }
        }
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .error: "blocker"
        case .warning: "major"
        case .info: "info"
        case .style, .ignore: "minor"
        }
    }

    /// The same for the same finding in the same text, wherever it moves: FNV-1a twice over what identifies it.
    private static func fingerprint(_ finding: Finding, _ result: Linter.Result) -> String {
        let line = result.file.source.text(result.file.source.lineRange(finding.start.line))
        let earlier = result.findings.count { other in
            other.code == finding.code && other.message == finding.message
                && other.span.lowerBound < finding.span.lowerBound
        }
        let text = "\(result.name)\u{0}\(finding.code)\u{0}\(finding.message)\u{0}\(line)\u{0}\(earlier)"
        let halves = [0xCBF2_9CE4_8422_2325, 0x8422_2325_CBF2_9CE4].map { (seed: UInt64) in
            text.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        return halves.map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }
}

/// SonarQube's generic issues.
enum SonarFormat {
    static func render(_ results: [Linter.Result]) -> String {
        let all = results.flatMap { result in result.findings.map { (result.name, $0) } }
        var json = JSONWriter()
        json.object { json in
            json.member("issues") { json in
                json.list(all) { json, item in issue(item.1, item.0, &json) }
            }
        }
        return json.text + "\n"
    }

    private static func issue(_ finding: Finding, _ name: String, _ json: inout JSONWriter) {
        json.object { json in
            json.member("engineId", "caisson")
            json.member("ruleId", finding.code)
            json.member("severity", severity(finding.severity))
            json.member("type", finding.severity == .error ? "BUG" : "CODE_SMELL")
            json.member("primaryLocation") { json in
                json.object { json in
                    json.member("message", finding.message)
                    json.member("filePath", name)
                    json.member("textRange") { json in
                        json.object { json in
                            json.member("startLine", finding.start.line)
                            json.member("endLine", finding.end.line)
                            // SonarQube refuses an empty range, and counts columns from 0.
                            guard finding.end > finding.start else { return }
                            json.member("startColumn", finding.start.column - 1)
                            json.member("endColumn", finding.end.column - 1)
                        }
                    }
                }
            }
        }
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .error: "CRITICAL"
        case .warning: "MAJOR"
        case .info: "MINOR"
        case .style, .ignore: "INFO"
        }
    }
}
