import CaissonTOML
import CaissonText

/// TOML: every place is in the text, or the error's is; keys of a table are apart from each other.
func fuzzTOML(_ bytes: [UInt8]) {
    let lines = bytes.count { $0 == 0x0A } + 1
    do throws(TOMLError) {
        check(try TOMLValue(parsing: bytes), lines)
    } catch {
        precondition((1...lines).contains(error.place.line) && error.place.column >= 1)
    }
}

private func check(_ value: TOMLValue, _ lines: Int) {
    precondition((1...lines).contains(value.place.line) && value.place.column >= 1)
    for item in value.list ?? [] { check(item, lines) }
    guard let entries = value.entries else { return }
    precondition(Set(entries.map(\.key)).count == entries.count)
    for entry in entries { check(entry.value, lines) }
}
