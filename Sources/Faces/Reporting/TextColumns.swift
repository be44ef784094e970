/// Tables for people.
package enum TextColumns {
    /// Columns as wide as their longest cell, two blanks apart; a line each row, without blanks at its end.
    ///
    /// Engines and files say much of what stands there: their control characters don't reach the terminal.
    package static func aligned(_ cells: [[String]]) -> String {
        let rows = cells.map { row in row.map { SafeText.line($0) } }
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + 2)
            }
            return cells.joined() + "\n"
        }.joined()
    }
}
