/// What is told of a record of a build cache: buildx's fields (docker/buildx commands/diskusage.go), and ours after them.
enum CacheField: String, CaseIterable {
    case createdAt = "CreatedAt"
    case description = "Description"
    case id = "ID"
    case lastUsedAt = "LastUsedAt"
    case mutable = "Mutable"
    case parents = "Parents"
    case reclaimable = "Reclaimable"
    case shared = "Shared"
    case size = "Size"
    case type = "Type"
    case usageCount = "UsageCount"
    case bytes = "Bytes"
    case lastUsedTime = "LastUsedTime"
    case mount = "Mount"
    case mountTarget = "MountTarget"
    case node = "Node"
    case madeBy = "MadeBy"

    /// The head of its column.
    var head: String {
        switch self {
        case .createdAt: "CREATED AT"
        case .description: "DESCRIPTION"
        case .id: "ID"
        case .lastUsedAt: "LAST ACCESSED"
        case .mutable: "MUTABLE"
        case .parents: "PARENTS"
        case .reclaimable: "RECLAIMABLE"
        case .shared: "SHARED"
        case .size: "SIZE"
        case .type: "TYPE"
        case .usageCount: "USAGE COUNT"
        case .bytes: "BYTES"
        case .lastUsedTime: "LAST USED"
        case .mount: "MOUNT"
        case .mountTarget: "MOUNT TARGET"
        case .node: "NODE"
        case .madeBy: "MADE BY"
        }
    }
}
