import Foundation
import Testing

/// Every production of HCL's native syntax (hashicorp/hcl hclsyntax/spec.md) has a recorded row that has a value.
@Suite struct HCLGrammarTests {
    /// A production of expressions and how it looks in a text.
    private static let expressions: [(name: String, pattern: String)] = [
        ("whole number", #"(^|[\s(\[,])\d+($|[\s)\],])"#), ("fraction", #"\d\.\d"#), ("exponent", #"\d[eE][+-]?\d"#),
        ("true", #"\btrue\b"#), ("false", #"\bfalse\b"#), ("null", #"\bnull\b"#),
        ("quoted template", #""[^"]*""#), ("interpolation", #"\$\{"#), ("strip at the start", #"[$%]\{~"#),
        ("strip at the end", #"~\}"#), ("if directive", #"%\{~? ?if"#), ("else directive", #"%\{~? ?else"#),
        ("endif directive", #"%\{~? ?endif"#), ("for directive", #"%\{~? ?for"#),
        ("endfor directive", #"%\{~? ?endfor"#), ("for directive with a key", #"%\{~? ?for \w+, ?\w+ in"#),
        ("escaped interpolation", #"\$\$\{"#), ("escaped directive", #"%%\{"#), ("escape of a line's end", #"\\n"#),
        ("escape of a quote", #"\\""#), ("escape of a backslash", #"\\\\"#), ("escape of a tab", #"\\t"#),
        ("escape of four digits", #"\\u[0-9a-fA-F]{4}"#), ("escape of eight digits", #"\\U[0-9a-fA-F]{8}"#),
        ("heredoc", #"<<[A-Z]"#), ("flush heredoc", #"<<-[A-Z]"#), ("empty tuple", #"\[ *\]"#),
        ("tuple", #"\[\w+, ?\w+"#), ("comma behind the last element", #", *\n?\]"#), ("object with =", #"\{ *\w+ *= "#),
        ("object with :", #"\{ *"?\w+"? *:"#), ("object with a computed key", #"\{ *\("#), ("empty object", #"\{ *\}"#),
        ("for of a tuple", #"\[ *for \w+ in"#), ("for with a key", #"\[ *for \w+, ?\w+ in"#),
        ("for of an object", #"\{ *for "#), ("for with a condition", #"\[ *for [^\]]* if "#),
        ("for that groups", #"for [^}]*=>[^}]*\.\.\."#), ("index", #"\w\[\d"#), ("index by name", #"\["\w+"\]"#),
        ("attribute", #"[\w})\]]\.[a-z]\w*"#), ("legacy index", #"[\w})\]]\.\d"#), ("attribute splat", #"\.\*"#),
        ("full splat", #"\[\*\]"#), ("call", #"\b\w+\("#), ("call without arguments", #"\w+\( *\)"#),
        ("call with expansion", #"\w+\([^)]*\.\.\.\)"#), ("conditional", #"\?[^:]*:"#), ("parentheses", #"^\(|[ (]\("#),
        ("negation", #"(^|[(\s])-\w"#), ("logical not", #"!\w"#), ("addition", #"\w \+ "#), ("subtraction", #"\w - "#),
        ("multiplication", #"\w \* "#), ("division", #"\w / "#), ("modulo", #"\w % "#), ("equal", "=="),
        ("not equal", "!="), ("less", #"\w < "#), ("less or equal", "<="), ("greater", #"\w > "#),
        ("greater or equal", ">="), ("and", "&&"), ("or", #"\|\|"#),
    ]

    /// A production of bodies and how it looks in a file.
    private static let bodies: [(name: String, pattern: String)] = [
        ("attribute", #"(?m)^\s*\w+ *= "#), ("block with a quoted label", #"(?m)^\w+ "[^"]+" \{"#),
        ("block with a bare label", #"(?m)^(target|group|variable|function) \w+ \{"#),
        ("block without a label", #"(?m)^\s*validation \{"#), ("block in one line", #"(?m)^\w+ "?\w+"? \{ *\S+.*\}$"#),
        ("empty block", #"\{ ?\}\n"#), ("comment with a hash", #"(?m)^\s*# "#),
        ("comment with slashes", #"(?m)^\s*// "#),
        ("comment of several lines", #"/\*"#), ("comment behind an attribute", ##"(?m) = "[^\n#]+" # "##),
        ("variable's traversal", #"target\.\w+\.\w+"#), ("expression over several lines", #"= \[\n"#),
    ]

    @Test func `every production of expressions has a row with a value`() throws {
        let rows = try HCLRow.topics.flatMap { try HCLRow.rows($0) }.filter { !$0.isError }.map(\.expression)
        for (name, pattern) in Self.expressions {
            let regex = try NSRegularExpression(pattern: pattern)
            let isThere = rows.contains { regex.firstMatch(in: $0, range: NSRange($0.startIndex..., in: $0)) != nil }
            #expect(isThere, "\(name): \(pattern)")
        }
    }

    @Test func `every production of bodies is in a case that is printed`() throws {
        let folder = URL(filePath: HCLRow.folder).deletingLastPathComponent().appending(path: "bake")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        let texts = try (files ?? []).filter { $0.pathExtension == "txt" }.map {
            try String(contentsOf: $0, encoding: .utf8)
        }
        .filter { $0.contains("\n--- printed\n") }
        #expect(texts.count > 200)
        for (name, pattern) in Self.bodies {
            let regex = try NSRegularExpression(pattern: pattern)
            let isThere = texts.contains { regex.firstMatch(in: $0, range: NSRange($0.startIndex..., in: $0)) != nil }
            #expect(isThere, "\(name): \(pattern)")
        }
    }
}
