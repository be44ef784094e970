import CaissonSystem
import CaissonText

/// What paths in a file or a variable are relative to.
struct PathBase {
    /// The folder of the file, or the working directory; an absolute path.
    var folder: String
    /// What `~` stands for.
    var home: String

    /// The longest path that the system takes.
    private static let longest = 4095

    /// The absolute path that is meant; nil where the text can be no path.
    func absolute(_ text: String) -> String? {
        guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        let path =
            if text.hasPrefix("/") { text } else if text == "~" { home } else if text.hasPrefix("~/") {
                PathFacts.join(home, String(text.dropFirst(2)))
            } else { PathFacts.join(folder, text) }
        return path.hasPrefix("/") && path.utf8.count <= Self.longest ? path : nil
    }
}

extension PathBase {
    /// The folder of a file, as an absolute path.
    static func folder(of path: String, in workingDirectory: String) -> String {
        let folder = PathFacts.split(path).directory
        if folder.hasPrefix("/") { return folder }
        return folder == "." ? workingDirectory : PathFacts.join(workingDirectory, folder)
    }
}
