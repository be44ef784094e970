/// Where a document stands: its file, the folder of its paths, and the variables that it sees.
struct ComposeScope {
    /// The folder of its paths, relative to the working directory; empty for that directory.
    var folder = ""
    /// The same, relative to the folder of the file that includes it.
    var relativeFolder = ""
    /// Variables by name.
    var environment: [String: String]
    /// A number that scopes with other variables don't have.
    var number = 0
    /// The files on the way to this one, each including the next.
    var trail: [String] = []
}

/// The services of a file among which one extends another.
struct ComposeServices {
    var file: String
    var services: [String: ComposeField]
    /// What the file's `!reset` and `!override` take from the services that are extended.
    var resets: [[String]]
}

extension ComposeValue {
    /// The value without what stands at the paths.
    func without(_ paths: [[String]]) -> ComposeValue {
        paths.reduce(self) { $0.without($1[...]) }
    }

    private func without(_ path: ArraySlice<String>) -> ComposeValue {
        guard let key = path.first, var fields, let field = fields[key] else { return self }
        if path.count == 1 {
            fields[key] = nil
        } else {
            fields[key]?.value = field.value.without(path.dropFirst())
        }
        return ComposeValue(.map(fields), at: place)
    }

    /// The table with another value for a key.
    func with(_ key: String, _ value: ComposeValue) -> ComposeValue {
        var fields = fields ?? [:]
        fields[key] = ComposeField(place: fields[key]?.place ?? value.place, value: value)
        return ComposeValue(.map(fields), at: place)
    }
}
