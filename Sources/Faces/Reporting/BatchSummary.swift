package import CaissonBuildModel
import CaissonText

/// What is printed at the end of a batch: a line for each target.
package struct BatchSummary: Sendable {
    /// How a target ended.
    package enum State: String, Sendable, CaseIterable {
        case built, kept, answered, failed, skipped, stopped
    }

    /// A target's line.
    package struct Row: Sendable, Hashable {
        /// Its name.
        package var name: String
        /// How it ended.
        package var state: State
        /// How long it took; nil where it never began.
        package var duration: Duration?
        /// What it made, or why it didn't.
        package var detail: String

        /// Makes a line.
        package init(_ name: String, _ state: State, _ duration: Duration? = nil, detail: String = "") {
            self.name = name
            self.state = state
            self.duration = duration
            self.detail = detail
        }

        /// Makes the line of a target that was built.
        ///
        /// - Parameter isForOthers: Whether it was built only because others are built from it.
        package init(_ name: String, _ result: BuildResult, _ duration: Duration, tags: [String], isForOthers: Bool) {
            let numbers = result.statistics
            let steps = numbers.steps == 0 ? nil : "\(numbers.cachedSteps) of \(numbers.steps) steps cached"
            let more = tags.count > 1 ? " and \(tags.count - 1) more" : ""
            let made =
                isForOthers
                ? "for other targets"
                : tags.first.map { $0 + more } ?? (result.digest ?? result.imageID).map { String($0.prefix(19)) }
            self.init(name, .built, duration, detail: [made, steps].compactMap(\.self).joined(separator: ", "))
        }
    }

    /// The lines, in the order of the plan.
    private let rows: [Row]
    /// No name is widened beyond this many cells.
    private static let widest = 40

    /// Takes the lines.
    package init(_ rows: [Row]) { self.rows = rows }

    /// The lines, as long as they come, or cut at a width.
    package func text(width: Int? = nil, colors: ProgressColors = .none) -> String {
        let names = rows.map { SafeText.line($0.name) }
        let widest = min(names.map { CellWidth.cells($0) }.max() ?? 0, Self.widest)
        let states = State.allCases.map(\.rawValue.utf8.count).max() ?? 0
        return zip(rows, names).map { row, name in
            let padding = String(repeating: " ", count: max(0, widest - CellWidth.cells(name)))
            let state = row.state.rawValue
            let gap = String(repeating: " ", count: states - state.utf8.count)
            let time = row.duration.map(Self.seconds) ?? ""
            let blank = String(repeating: " ", count: max(0, 7 - time.utf8.count))
            let line = " \(name)\(padding)  \(state)\(gap) \(blank)\(time)  \(SafeText.line(row.detail))"
            let cut = width.map { CellWidth.fit(line, max($0, 1)) } ?? line
            let shown = cut.last == " " ? String(cut.reversed().drop { $0 == " " }.reversed()) : cut
            return (row.state == .failed ? colors.apply(colors.error, to: shown) : shown) + "\n"
        }.joined()
    }

    private static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return Quantity.decimal(Double(seconds) + Double(attoseconds) / 1e18, 1) + "s"
    }
}
