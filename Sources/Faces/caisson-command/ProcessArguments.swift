import CaissonText
import CaissonBuildModel

/// The words of the command line.
enum ProcessArguments {
    /// The words after the program's name; an error where one isn't UTF-8, as the file it names would not be found under
    /// the repaired name.
    static func read() -> Result<[String], BuildError> {
        var words: [String] = []
        for index in 1..<max(Int(CommandLine.argc), 1) {
            guard let raw = CommandLine.unsafeArgv[index] else { break }
            guard let word = String(validatingCString: raw) else {
                let shown = String(cString: raw).quoted
                return .failure(BuildError(.usage, "argument \(index), \(shown), is not valid UTF-8; rename the file"))
            }
            words.append(word)
        }
        return .success(words)
    }
}
