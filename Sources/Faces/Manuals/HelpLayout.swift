import CaissonSystem
import CaissonText
import FoundationEssentials

/// The help of a command laid out for a terminal's width.
///
/// ArgumentParser's own layout keeps 26 columns free at the left on any terminal, breaks no long word, and prints all of
/// the discussion before the usage. So it is asked for lines without an end, and these are laid out here: the overview,
/// the usage, examples, options, environment variables and the exit status.
package struct HelpLayout: Sendable {
    /// From this width on, what an option means stands beside it, else below it.
    private static let leastForColumns = 60
    /// The column where it begins.
    private static let meaningColumn = 26
    /// Longer lines are hard to read.
    static let greatestWidth = 100

    private let wrap: HelpWrapping
    private let width: Int

    /// Makes a layout for so many columns; at least 20 are used.
    package init(width: Int) {
        self.width = min(max(width, 20), Self.greatestWidth)
        wrap = HelpWrapping(width: self.width)
    }

    /// The layout for standard output: as wide as `COLUMNS` says, else as its terminal, else 80 columns.
    package static var ofOutput: HelpLayout {
        let wish = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 0
        return HelpLayout(width: wish > 0 ? wish : BorrowedDescriptor.standardOutput.windowSize?.width ?? 80)
    }

    /// ArgumentParser's help without line breaks, laid out; another text stays as it is.
    package func text(of help: String) -> String {
        let usage = help.ranges(of: "\n\nUSAGE: ").first
        guard help.hasPrefix("OVERVIEW: "), let usage else { return help }
        let parts = String(help[..<usage.lowerBound]).components(at: "\n\n")
        let discussion = Array(parts.dropFirst())
        var lines = wrap.lines(parts.first ?? "")
        for part in discussion where Manual.Heading.of(part) == nil { lines += [""] + wrap.lines(part) }
        var sections = String(help[usage.upperBound...]).components(at: "\n\n")[...]
        let call = sections.popFirst() ?? ""
        let isProgram = call == "caisson <subcommand>"
        lines += [""] + wrap.command("USAGE: " + call, hangingBy: 4)
        lines += self.section(.examples, of: discussion)
        for section in sections {
            // ArgumentParser lists the program's own --version for each command, which doesn't take it.
            let own = section.pieces(at: "\n").filter { isProgram || !$0.hasPrefix("  --version ") }
            lines += [""] + options(own)
        }
        lines += self.section(.environment, of: discussion) + self.section(.status, of: discussion)
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ heading: Manual.Heading, of discussion: [String]) -> [String] {
        guard let part = discussion.first(where: { Manual.Heading.of($0) == heading }) else { return [] }
        let title = ["", heading.rawValue.uppercased()]
        let rest = part.dropFirst(heading.rawValue.count)
        guard heading != .status else { return title + wrap.lines(String(rest), indent: 2) }
        var lines = title
        for line in String(rest).pieces(at: "\n") where !line.isEmpty {
            switch heading {
            case .examples where line.hasPrefix("    "): lines += wrap.command("    " + line.trimmed, hangingBy: 8)
            case .environment:
                let variable = line.trimmed.cut(at: ":")
                lines += entry(variable?.head ?? line.trimmed, variable?.tail.trimmed ?? "")
            default: lines += wrap.lines(line.trimmed, indent: 2)
            }
        }
        return lines
    }

    /// A titled list of ArgumentParser's: an option at two columns, its meaning beside or below it.
    private func options(_ section: [String]) -> [String] {
        var lines: [String] = []
        var label: String?
        var meanings: [String] = []
        func end() {
            if let label { lines += entry(label, meanings.joined(separator: " ")) }
            label = nil
            meanings = []
        }
        for line in section {
            let indent = line.prefix { $0 == " " }.count
            switch indent {
            case 0:
                end()
                lines.append(line)
            case 2:
                end()
                let gap = line.dropFirst(Self.meaningColumn - 2).hasPrefix("  ")
                label = (gap ? String(line.prefix(Self.meaningColumn)) : line).trimmed
                if gap { meanings = [String(line.dropFirst(Self.meaningColumn)).trimmed] }
            default: meanings.append(line.trimmed)
            }
        }
        end()
        return lines
    }

    private func entry(_ label: String, _ meaning: String) -> [String] {
        guard !meaning.isEmpty else { return wrap.lines(label, indent: 2) }
        guard width >= Self.leastForColumns else {
            return wrap.lines(label, indent: 2) + wrap.lines(meaning, indent: 6)
        }
        var meanings = wrap.lines(meaning, indent: Self.meaningColumn)
        guard label.count <= Self.meaningColumn - 4 else { return wrap.lines(label, indent: 2) + meanings }
        let padding = String(repeating: " ", count: Self.meaningColumn - 2 - label.count)
        meanings[0] = "  " + label + padding + meanings[0].trimmed
        return meanings
    }
}

extension Manual.Heading {
    /// The heading that a paragraph begins with.
    fileprivate static func of(_ paragraph: String) -> Manual.Heading? {
        allCases.first { paragraph.hasPrefix($0.rawValue) }
    }
}

extension String {
    /// The parts between separators.
    fileprivate func components(at separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: true).map(String.init)
    }
}
