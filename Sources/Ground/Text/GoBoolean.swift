/// The words that Go takes for true and false, which are those of docker's flags, attributes and variables.
package enum GoBoolean {
    /// What a word means to Go's `strconv.ParseBool`; nil where it is none of its twelve words.
    package static func parse(_ text: some StringProtocol) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }
}
