import CaissonText

/// The words of the command line.
enum ProcessArguments {
    /// What the program was called as.
    static var program: String { CommandLine.argc > 0 ? CommandLine.unsafeArgv[0].map { String(cPath: $0) } ?? "" : "" }

    /// The words after the program's name, as paths: one that isn't UTF-8 still names its file.
    static func read() -> [String] {
        (1..<max(Int(CommandLine.argc), 1)).compactMap { index in
            CommandLine.unsafeArgv[index].map { String(cPath: $0) }
        }
    }
}
