import CaissonHCL

/// A block of a target or a group while it is evaluated.
///
/// Not a value: a matrix has thousands of rows, which would be copied each time that one of them changes.
final class BakeBlock {
    /// The kinds of blocks that expressions can refer to.
    static let kinds = ["group", "target"]

    /// One target of a block: without a matrix there is one.
    struct Row {
        /// The values of the matrix.
        var variables: [String: HCLValue]
        /// The name.
        var name: String
        /// What is known of the fields.
        var values: [BakeKey: BakeValue] = [:]
        /// The attributes that have been evaluated, those in vain included.
        var done: Set<String> = []
        /// Those in vain.
        var failed: Set<String> = []
    }

    let block: HCLBlock
    /// The label.
    let label: HCLLabel
    /// The attributes that are fields, by name.
    let attributes: [HCLAttribute]
    var rows: [Row]

    init(_ block: HCLBlock, _ label: HCLLabel, _ attributes: [HCLAttribute], rows: [Row]) {
        self.block = block
        self.label = label
        self.attributes = attributes
        self.rows = rows
    }

    /// `group` or `target`.
    var kind: String { block.type }

    /// The fields of a kind of block.
    static func fields(_ kind: String) -> [BakeField] { kind == "group" ? BakeField.group : BakeField.target }
}
