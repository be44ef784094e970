import CaissonText
import CaissonYAML

/// YAML: every place is in the text, or the error's is.
func fuzzYAML(_ bytes: [UInt8]) {
    let lines = 1 + bytes.count
    do throws(YAMLError) {
        check(try YAMLValue(parsing: bytes), lines)
    } catch {
        precondition((1...lines).contains(error.place.line), "an error is behind the text")
    }
}

private func check(_ value: YAMLValue, _ lines: Int) {
    precondition((1...lines).contains(value.place.line), "a value is behind the text")
    for item in value.list ?? [] { check(item, lines) }
    for entry in value.entries ?? [] { check(entry.value, lines) }
}
