import CaissonDockerfileLint
import CaissonJSON

/// What the editor offers at a place: each finding's fix, a comment that leaves it out, and all safe fixes at once.
struct CodeActions {
    /// Fixes of single findings, and comments.
    static let quickFix = "quickfix"
    /// All safe fixes.
    static let fixAll = "source.fixAll.caisson"
    /// The most findings that are looked at.
    private static let most = 100

    let document: OpenDocument
    let report: LintReport
    let client: ClientTraits
    private let lines: TextLines

    init(_ document: OpenDocument, _ report: LintReport, _ client: ClientTraits) {
        self.document = document
        self.report = report
        self.client = client
        lines = TextLines(document.text)
    }

    /// Whether a kind is among those that were asked for; all are where none was named.
    static func wants(_ kind: String, _ only: [String]?) -> Bool {
        guard let only else { return true }
        return only.contains { kind == $0 || kind.hasPrefix($0 + ".") || $0.isEmpty }
    }

    /// The actions for a range.
    func json(_ request: CodeActionRequest) -> JSON {
        var actions: [JSON] = []
        if Self.wants(Self.quickFix, request.only) {
            let offsets = request.ends.map { lines.offset(of: $0, client.encoding) }.sorted()
            let found = report.findings.filter { $0.span.lowerBound <= offsets[1] && offsets[0] <= $0.span.upperBound }
            actions += found.prefix(Self.most).compactMap(fix) + ignores(Array(found.prefix(Self.most)))
        }
        if request.wantsFixAll, let action = fixAll() { actions.append(action) }
        return .array(actions)
    }

    private func fix(_ finding: Finding) -> JSON? {
        guard let fix = finding.fix, !fix.edits.isEmpty else { return nil }
        let warning = fix.safety == .safe ? "" : "; may change the image"
        return action(
            "Fix \(finding.code): \(fix.title)\(warning)",
            Self.quickFix,
            fix.edits.sorted { $0.range.lowerBound < $1.range.lowerBound },
            finding,
            isPreferred: fix.safety == .safe
        )
    }

    /// Comments above the findings' instructions, one for each rule and instruction.
    private func ignores(_ findings: [Finding]) -> [JSON] {
        guard report.allowsPragmas else { return [] }
        var seen: Set<String> = []
        return findings.compactMap { finding in
            guard finding.rule != "DL1000", let start = report.instructionStarts[finding.instructionLine],
                seen.insert("\(finding.code) \(start)").inserted
            else { return nil }
            let edit = Edit(at: start, "# caisson ignore=\(finding.code)\(lineEnd)")
            return action("Ignore \(finding.code) for this instruction", Self.quickFix, [edit], finding)
        }
    }

    /// How the document's first line ends.
    private var lineEnd: String {
        let end = lines.range(ofLine: 0).upperBound
        return document.text[end...].starts(with: [0x0D, 0x0A]) ? "\r\n" : "\n"
    }

    private func fixAll() -> JSON? {
        guard let fixed = report.fixed else { return nil }
        return action("Fix all that can be fixed safely", Self.fixAll, [Self.difference(document.text, fixed)], nil)
    }

    /// One replacement of what two texts in UTF-8 don't have in common at their beginnings and ends.
    static func difference(_ old: [UInt8], _ new: [UInt8]) -> Edit {
        let shorter = min(old.count, new.count)
        var head = zip(old, new).prefix { $0 == $1 }.count
        while head > 0, isWithinCharacter(old, head) || isWithinCharacter(new, head) { head -= 1 }
        var tail = zip(old.reversed(), new.reversed()).prefix(shorter - head).prefix { $0 == $1 }.count
        while tail > 0, isWithinCharacter(old, old.count - tail) || isWithinCharacter(new, new.count - tail) {
            tail -= 1
        }
        let text = String(decoding: new[head..<(new.count - tail)], as: UTF8.self)
        return Edit(head..<(old.count - tail), text)
    }

    /// Whether an offset is between the bytes of a character, or of a line's end.
    private static func isWithinCharacter(_ text: [UInt8], _ offset: Int) -> Bool {
        guard offset > 0, offset < text.count else { return false }
        return text[offset] & 0xC0 == 0x80 || (text[offset] == 0x0A && text[offset - 1] == 0x0D)
    }

    private func action(
        _ title: String,
        _ kind: String,
        _ edits: [Edit],
        _ finding: Finding?,
        isPreferred: Bool = false
    ) -> JSON {
        let diagnostics = Diagnostics(lines: lines, encoding: client.encoding)
        return .members([
            "title": .string(title), "kind": .string(kind),
            "diagnostics": finding.map { .array([diagnostics.json($0)]) },
            "isPreferred": isPreferred ? .bool(true) : nil,
            "edit": workspaceEdit(edits),
        ])
    }

    private func workspaceEdit(_ edits: [Edit]) -> JSON {
        let edits = JSON.array(
            edits.map { edit in
                .members(["range": lines.json(edit.range, client.encoding), "newText": .string(edit.text)])
            }
        )
        guard client.versionsEdits else {
            return .members(["changes": .object([JSONMember(document.uri, edits)])])
        }
        let version = document.version.map(JSON.whole) ?? .null
        let identifier = JSON.members(["uri": .string(document.uri), "version": version])
        return .members(["documentChanges": .array([.members(["textDocument": identifier, "edits": edits])])])
    }
}

/// What `textDocument/codeAction` asks for.
struct CodeActionRequest: Equatable {
    /// The two ends of the range.
    var ends: [LinePosition]
    /// The kinds that are wanted; nil for all.
    var only: [String]?
    /// Whether nobody asked for it, as when the cursor moves.
    var isAutomatic: Bool

    init(_ params: JSON) throws(ResponseError) {
        let range = params["range"]
        ends = [try LinePosition(range?["start"], of: "start"), try LinePosition(range?["end"], of: "end")]
        only = params[path: "context", "only"]?.array?.compactMap(\.string)
        isAutomatic = params[path: "context", "triggerKind"]?.integer == 2
    }

    /// Whether all fixes at once are wanted: where they are named, or where somebody asks for whatever there is.
    var wantsFixAll: Bool { CodeActions.wants(CodeActions.fixAll, only) && !(isAutomatic && only == nil) }
}
