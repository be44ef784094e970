import CaissonHCL

private let context = HCLContext(
    variables: [
        "a": .tuple([.string("x"), .number(1), .null()]), "b": .object(["c": .bool(true), "d": .string("é")]),
    ],
    environment: HCLEnvironment(now: { 0 }, home: { "/" }, random: { Array(repeating: 1, count: $0) }),
    limits: HCLLimits(steps: 20_000, weight: 1 << 20, valueDepth: 100, depth: 80)
)

/// A text as a file in both syntaxes and as an expression: all values are computed, and what is wrong has a place.
func fuzzHCL(_ bytes: [UInt8]) {
    for file in [HCLFile(parsing: bytes, name: "f"), HCLFile(parsingJSON: bytes, name: "f")] {
        file.diagnostics.forEach(check)
        evaluate(file.body, depth: 0)
    }
    let (expression, diagnostics) = HCLExpression.parse(String(decoding: bytes, as: UTF8.self), name: "f")
    diagnostics.forEach(check)
    if diagnostics.isEmpty { evaluate(expression) }
}

private func evaluate(_ body: HCLBody, depth: Int) {
    let schema = HCLSchema(
        attributes: ["a", "b"],
        blocks: [(type: "t", labels: ["name"]), (type: "g", labels: [])],
        isPartial: true
    )
    let content = body.content(schema)
    content.diagnostics.forEach(check)
    for attribute in body.attributes().attributes.prefix(8) { evaluate(attribute.value) }
    guard depth < 4 else { return }
    for block in content.blocks.prefix(8) { evaluate(block.body, depth: depth + 1) }
}

private func evaluate(_ expression: HCLExpression) {
    _ = (expression.variables, expression.functions, HCLType.parse(expression).type)
    let result = expression.value(in: context)
    result.diagnostics.forEach(check)
    guard !result.hasErrors, let json = try? result.value.jsonValue else { return }
    guard let again = try? HCLValue(json: json), let text = try? result.value.json else { return }
    precondition((try? again.json) == text, "a value changes on its way through JSON")
}

private func check(_ diagnostic: HCLDiagnostic) {
    precondition(!diagnostic.summary.isEmpty && !diagnostic.detail.isEmpty, "a diagnostic says nothing")
    guard let subject = diagnostic.subject else { preconditionFailure("a diagnostic has no place") }
    let (start, end) = (subject.start, subject.end)
    precondition(start.line >= 1 && start.column >= 1 && start.line <= end.line, "a place isn't in the text")
    precondition(diagnostic.excerpt.utf8.count < 1 << 20, "an excerpt is endless")
}
