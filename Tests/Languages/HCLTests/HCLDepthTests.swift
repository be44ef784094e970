import CaissonHCL
import Foundation
import Synchronization
import Testing

@Suite("Texts of HCL that are nested deeply or very long")
struct HCLDepthTests {
    private static func nested(_ open: String, _ close: String, _ count: Int = 2000) -> String {
        String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
    }

    private static let texts = [
        nested("[", "]"), nested("(", ")"), nested("{a=", "}"), nested("\"${", "}\""), nested("-", ""), nested("!", ""),
        nested("f(", ")"), nested("1 ? 1 : ", ""), nested("a[", "]"), nested("[for x in ", " : x]"),
        nested("1 + (", ")"),
        "a" + String(repeating: "[*]", count: 2000), "a" + String(repeating: "[x]", count: 2000),
        "a" + String(repeating: ".b", count: 2000), "a" + String(repeating: ".*", count: 2000),
        "1" + String(repeating: " + 1", count: 2000), "1" + String(repeating: " == 1 && 1", count: 2000),
        "\"" + String(repeating: "%{if true}", count: 2000) + "\"", String(repeating: "%{", count: 2000),
        "\"" + String(repeating: "%{for x in y}", count: 2000) + "\"", nested("<<A\n${", "}\nA\n", 2000),
        nested("1 == -(", ")"), nested("try(", ")"), String(repeating: "\"${", count: 2000),
        String(repeating: "a.", count: 2000),
    ]

    /// Runs on a thread with the stack of those that tasks run on.
    private static func onSmallStack(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                body()
                continuation.resume()
            }
            thread.stackSize = 512 << 10
            thread.start()
        }
    }

    @Test("They end with an error or a value on a stack of half a MiB", arguments: texts.indices)
    func ends(_ index: Int) async {
        let text = Self.texts[index]
        let answered = Mutex(false)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let thread = Thread {
                let answer = HCLAnswer(text)
                _ = HCLExpression.parse(text, name: "x").expression.variables
                answered.withLock { $0 = !answer.description.isEmpty }
                continuation.resume()
            }
            thread.stackSize = 512 << 10
            thread.start()
        }
        #expect(answered.withLock { $0 })
    }

    @Test("What is as deep as is allowed has its value on a stack of half a MiB")
    func deepest() async {
        for (open, close) in [
            ("[", "]"), ("(", ")"), ("{a=", "}"), ("\"${", "}\""), ("try(", ")"), ("[for x in [1] : ", "]"),
        ] {
            let text = Self.nested(open, close, 45)
            await Self.onSmallStack {
                #expect(!HCLAnswer("jsonencode(\(text))").isError, "\(open)")
            }
        }
    }

    @Test("Blocks and JSON are nested as deep as is allowed, not deeper")
    func blocks() async {
        let deep = String(repeating: "g {\n", count: 2000)
        await Self.onSmallStack {
            let file = HCLFile(parsing: Array(deep.utf8), name: "f")
            #expect(file.diagnostics.first?.summary == "Too deeply nested")
            let json = HCLFile(parsingJSON: Array(String(repeating: "{\"a\":", count: 2000).utf8), name: "f")
            #expect(json.diagnostics.first?.summary == "Too deeply nested")
        }
    }

    @Test("A recursion of functions ends on a stack of half a MiB")
    func recursion() async {
        await Self.onSmallStack {
            var context = HCLContext()
            let body = HCLExpression.parse("[for x in [n] : \"${try(f(x), f(x))}\"]", name: "f").expression
            context.functions["f"] = HCLFunction(parameters: ["n"], result: body)
            #expect(HCLAnswer("f(1)", in: context).description.contains("costs too much"))
        }
    }
}
