package import CaissonText

/// Why a text is no YAML, or more of it than is read.
package struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where.
    package var place: TextPlace
    /// What is wrong there, and what to do.
    package var message: String

    /// Place and message.
    package var description: String { "\(place): \(message)" }

    /// Says in our words what libyaml finds wrong.
    init(_ place: TextPlace, problem: String, context: String, isTab: Bool) {
        self.place = place
        if isTab {
            message = "a tab can't indent; write blanks"
        } else if problem == "found unexpected end of stream" || problem == "found unexpected document indicator" {
            message = "the quotation has no end"
        } else {
            message = Self.words[problem] ?? "this is no YAML: \(problem)\(context.isEmpty ? "" : " \(context)")"
        }
    }

    init(_ place: TextPlace, _ message: String) {
        self.place = place
        self.message = message
    }

    private static let words = [
        "did not find expected ',' or ']'": "the list has no end; write a comma or ]",
        "did not find expected ',' or '}'": "the table has no end; write a comma or }",
        "mapping values are not allowed in this context":
            "a \": \" can't stand here; indent the key as those above it, or put the text between quotes",
        "could not find expected ':'": "this is no \"key: value\"",
        "did not find expected key": "this is no \"key: value\", or it is indented otherwise than the keys above it",
        "did not find expected '-' indicator": "this is no item of the list above it; begin it with \"- \"",
        "did not find expected <document start>":
            "this line is indented less than the first one, or doesn't belong to what is above it",
        "found character that cannot start any token": "a text can't begin with this character; put it between quotes",
        "control characters are not allowed": "a control character stands here; remove it",
        "Maximum nesting level reached, set with yaml_set_max_nest_level())": "this is nested too deep",
    ]
}
