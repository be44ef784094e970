import CaissonHCL
import Testing

@Suite("Evaluating HCL")
struct HCLEvaluationTests {
    private static func expression(_ text: String) -> HCLExpression { HCLExpression.parse(text, name: "f").expression }

    @Test(
        "The variables of an expression are found with the steps that are written down",
        arguments: [
            ("a + b.c[0].d", "a b.c.0.d"), ("[for x in xs : x.y + z]", "xs z"),
            ("{for k, v in m : k => v... if k != o}", "m o"),
            ("\"${a}-%{if b}${c}%{endif}\"", "a b c"), ("{a = b, (c) = d, \"e\" = f}", "b c d f"), ("a[*].b", "a"),
            ("a.*.b", "a"),
            ("a[b].c", "a b"), ("f(a, g(b)...)", "a b"), ("a ? b : -c", "a b c"), ("1", ""), ("a[\"k\"]", "a.k"),
            ("[for x in [for y in ys : y] : x]", "ys"), ("%{", ""), ("\"%{for v in l}${v}${w}%{endfor}\"", "l w"),
        ]
    )
    func variables(_ text: String, _ expected: String) {
        let found = Self.expression(text).variables.map { traversal in
            let steps = traversal.steps.map { step in
                switch step {
                case .attribute(let name, _): name
                case .index(let key, _): key.string ?? key.number?.text ?? "?"
                }
            }
            return ([traversal.root] + steps).joined(separator: ".")
        }
        #expect(found.joined(separator: " ") == expected)
    }

    @Test("The functions of an expression are found, those in texts of JSON too")
    func functions() throws {
        #expect(Self.expression("f(g(1), [h()])").functions == ["f", "g", "h"])
        let file = HCLFile(parsingJSON: Array(#"{"a": ["${f(x)}", {"${g()}": y}]}"#.utf8), name: "f")
        #expect(file.diagnostics.count == 1)
        let sound = HCLFile(parsingJSON: Array(#"{"a": ["${f(x)}", {"${g()}": 1}]}"#.utf8), name: "f")
        let value = try #require(sound.body.attributes().attribute("a")?.value)
        #expect(value.functions == ["f", "g"])
        #expect(value.variables.map(\.root) == ["x"])
    }

    @Test("Inner variables hide outer ones, and unknown names are met with the nearest")
    func scopes() {
        let outer = HCLContext(variables: ["name": .string("outer"), "other": .number(1)])
        let inner = outer.child(["name": .string("inner")])
        #expect(HCLAnswer("name", in: inner) == .value("inner"))
        #expect(HCLAnswer("[for name in [5] : name][0]", in: inner) == .value("5"))
        #expect(HCLAnswer("\"${name}${other}\"", in: inner) == .value("inner1"))
        #expect(HCLAnswer("nam", in: inner).description.contains(#"Did you mean "name"?"#))
        #expect(
            HCLAnswer("uper(\"a\")").description.contains(#"There is no function named "uper". Did you mean "upper"?"#)
        )
        #expect(inner.variable("other")?.number?.integer == 1)
    }

    @Test("Functions of the user see their parameters and the outermost variables")
    func userFunctions() {
        var context = HCLContext(variables: ["g": .string("global"), "x": .string("outer")])
        context.functions["join2"] = HCLFunction(
            parameters: ["x", "y"],
            variadic: "rest",
            result: Self.expression("\"${g}:${x}:${y}:${length(rest)}\"")
        )
        context.functions["loop"] = HCLFunction(parameters: ["n"], result: Self.expression("loop(n + 1)"))
        context.functions["fails"] = HCLFunction(parameters: [], result: Self.expression("nosuch"))
        let inner = context.child(["g": .string("hidden")])
        #expect(HCLAnswer("join2(1, 2)", in: inner) == .value("global:1:2:0"))
        #expect(HCLAnswer("[for x in [7] : join2(x, x, x, x)][0]", in: inner) == .value("global:7:7:2"))
        #expect(
            HCLAnswer("join2(1)", in: inner).description.contains(
                #"expects at least 2 argument(s). Missing value for "y""#
            )
        )
        #expect(HCLAnswer("join2(null, 1)", in: inner).description.contains("argument must not be null"))
        #expect(
            HCLAnswer("fails()", in: inner).description.contains(
                #"Call to function "fails" failed: f:1,1-7: Unknown variable"#
            )
        )
        #expect(HCLAnswer("loop(1)", in: inner).description.contains("Evaluation costs too much"))
        #expect(HCLAnswer("try(loop(1), 2)", in: inner).description.contains("Evaluation costs too much"))
    }

    @Test(
        "What would cost too much ends with an error",
        arguments: [
            "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]",
            "setproduct(range(1000), range(1000), range(1000), range(1000))", "indent(1e18, \"a\\nb\")",
            "format(\"%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d%999999d\", [for i in range(35) : i]...)",
            "replace(join(\"\", [for i in range(1000) : \"aaaaaaaaaa\"]), \"a\", join(\"\", [for i in range(1000) : \"bbbbbbbbbb\"]))",
            "join(join(\"\", [for i in range(1000) : join(\"\", [for j in range(100) : \"x\"])]), [for i in range(1000) : \"\"])",
            "try([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]], 1)",
            "[for i in range(50) : bcrypt(\"x\", 15)]",
            "[for i in range(50) : rsadecrypt(\"YQ==\", \"x\")]",
            "regex_replace(join(\"\", [for i in range(1000) : \"aaaaaaaaaa\"]), \"a\", join(\"\", [for i in range(1000) : \"bbbbbbbbbb\"]))",
        ]
    )
    func costs(_ text: String) {
        let context = HCLContext(limits: HCLLimits(steps: 20_000, weight: 16 << 20, valueDepth: 100, depth: 80))
        #expect(HCLAnswer("length([\(text)])", in: context).description.contains("Evaluation costs too much"))
    }

    @Test("Sets of very many elements are compared without a look at each pair", .timeLimit(.minutes(1)))
    func largeSets() {
        var context = HCLContext()
        context.levels[0]["texts"] = .strings((0..<30_000).map { "text \($0)" })
        // The order in a set knows of ten digits only.
        context.levels[0]["numbers"] = .list((0..<30_000).map { .number(1 << 50 + $0) }, of: .number)
        for function in ["setsymmetricdifference", "setintersection", "setsubtract"] {
            let expected = function == "setintersection" ? "30000" : "0"
            #expect(HCLAnswer("length(\(function)(texts, texts))", in: context) == .value(expected))
        }
        #expect(HCLAnswer("length(distinct(numbers))", in: context) == .value("30000"))
        #expect(HCLAnswer("length(setunion(numbers, numbers))", in: context) == .value("30000"))
    }

    @Test("Expressions take their steps from those that they share")
    func budget() {
        let (expression, _) = HCLExpression.parse("[for i in range(10) : i]", name: "f")
        var budget = HCLBudget(steps: 30)
        #expect(!expression.value(in: HCLContext(), within: &budget).hasErrors && !budget.isExhausted)
        for _ in 0..<2 {
            let result = expression.value(in: HCLContext(), within: &budget)
            #expect(result.diagnostics.first?.detail.contains("more than 30 steps") == true && budget.isExhausted)
        }
        #expect(!expression.value(in: HCLContext()).hasErrors)
    }

    @Test("Values that grow by doubling are stopped by their size, and by how deep they are")
    func growth() {
        var context = HCLContext()
        var list = HCLValue.tuple([.number(1)])
        for _ in 0..<22 { list = .tuple([list, list]) }
        context.levels[0]["list"] = list
        #expect(HCLAnswer("jsonencode([list, list])", in: context).description.contains("larger than"))
        var deep = HCLValue.tuple([])
        for _ in 0..<100 { deep = .tuple([deep]) }
        context.levels[0]["deep"] = deep
        #expect(HCLAnswer("jsonencode([deep])", in: context).description.contains("nested more than 100 deep"))
    }

    @Test("Numbers of very many digits have no text")
    func hugeNumbers() {
        #expect(HCLAnswer("1e100000 * 1e100000 > 1") == .value("true"))
        #expect(HCLAnswer("1e100000 * 1e100000").isError)
        #expect(HCLAnswer("1e100000000000").isError && HCLAnswer("1e7000").isError && !HCLAnswer("1e6000").isError)
        #expect(HCLAnswer("pow(2, 80)") == .value("1208925819614629200000000"))
        #expect(HCLAnswer("1/3").description.count > 150)
    }

    @Test("Passwords are hashed with the salt and the cost asked for")
    func passwords() {
        let environment = HCLEnvironment(now: { 0 }, home: { "/" }, random: { Array(1...UInt8($0)) })
        let context = HCLContext(environment: environment)
        let hash = HCLAnswer("bcrypt(\"secret\", 4)", in: context).description
        #expect(hash.hasPrefix("$2a$04$") && hash.utf8.count == 60)
        #expect(HCLAnswer("bcrypt(\"secret\", 4)", in: context).description == hash)
        #expect(HCLAnswer("bcrypt(\"other\", 4)", in: context).description.prefix(29) == hash.prefix(29))
        #expect(HCLAnswer("bcrypt(\"other\", 4)", in: context).description != hash)
        #expect(HCLAnswer("bcrypt(\"secret\", 31)", in: context).description.contains("outside allowed range"))
    }

    @Test("Values come from JSON and go to it as they were")
    func json() throws {
        let value = HCLValue.object(["b": .tuple([.number(1), .null(), .bool(true)]), "a": .string("<é>")])
        #expect(try value.json == #"{"a":"\u003cé\u003e","b":[1,null,true]}"#)
        #expect(try HCLValue(json: value.jsonValue).json == value.json)
        #expect(value.type.description == "object" && value.members?["a"]?.string == "<é>")
    }

    @Test("Types are read from expressions")
    func types() {
        let (type, diagnostics) = HCLType.parse(
            Self.expression("object({a = list(string), b = optional(set(number))})")
        )
        #expect(diagnostics.isEmpty)
        #expect(type == .object(["a": .list(.string), "b": .set(.number)], optional: ["b"]))
        #expect(
            HCLType.parse(Self.expression("list(strin)")).diagnostics.map(\.detail) == [
                #"The keyword "strin" is not a valid type specification."#
            ]
        )
        #expect(HCLType.map(.any).description == "map of dynamic")
    }

    @Test("Expressions tell what they are without their values")
    func statics() {
        #expect(Self.expression("name").keyword == "name")
        #expect(Self.expression("name.x").keyword == nil)
        #expect(Self.expression("f(1)").call?.name == "f")
        #expect(Self.expression("[1, 2]").list?.count == 2)
        #expect(Self.expression("{a = 1}").pairs?.first?.key.keyword == "a")
        #expect(Self.expression("1").range.description == "f:1,1-2")
    }
}
