import CaissonDockerfile

/// The shell of RUN at a place in the file, according to SHELL, FROM and the pragma.
struct ShellState {
    private let pragma: String?
    private var current: String?
    private var byStage: [Int: String] = [:]

    init(file: Dockerfile, pragma: String?) {
        self.pragma = pragma
    }

    /// Whether it is a shell whose language we read.
    var isPosix: Bool { Self.isPosix(current ?? pragma ?? "sh") }

    /// The base name of the shell.
    var name: String { Self.baseName(current ?? pragma ?? "sh") }

    static func isPosix(_ shell: String) -> Bool {
        !["pwsh", "powershell", "cmd"].contains(baseName(shell))
    }

    /// The last name of a path, in small letters, without `.exe`.
    static func baseName(_ path: String) -> String {
        let name = path.lowercased().split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        return name.trimmingSuffix(".exe")
    }

    mutating func see(_ step: Step, stages: [Stage]) {
        guard !step.isTrigger, let stage = step.stage else { return }
        if step.keyword == .from {
            if case .stage(let parent) = stages[stage].base { current = byStage[parent] } else { current = nil }
        } else if step.keyword == .shell, let shell = step.instruction.words.first?.text {
            current = shell
        }
        byStage[stage] = current
    }
}
