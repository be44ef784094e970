import CaissonDockerfile
import CaissonShell

/// The shell of RUN at a place in the file, according to SHELL, FROM and the pragma.
struct ShellState {
    private let pragma: String?
    private let values: [String: String]
    private let escape: UInt8
    private var current: String?
    private var byStage: [Int: String] = [:]

    /// - Parameter values: The defaults of arguments, for the names of images.
    init(file: Dockerfile, pragma: String?, values: [String: String]) {
        self.pragma = pragma
        self.values = values
        escape = file.escape
    }

    /// Whether it is a shell whose language we read in full.
    var isPosix: Bool { dialect == .posix }

    /// The language of the shell.
    var dialect: ShellScript.Dialect { Self.dialect(of: current ?? pragma ?? "sh") }

    /// The base name of the shell.
    var name: String { Self.baseName(current ?? pragma ?? "sh") }

    static func isPosix(_ shell: String) -> Bool { dialect(of: shell) == .posix }

    /// The language of a shell.
    static func dialect(of shell: String) -> ShellScript.Dialect {
        switch baseName(shell) {
        case "pwsh", "powershell": .powerShell
        case "cmd": .cmd
        default: .posix
        }
    }

    /// The last name of a path, in small letters, without `.exe`.
    static func baseName(_ path: String) -> String {
        let name = path.lowercased().split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        return name.trimmingSuffix(".exe")
    }

    mutating func see(_ step: Step, stages: [Stage]) {
        guard !step.isTrigger, let stage = step.stage else { return }
        if step.keyword == .from {
            switch stages[stage].base {
            case .stage(let parent): current = byStage[parent]
            case .scratch: current = nil
            case .image: current = pragma == nil && isWindows(stages[stage], step) ? "cmd" : nil
            }
        } else if step.keyword == .shell, let shell = step.instruction.words.first?.text {
            current = shell
        }
        byStage[stage] = current
    }

    /// Whether a stage begins with an image of Windows, by its name, its platform or the file's escape character.
    private func isWindows(_ stage: Stage, _ step: Step) -> Bool {
        if step.instruction.flag("platform")?.value?.lowercased().hasPrefix("windows") == true { return true }
        if escape == UInt8(ascii: "`") { return true }
        let text = stage.image?.text ?? ""
        return BaseImages.isWindows(Expansion.expand(text, escape: escape) { values[$0] } ?? text)
    }
}
