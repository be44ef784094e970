/// Arguments as a shell takes them.
enum ShellQuoting {
    /// The arguments in a line, those with other than plain characters in quotes.
    static func line(_ arguments: [String]) -> String { arguments.map(word).joined(separator: " ") }

    private static func word(_ argument: String) -> String {
        let isPlain = argument.utf8.allSatisfy { byte in
            byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "%+,-./:=@_^".utf8.contains(byte)
        }
        if isPlain, !argument.isEmpty { return argument }
        return "'" + argument.replacing("'", with: #"'\''"#) + "'"
    }
}
