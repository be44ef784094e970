import CaissonText
import ArgumentParser
import CaissonBuildModel

/// Where a build's files and its Dockerfile come from.
struct SourceOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .long],
        parsing: .unconditional,
        help: ArgumentHelp(
            "The Dockerfile (default: PATH/Dockerfile); an http(s) address, or - for standard input.",
            valueName: "path|url"
        )
    )
    var file: String?

    @Argument(
        help: ArgumentHelp(
            "The directory with the files, a git or http(s) address, or - for a tar or a Dockerfile on standard input.",
            valueName: "path|url|-"
        )
    )
    var context: String

    /// The sources as the words say, before anything is looked up: standard input is a tar until it is read, and the text
    /// of a Dockerfile from there is empty.
    func sources() throws(BuildError) -> (context: ContextSource, dockerfile: DockerfileSource) {
        let source = try FlagValue.of("the build context") { () throws(ParseError) in
            try ContextSource(parsing: context)
        }
        return (source, try dockerfile(for: source))
    }

    /// The address that the Dockerfile is at; nil where it is here or in the context.
    var dockerfileAddress: String? {
        guard let file, file.hasPrefix("http://") || file.hasPrefix("https://") else { return nil }
        return file
    }

    private func dockerfile(for source: ContextSource) throws(BuildError) -> DockerfileSource {
        // As with docker, an empty name is none: scripts pass `-f "$FILE"`.
        guard let file, !file.isEmpty else { return .inContext(nil) }
        guard file != "-" else { return .text([]) }
        guard !file.utf8.contains(0) else { throw BuildError(.usage, "--file \(file.quoted) has a NUL character") }
        // What is fetched takes this place; see `dockerfileAddress`.
        guard dockerfileAddress == nil else { return .inContext(nil) }
        switch source {
        case .directory, .empty: return .file(file)
        case .remote: return file.hasPrefix("/") ? .file(file) : .inContext(file)
        case .tarOnInput: return .inContext(file)
        }
    }
}

/// Names the flag in the error of its value.
enum FlagValue {
    /// What `parse` makes of the value of `flag`.
    static func of<Value>(_ flag: String, _ parse: () throws(ParseError) -> Value) throws(BuildError) -> Value {
        do {
            return try parse()
        } catch {
            throw BuildError(.usage, flag.hasPrefix("--") ? "\(flag): \(error)" : error.description)
        }
    }

    /// What `parse` makes of each value of `flag`.
    static func each<Value>(
        _ flag: String,
        _ texts: [String],
        _ parse: (String) throws(ParseError) -> Value
    ) throws(BuildError) -> [Value] {
        var values: [Value] = []
        for text in texts { values.append(try of(flag) { () throws(ParseError) in try parse(text) }) }
        return values
    }
}
