import CaissonHCL
import Testing

@Suite("Files of HCL")
struct HCLSyntaxTests {
    private static let schema = HCLSchema(
        attributes: ["a", "b"],
        blocks: [(type: "target", labels: ["name"]), (type: "group", labels: []), (type: "two", labels: ["x", "y"])]
    )

    /// What was found, and all complaints.
    static func shown(_ content: HCLContent, _ diagnostics: [HCLDiagnostic] = []) -> String {
        let attributes = content.attributes.map { attribute in
            let value = attribute.value.value(in: HCLContext())
            let errors = value.diagnostics.map(\.description).joined(separator: " ")
            let text = value.hasErrors ? errors : (try? value.value.json) ?? "?"
            return "\(attribute.name)=\(text)@\(attribute.nameRange.start)"
        }
        let blocks = content.blocks.map { block in
            let inner = shown(block.body.attributes())
            return ([block.type] + block.labels.map(\.text)).joined(separator: " ")
                + "{\(inner)}@\(block.typeRange.start)"
        }
        let errors = (diagnostics + content.diagnostics).map { "! \($0)" }
        return (attributes + blocks + errors).joined(separator: " ")
    }

    private static func read(_ text: String) -> String {
        let file = HCLFile(parsing: Array(text.utf8), name: "f")
        return shown(file.body.content(schema), file.diagnostics)
    }

    private static func readJSON(_ text: String) -> String {
        let file = HCLFile(parsingJSON: Array(text.utf8), name: "f")
        return shown(file.body.content(schema), file.diagnostics)
    }

    @Test(
        "Attributes and blocks are found with their places",
        arguments: [
            ("", ""), ("a = 1\nb = \"x\"", #"a=1@1,1 b="x"@2,1"#), ("\u{FEFF}a = 1", "a=1@1,1"),
            ("a = 1 # c\n", "a=1@1,1"),
            ("// c\n/* d\n e */ a = [1,\n2]\n", "a=[1,2]@3,7"), ("a = 1\r\nb = 2\r\n", "a=1@1,1 b=2@2,1"),
            ("target \"x\" {\n  a = 1\n}\n", "target x{a=1@2,3}@1,1"), ("target x {\n}\n", "target x{}@1,1"),
            ("group { a = 1 }\n", "group{a=1@1,9}@1,1"), ("group {}\n", "group{}@1,1"),
            ("two \"p\" \"q\\n\" {\n}", "two p q\n{}@1,1"),
            ("two p \"q\" {\n}\ngroup {\n}", "two p q{}@1,1 group{}@3,1"),
            ("a = <<X\nt\nX\nb = 2\n", #"a="t\n"@1,1 b=2@4,1"#),
            (
                "é-x = 1\na = 2",
                "a=2@2,1 ! f:1,1-4: Unsupported argument; An argument named \"é-x\" is not expected here."
            ),
        ]
    )
    func found(_ text: String, _ expected: String) {
        #expect(Self.read(text) == expected)
    }

    @Test(
        "What is wrong with a file is said with its place",
        arguments: [
            ("a = 1\na = 2", "f:2,1-2: Attribute redefined"),
            ("a = 1 b = 2", "f:1,7-8: Missing newline after argument"),
            ("a = 1,\n", "f:1,6-7: Unexpected comma after argument"),
            ("a\n", "f:1,1-2: Argument or block definition required"),
            ("\"a\" = 1", "f:1,1-2: Invalid argument name"), ("= 1", "f:1,1-2: Argument or block definition required"),
            ("group {\na = 1\n", "f:1,7-8: Unclosed configuration block"),
            ("target x y {\n}\n", "f:1,10-11: Extraneous label for target"),
            ("target {\n}\n", "f:1,8-9: Missing name for target"),
            ("group x {\n}\n", "f:1,7-8: Extraneous label for group"),
            (
                "targt \"x\" {\n}",
                #"f:1,1-6: Unsupported block type; Blocks of type "targt" are not expected here. Did you mean "target"?"#
            ),
            ("group = 1", "Did you mean to define a block of type \"group\"?"),
            ("a {\n}", "Did you mean to define argument \"a\"?"),
            ("group { a = 1, b = 2 }", "f:1,14-15: Invalid single-argument block definition"),
            ("group { a = 1\n}", "f:1,14-2,1: Invalid single-argument block definition"),
            ("group { a }", "f:1,9-10: Argument or block definition required"),
            ("group { x {} }", "Argument definition required"),
            ("group {} x", "f:1,10-11: Missing newline after block definition"),
            ("target \"x\"\n{\n}", "f:1,11-2,1: Invalid block definition"), ("group = {\n", "Missing expression"),
            ("a = {b = 1", "Unterminated object"),
            ("target \"${x}\" {\n}", "f:1,9-11: Invalid string literal"), ("target \"x\n", "Invalid multi-line string"),
            ("a = 'x'", "f:1,5-6: Invalid character; Single quotes are not valid."),
            ("a = \u{201C}x\u{201D}", "Curly quotes"),
            ("a = 1 & 2", "Did you mean boolean AND"), ("a = `x`", "heredoc"),
            ("a = 1;", "The \";\" character is not valid."),
            ("a = @", "This character is not used within the language."),
            ("}", "f:1,1-2: Argument or block definition required"),
        ]
    )
    func wrong(_ text: String, _ expected: String) {
        #expect(Self.read(text).contains(expected), "\(Self.read(text))")
    }

    @Test("Bytes that are no UTF-8 are an error, not a crash")
    func bytes() {
        for bytes in [
            [0xFF], Array("a = \"".utf8) + [0xC3, 0x28], Array("a = <<X\n".utf8) + [0xFF, 0x0A], [0x61, 0x3D, 0x80],
        ] {
            let file = HCLFile(parsing: bytes.map { UInt8($0) }, name: "f")
            #expect(file.diagnostics.contains { $0.summary == "Invalid character encoding" })
        }
    }

    @Test(
        "JSON has the same attributes and blocks",
        arguments: [
            (#"{"a": 1, "b": "x${1 + 1}"}"#, #"a=1@1,2 b="x2"@1,10"#),
            (#"{"target": {"x": {"a": [1, null, true]}}}"#, "target x{a=[1,null,true]@1,19}@1,2"),
            (#"{"target": [{"x": {"a": 1}}, {"y": {}}]}"#, "target x{a=1@1,20}@1,2 target y{}@1,2"),
            (#"{"group": [{"a": 1}, {"a": 2}]}"#, "group{a=1@1,13}@1,2 group{a=2@1,23}@1,2"),
            (#"{"//": "note", "a": {"${\"k\"}": 1}}"#, #"a={"k":1}@1,16"#),
            (#"{"two": {"p": {"q": {"b": "%{if true}y%{endif}"}}}}"#, #"two p q{b="y"@1,22}@1,2"#),
            (#"[{"a": 1}, {"b": 2}]"#, "a=1@1,3 b=2@1,13"),
            (#"{"group": null}"#, ""),
        ]
    )
    func json(_ text: String, _ expected: String) {
        #expect(Self.readJSON(text) == expected)
    }

    @Test(
        "What is wrong with JSON is said with its place",
        arguments: [
            ("", "Missing value"), ("1", "Root value must be object"), ("{", "Missing value"),
            (#"{"a" 1}"#, "f:1,6-7: Missing property value colon"),
            (#"{"a": 1,}"#, "Trailing comma in object"), (#"{"a": [1,]}"#, "Trailing comma in array"),
            (#"{"a": [1 2]}"#, "Missing attribute seperator comma"),
            (#"{"a": tru}"#, #"Did you mean "true"?"#), (#"{"a": NaN}"#, "JavaScript identifier"),
            (#"{"a": 01}"#, "Invalid JSON number"),
            (#"{"a": "\q"}"#, "Invalid JSON string"), (#"{"a": 1} x"#, "Extraneous data after value"),
            (#"{a: 1}"#, "Invalid object property name"),
            (#"{"a": 1]"#, "Mismatched braces"), (#"{"a": [1}"#, "Mismatched brackets"),
            (#"{"a" = 1}"#, "not an equals sign"),
            (#"{"c": 1}"#, "Extraneous JSON object property"), (#"{"a": 1, "a": 2}"#, "Duplicate argument"),
            (#"{"target": 1}"#, "Incorrect JSON value type"),
            (#"{"target": {}}"#, "Missing block label"), (#"{"group": 1}"#, "Incorrect JSON value type"),
            (#"{"a": "${nosuch}"}"#, "f:1,10-16: Unknown variable"),
            (#"{"a": {"k": 1, "${\"k\"}": 2}}"#, "Duplicate object attribute"), (#"{"a": "${"}"#, "Missing expression"),
            (#"{"a": *}"#, "Invalid start of value"),
        ]
    )
    func wrongJSON(_ text: String, _ expected: String) {
        #expect(Self.readJSON(text).contains(expected), "\(Self.readJSON(text))")
    }

    @Test("An excerpt shows the lines around a mistake")
    func excerpt() throws {
        let text = "a = 1\n\ngroup {\n  b = nosuch\n}\n"
        let file = HCLFile(parsing: Array(text.utf8), name: "f")
        let block = try #require(file.body.content(Self.schema).blocks.first)
        let attribute = try #require(block.body.attributes().attribute("b"))
        let diagnostic = try #require(attribute.value.value(in: HCLContext()).diagnostics.first)
        #expect(diagnostic.description == #"f:4,7-13: Unknown variable; There is no variable named "nosuch"."#)
        #expect(diagnostic.excerpt == "2 |     \n3 |     group {\n4 | >>>   b = nosuch\n5 |     }\n6 |     ")
    }

    @Test("A body says what is missing, and takes what isn't asked for when that is allowed")
    func partial() {
        let file = HCLFile(parsing: Array("x = 1\ny {\n}\nb = 2\n".utf8), name: "f")
        let content = file.body.content(HCLSchema(attributes: ["a", "b"], required: ["a"], isPartial: true))
        #expect(
            Self.shown(content)
                == "b=2@4,1 ! f:1,1-1: Missing required argument; The argument \"a\" is required, but no definition was found."
        )
        #expect(file.body.attributes().diagnostics.map(\.summary) == ["Unexpected \"y\" block"])
        let json = HCLFile(parsingJSON: Array(#"{"x": 1}"#.utf8), name: "f")
        let found = json.body.content(HCLSchema(attributes: ["a"], required: ["a"], isPartial: true))
        #expect(found.diagnostics.map(\.summary) == ["Missing required argument"])
    }
}
