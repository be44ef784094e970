import CaissonText

/// The files of a project, each read once, and how much of them may still be read.
struct ComposeFiles {
    private let read: @Sendable (String, Int) -> ComposeSources.Content
    private var opened = 0
    private var bytes = 0
    private var documents: [String: [ComposeDocument]] = [:]
    private var texts: [String: [UInt8]] = [:]

    init(_ read: @escaping @Sendable (String, Int) -> ComposeSources.Content) {
        self.read = read
    }

    /// Takes the documents of a file that was given with its bytes.
    mutating func add(_ file: ComposeSources.File, _ report: inout ComposeReport) {
        documents[file.name] = ComposeReading.documents(of: file.bytes, named: file.name, &report)
    }

    /// The documents of a compose file; what can't be read is reported where the file is named.
    mutating func documents(
        of path: String,
        namedAt place: ComposePlace,
        _ report: inout ComposeReport
    ) -> [ComposeDocument]? {
        guard admit(path, place, &report) else { return nil }
        if let known = documents[path] { return known }
        guard !ComposePaths.isRemote(path) else {
            report.refuse(place, "\(path.quoted) isn't on this machine; fetch it and name the file")
            return nil
        }
        guard let bytes = text(of: path, namedAt: place, &report) else { return nil }
        let read = ComposeReading.documents(of: bytes, named: path, &report)
        documents[path] = read
        return read
    }

    /// The bytes of a file; what can't be read is reported where the file is named.
    mutating func text(
        of path: String,
        namedAt place: ComposePlace,
        _ report: inout ComposeReport
    ) -> [UInt8]? {
        if let known = texts[path] { return known }
        switch content(of: path) {
        case .bytes(let bytes):
            self.bytes += bytes.count
            guard self.bytes <= ComposeBounds.bytes else {
                report.refuse(place, "the files of this project have more than \(ComposeBounds.bytes) bytes together")
                return nil
            }
            texts[path] = bytes
            return bytes
        case .missing: report.refuse(place, "there is no file \(path.quoted)")
        case .directory: report.refuse(place, "\(path.quoted) is a directory; name a file")
        case .tooLarge: report.refuse(place, "\(path.quoted) has more than \(ComposeBounds.fileBytes) bytes")
        case .unreadable(let reason): report.refuse(place, "\(path.quoted) can't be read: \(reason)")
        }
        return nil
    }

    /// What there is at a path.
    func content(of path: String) -> ComposeSources.Content {
        guard !path.isEmpty, !path.utf8.contains(0) else { return .missing }
        return read(path, ComposeBounds.fileBytes)
    }

    /// Counts what is opened, since files that include each other several times make many of few.
    private mutating func admit(_ path: String, _ place: ComposePlace, _ report: inout ComposeReport) -> Bool {
        opened += 1
        guard opened > ComposeBounds.files else { return true }
        report.refuse(place, "the project opens more than \(ComposeBounds.files) files; include fewer")
        return false
    }
}
