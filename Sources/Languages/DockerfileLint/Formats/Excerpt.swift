import CaissonDockerfile

/// The line that a finding stands in, or the part of it that fits a terminal, and what to underline, all in cells.
struct Excerpt {
    /// The line's number.
    let line: Int
    /// The part of the line that is shown.
    let text: String
    /// How many cells of it stand before what is meant.
    let indent: Int
    /// How many cells what is meant takes, as far as it is shown; 1 at least.
    let length: Int

    /// Cuts the line so that the place stays in sight, most of what is meant included; nil for an empty line.
    init?(_ finding: Finding, _ source: SourceText, width: Int, cells: (String) -> Int) {
        line = finding.start.line
        let scalars = Array(source.text(source.lineRange(line)).unicodeScalars)
        guard !scalars.isEmpty else { return nil }
        // What is before a scalar; one more for the whole line.
        var before = [0]
        for scalar in scalars { before.append(before[before.count - 1] + cells(SafeLine.text(String(scalar)))) }
        let start = min(max(finding.start.column - 1, 0), scalars.count)
        let isOneLine = finding.end.line == finding.start.line
        let end = isOneLine ? min(max(finding.end.column - 1, start), scalars.count) : scalars.count
        var first = 0
        if !isOneLine || before[end] > width {
            let near = before.firstIndex { $0 >= before[start] - width / 4 } ?? 0
            let fitting = before.firstIndex { before[scalars.count] - $0 <= width } ?? 0
            first = min(near, fitting)
        }
        let last = before.lastIndex { $0 - before[first] <= width } ?? scalars.count
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[first..<last])
        text = SafeLine.text(String(view))
        indent = before[start] - before[first]
        length = max(1, before[max(start, min(end, last))] - before[start])
    }
}
