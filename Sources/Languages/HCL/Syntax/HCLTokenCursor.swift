/// Goes through the words and signs of a text, without the comments and, within brackets, without the ends of lines.
struct HCLTokenCursor {
    private let tokens: [HCLToken]
    private var next = 0
    private var keepsNewlines = [true]

    /// Takes the tokens; the last one is of the kind `end`.
    init(_ tokens: [HCLToken]) { self.tokens = tokens }

    /// The next token, which stays the next.
    var peek: HCLToken { find().token }

    /// Takes the next token.
    mutating func read() -> HCLToken {
        let (token, after) = find()
        next = after
        return token
    }

    /// Where the last token that was taken stands.
    var previous: HCLRange { next == 0 ? peek.range : tokens[next - 1].range }

    private func find() -> (token: HCLToken, after: Int) {
        for index in next..<tokens.count {
            let token = tokens[index]
            switch token.kind {
            case .comment:
                guard keepsNewlines.last == true, token.bytes.last == 0x0A else { continue }
                // A comment up to the line's end is the line's end, too.
                return (HCLToken(kind: .newline, range: token.range), index + 1)
            case .newline where keepsNewlines.last != true: continue
            default: return (token, index + 1)
            }
        }
        return (tokens[tokens.count - 1], tokens.count)
    }

    /// Says whether ends of lines matter, until it is taken back.
    mutating func push(newlines: Bool) { keepsNewlines.append(newlines) }

    /// Takes back what `push` said last.
    mutating func pop() { if keepsNewlines.count > 1 { keepsNewlines.removeLast() } }
}
