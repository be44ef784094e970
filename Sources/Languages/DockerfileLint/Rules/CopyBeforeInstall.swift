import CaissonDockerfile
import CaissonShell

/// Copy the lock file and install the dependencies before `COPY . .`.
///
/// ## Why it matters
///
/// `COPY . .` before the installation makes every change of a source file install all dependencies again. Copy
/// the lock file, install, then copy the rest.
///
/// ## Bad
///
/// ```dockerfile
/// FROM node:22
/// WORKDIR /app
/// COPY . .
/// RUN npm ci
/// ```
///
/// ## Good
///
/// ```dockerfile
/// FROM node:22
/// WORKDIR /app
/// COPY package.json package-lock.json ./
/// RUN npm ci
/// COPY . .
/// ```
///
/// ## References
///
/// - https://docs.docker.com/build/building/best-practices/
enum CopyBeforeInstall {
    static let rule = Rule("CopyBeforeInstall", .info) { check in
        var copied: [Int: Step] = [:]
        for (index, step) in check.facts.steps.enumerated() where !step.isTrigger {
            guard let stage = step.stage else { continue }
            if [.copy, .add].contains(step.keyword), step.instruction.flag("from") == nil,
                check.facts.sources(of: step).contains(where: { PathText.cleaned($0.unquoted) == "." })
            {
                copied[stage] = copied[stage] ?? step
            } else if step.keyword == .run, let copy = copied[stage],
                let run = check.facts.run(at: index),
                let command = run.commands.first(where: DependencyInstall.isInstall)
            {
                let source = check.facts.sources(of: copy).first { PathText.cleaned($0.unquoted) == "." }
                let text = command.shell.words.prefix(2).map(\.text).joined(separator: " ")
                check.report(
                    "every change of the context runs \(text) of line \(step.line) again; copy its lock file first, and the rest after it",
                    at: source?.span ?? copy.span,
                    copy
                )
                copied[stage] = nil
            }
        }
    }
}
