import CaissonJSON

/// What the editor said of itself in `initialize`.
struct ClientTraits {
    /// What columns count.
    var encoding = PositionEncoding.utf16
    /// Whether it asks for diagnostics, so that none are published.
    var pullsDiagnostics = false
    /// Whether edits name the version that they are for.
    var versionsEdits = false
    /// Whether it shows Markdown.
    var readsMarkdown = true
    /// Whether it tells of changed configuration files when it is asked to.
    var watchesFiles = false
    /// The folders that it works in.
    var folders: [String] = []
    /// Its process, if it said which.
    var process: Int32?

    private static let mostFolders = 100

    init() {}

    init(_ params: JSON) {
        let capabilities = params["capabilities"] ?? .null
        let encodings = capabilities[path: "general", "positionEncodings"]?.array ?? []
        if encodings.contains(.string(PositionEncoding.utf8.rawValue)) { encoding = .utf8 }
        pullsDiagnostics = capabilities[path: "textDocument", "diagnostic"]?.isObject == true
        versionsEdits = capabilities[path: "workspace", "workspaceEdit", "documentChanges"]?.isTrue == true
        if let formats = capabilities[path: "textDocument", "hover", "contentFormat"]?.array {
            readsMarkdown = formats.contains(.string("markdown"))
        }
        let watching = capabilities[path: "workspace", "didChangeWatchedFiles", "dynamicRegistration"]
        watchesFiles = watching?.isTrue == true
        process = params["processId"]?.unsigned.flatMap { $0 > 1 ? Int32(exactly: $0) : nil }
        if let told = params["workspaceFolders"]?.array {
            add(folders: told)
        } else if let root = params["rootUri"]?.string.flatMap(DocumentURI.path) {
            folders = [root]
        } else if let root = params["rootPath"]?.string {
            folders = [root]
        }
    }

    /// Adds folders as `{"uri": …}`.
    mutating func add(folders more: [JSON]) {
        let paths = more.prefix(Self.mostFolders).compactMap { $0["uri"]?.string.flatMap(DocumentURI.path) }
        folders = Array((folders + paths.filter { !folders.contains($0) }).prefix(Self.mostFolders))
    }

    /// Takes folders away.
    mutating func remove(folders gone: [JSON]) {
        let paths = gone.compactMap { $0["uri"]?.string.flatMap(DocumentURI.path) }
        folders.removeAll { paths.contains($0) }
    }

    /// The folders that may hold a document's configuration: its own and those above, up to the one that the editor works
    /// in, the nearest first.
    func configurationFolders(of path: String?) -> [String] {
        guard let path, let slash = path.lastIndex(of: "/") else { return Array(folders.prefix(1)) }
        var folder = path[..<slash]
        let root = folders.filter { Self.is(folder, within: $0) }.max { $0.utf8.count < $1.utf8.count }
        var found = [folder.isEmpty ? "/" : String(folder)]
        guard let root else { return found }
        while found.count < 64, folder.utf8.count > Self.plain(root).utf8.count, let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            found.append(folder.isEmpty ? "/" : String(folder))
        }
        return found
    }

    private static func `is`(_ folder: Substring, within root: String) -> Bool {
        let root = plain(root)
        return folder == root || folder.hasPrefix(root + "/")
    }

    /// A folder without a slash at its end.
    private static func plain(_ folder: String) -> Substring {
        var plain = Substring(folder)
        while plain.last == "/" { plain = plain.dropLast() }
        return plain
    }
}
