/// Reads the words and signs of a text into attributes, blocks and expressions.
///
/// After the first error it only looks for where to go on; so it says what is wrong once, not its consequences.
struct HCLParser {
    /// How deep blocks, brackets and templates may be nested within each other.
    static let deepest = 64
    /// How many diagnostics are kept.
    private static let mostDiagnostics = 100

    var cursor: HCLTokenCursor
    var isRecovering = false
    private(set) var diagnostics: [HCLDiagnostic] = []
    /// How many errors there were, kept or not.
    private(set) var errors = 0
    private var depth = 0
    private var splats = 0

    init(_ source: HCLSource, isTemplate: Bool = false) {
        let tokens = HCLLexer.tokens(of: source, isTemplate: isTemplate)
        cursor = HCLTokenCursor(tokens)
        diagnostics = HCLTokenCheck.diagnostics(of: tokens)
        errors = diagnostics.count
    }

    /// Says what is wrong.
    mutating func fail(_ summary: String, _ detail: String, at subject: HCLRange, in context: HCLRange? = nil) {
        errors += 1
        guard diagnostics.count < Self.mostDiagnostics else { return }
        diagnostics.append(HCLDiagnostic(summary, detail, at: subject, in: context))
    }

    /// Whether the last thing read failed so that its place has to be left.
    func hasFailed(since count: Int) -> Bool { isRecovering && errors > count }

    /// Does something one level deeper; nil where that is too deep.
    mutating func nested<Result>(_ body: (inout HCLParser) -> Result) -> Result? {
        guard depth < Self.deepest else {
            if !isRecovering {
                let detail = "Blocks and expressions may be nested \(Self.deepest) deep at most."
                fail("Too deeply nested", detail, at: cursor.peek.range)
            }
            isRecovering = true
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        return body(&self)
    }

    /// A number for a splat that no other of this text has.
    mutating func nextSplat() -> Int {
        splats += 1
        return splats
    }

    /// What stands for an expression that couldn't be read.
    func placeholder(_ range: HCLRange) -> HCLExpression { .literal(.init(.unknown(), range)) }
}

// MARK: - Finding the place where reading goes on

extension HCLParser {
    /// Goes behind the token that ends what is open.
    @discardableResult
    mutating func recover(_ end: HCLToken.Kind) -> HCLToken {
        let opener = end.opposite
        isRecovering = true
        var depth = 0
        while true {
            let token = cursor.read()
            var kind = token.kind
            if end == .sequenceEnd, kind == .control { kind = .interpolation }
            if kind == .end { return token }
            if kind == opener {
                depth += 1
            } else if kind == end {
                if depth == 0 { return token }
                depth -= 1
            }
        }
    }

    /// Goes behind the parentheses that come next.
    mutating func recoverOverParentheses() {
        while true {
            let token = cursor.read()
            if token.kind == .openParenthesis || token.kind == .end { break }
        }
        recover(.closeParenthesis)
    }

    /// Goes behind the end of the line that isn't within brackets.
    mutating func recoverAfterItem() {
        isRecovering = true
        var open: [HCLToken.Kind] = []
        while true {
            let token = cursor.read()
            switch token.kind {
            case .end: return
            case .newline where open.isEmpty: return
            case .sequenceEnd:
                while let last = open.popLast(), last != .interpolation, last != .control {}
            case .closeBrace, .closeBracket, .closeParenthesis, .closeQuote, .closeHeredoc:
                while let last = open.popLast(), last != token.kind.opposite {}
            default:
                if token.kind.opens { open.append(token.kind) }
            }
        }
    }
}
